"""One network, trained: what it is made of, what it is fed, its loop, and its export."""
