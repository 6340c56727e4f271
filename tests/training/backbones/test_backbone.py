"""The contract of every family: builds from its own values, at the crop's own size, and learns."""

import keras
import keras_tuner
import numpy as np
import pytest

from fdc.training.backbones import BACKBONES, choose_backbone, fitting

SIDES = (32, 64, 96)
EVERY = [
    pytest.param(name, side, id=f"{name} {side} px")
    for name, backbone in BACKBONES.items()
    for side in SIDES
    if backbone.proposed and backbone.weights is None and side >= backbone.smallest_side
]
FROM_SCRATCH = [name for name, backbone in BACKBONES.items() if backbone.weights is None]


def build(name, side, **values):
    hp = keras_tuner.HyperParameters()
    hp.values = values
    crops = keras.Input((side, side, 3))
    chosen = BACKBONES[name].choose(hp)
    features = BACKBONES[name].build(crops, **chosen)
    return hp, crops, features


@pytest.mark.parametrize(("name", "side"), EVERY)
def test_a_family_takes_two_steps(name, side):
    _, crops, features = build(name, side)
    assert len(features.shape) == 4
    outputs = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(features))
    model = keras.Model(crops, outputs)
    model.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
    random = np.random.default_rng(0)
    batch = random.uniform(-1, 1, (4, side, side, 3)), np.eye(2)[[0, 1, 0, 1]]
    before = [weight.numpy().copy() for weight in model.trainable_variables]
    losses = [model.train_on_batch(*batch) for _ in range(2)]
    assert np.isfinite(losses).all()
    moved = [
        (weight.numpy() != old).any()
        for weight, old in zip(model.trainable_variables, before, strict=True)
    ]
    assert np.mean(moved) > 0.9


@pytest.mark.parametrize("name", FROM_SCRATCH)
def test_nothing_is_enlarged_and_nothing_declared_that_is_not_used(name):
    side = max(64, BACKBONES[name].smallest_side)
    hp, crops, features = build(name, side)
    layers = keras.Model(crops, features).layers
    assert not any(isinstance(layer, keras.layers.Resizing) for layer in layers)
    assert set(BACKBONES[name].choose(hp)) == {entry.name.split("/")[-1] for entry in hp.space}


def test_a_family_is_proposed_where_crops_and_memory_are_large_enough():
    assert "xception" not in fitting(64, 0)
    proposed = [name for name in FROM_SCRATCH if BACKBONES[name].proposed]
    assert proposed == fitting(96, 0) == fitting(96, 8_000_000_000)
    assert fitting(96, 0, ["dlib_face"]) == [*proposed, "dlib_face"]
    assert fitting(16, 8_000_000_000) == ["residual", "plain", "separable"]
    assert "resnet" not in fitting(96, 1_000_000_000)
    assert "residual" in fitting(96, 1_000_000_000)


def test_one_call_declares_every_family_and_gives_values_to_the_chosen_one_only():
    hp = keras_tuner.HyperParameters()
    hp.values = {"family": "plain", "width": 16}
    build = choose_backbone(hp, ["residual", "plain", "resnet"], {})
    names = [entry.name for entry in hp.space]
    assert sorted(names) == ["depth", "family", "resnet/version", "width"]
    assert hp.values == {"family": "plain", "width": 16, "depth": 1}
    assert build(keras.Input((32, 32, 3))).shape == (None, 128)
