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

LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""Order of a face's five points; left is the smaller x, as seen in the image."""

SIZE = 64
"""Side of a crop, in pixels."""

MARGIN = 0.1
"""Room around the tight face square (forehead to chin), as a share of its side."""

BACKGROUND_COLOUR = (128, 128, 128)
"""What stands behind the person, RGB."""

BACKGROUND_MODEL = "u2netp"
"""The background model that is taken where none is named."""
