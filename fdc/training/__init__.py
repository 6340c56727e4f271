"""One network, trained: what it is made of, what it is fed, its loop, and its export.

Read `spec` (what a worker is told), `graph` (what is built: `backbones`, `heads`, `optimizer`,
`augmentation`), `loop` (how it is trained: `feed`, `validation_metrics`, `checkpoint`) and
`export`; `backend` alone knows TensorFlow. A hyperparameter is declared where it is used, in the
functions called `choose`: driver and worker call the same ones.
"""
