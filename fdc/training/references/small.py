"""Small networks of student projects on faces: what people build by hand.

Emotion (six of FER-2013's) and gender are those of github.com/buzziru/DL_FACE_REC. It gives
4,496,390 and 5,763,905 parameters and no layers. The first is exactly the layout that
others print with the same count: grey 48 px, four blocks of convolution, batch normalisation and
dropout, two dense layers. The second number is that of five convolutions from 32 to 512 channels
at 128 px with a dense layer of 512 and one output; the batch normalisation of which its text
speaks adds 3,968 (0.07%).

Of the others only the kind of network is known, so widths and sides are ours: AutoKeras' first
proposal for four stages of life (Jin et al. 2023, "AutoKeras: An AutoML Library for Deep
Learning"), ELU (Clevert et al. 2016, "Fast and Accurate Deep Network Learning by Exponential
Linear Units") and LeakyReLU (Maas et al. 2013, "Rectifier Nonlinearities Improve Neural Network
Acoustic Models") with Nadam (Dozat 2016, "Incorporating Nesterov Momentum into Adam") for houses,
and dense layers on grey photos of 200 px for groups of idols.
"""

from typing import Any

import autokeras
import keras
import keras_tuner
from keras import layers

from fdc.training.references.reference import Reference

PROJECT = "github.com/buzziru/DL_FACE_REC"

EMOTION_BLOCKS = (((32, 3), (64, 3)), ((128, 5),), ((512, 3),), ((512, 3),))
"""Width and kernel of the convolutions of each block."""


def emotion(x: Any) -> Any:
    """Builds convolutions with batch normalisation and dropout, for grey crops of 48 px."""
    for block in EMOTION_BLOCKS:
        for width, kernel in block:
            x = layers.Conv2D(width, kernel, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(layers.BatchNormalization()(x))
        x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    for width in (256, 512):
        x = layers.BatchNormalization()(layers.Dense(width, activation="relu")(x))
        x = layers.Dropout(0.25)(x)
    return x


def gender(x: Any) -> Any:
    """Builds five convolutions with batch normalisation and a dense layer."""
    for width in (32, 64, 128, 256, 512):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(layers.BatchNormalization()(x))
    return layers.Dense(512, activation="relu")(layers.Flatten()(x))


def life_stage(x: Any) -> Any:
    """Builds what AutoKeras proposes first for photos: two convolutions, of 32 and 64 channels."""
    hp = keras_tuner.HyperParameters()
    hp.values = {"conv/filters_0_0": 32, "conv/filters_0_1": 64}
    block = autokeras.ConvBlock(
        kernel_size=3,
        num_blocks=1,
        num_layers=2,
        max_pooling=True,
        separable=False,
        dropout=0.25,
        name="conv",
    )
    return layers.Dropout(0.5)(layers.Flatten()(block.build(hp, x)))


def house(x: Any) -> Any:
    """Builds convolutions with ELU, and a dense layer with LeakyReLU."""
    for width in (32, 64, 128):
        x = layers.Conv2D(width, 3, padding="same", activation="elu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.LeakyReLU()(layers.Dense(256)(layers.Flatten()(x)))
    return layers.Dropout(0.5)(x)


def idol(x: Any) -> Any:
    """Builds dense layers on all pixels."""
    x = layers.Flatten()(x)
    for width in (512, 256, 128):
        x = layers.Dense(width, activation="relu")(x)
    return x


SMALL: dict[str, Reference] = {
    "emotion_cnn": Reference(emotion, side=48, weights=4_493_312, source=PROJECT, grey=True),
    "gender_cnn": Reference(gender, side=128, weights=5_767_360, source=PROJECT),
    "life_stage_autokeras": Reference(
        life_stage, side=96, weights=19_392, source="Jin et al. 2023"
    ),
    "house_cnn": Reference(
        house,
        side=64,
        weights=2_190_656,
        source="a network with ELU, LeakyReLU and Nadam; layout ours",
        optimizer=keras.optimizers.Nadam,
    ),
    "idol_dense": Reference(
        idol, side=200, weights=20_644_736, source="dense layers on pixels; layout ours", grey=True
    ),
}
"""By name."""
