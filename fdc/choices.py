"""What several rooms agree on: a person's choices, their defaults, and the order of landmarks."""

from typing import Literal

Balance = Literal["none", "weights", "sampling"]
"""What is done for rare classes: nothing, more weight in the loss, or drawing them more often."""

FaceMode = Literal["detect", "whole"]
"""Whether a face is looked for, or the whole photo is one."""

DetectorName = Literal["yunet", "mtcnn"]
"""The networks that find faces."""

Engine = Literal["local", "ray"]
"""Where work is done: on this machine, or on a cluster."""

Tuner = Literal["greedy", "bayesian", "hyperband", "random"]
"""How hyperparameters are proposed."""

Space = Literal["default", "reference"]
"""Which networks a search tries: those of faces and small crops, or what others published."""

LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""Order of a face's five points; left is the smaller x, as seen in the image."""

SIZE = 96
"""Side of a crop, in pixels."""

MARGIN = 0.1
"""Room around the tight face square (forehead to chin), as a share of its side."""

LATEST_YEAR = 2023
"""No photo of the sets that fdc reads was taken after it; the drawn sample ends with it."""

BACKGROUND_COLOUR = (128, 128, 128)
"""What stands behind the person, RGB."""

BACKGROUND_MODEL = "u2netp"
"""The background model that is taken where none is named."""

SEED = 20
"""Of a split and of a search, where none is named."""

TUNER: Tuner = "greedy"
"""AutoKeras' own, which varies a part of the best trial."""

MINUTES: float = 20
"""All that a search may take."""

TRIALS = 8
"""How many trials a search has, at most."""

EPOCHS = 60
"""How many epochs a trial has, at most."""

PATIENCE = 10
"""Epochs without gain that end a trial."""

BATCH_SIZE = 64
"""Crops in a batch, at most."""
