"""AutoKeras' graph: what is declared is what is built, for driver and worker alike."""

import keras
import keras_tuner
import numpy as np
import pytest

from fdc.training import graph
from fdc.training.graph import NORMALISATION_MOMENTUM, SearchGraph, starting_points
from fdc.training.heads import DistributionHead
from fdc.training.references import suitable

EVERY_KIND = {"network/family", "learning_rate", "weight_decay", "mixup", "shift", "head/dropout"}
OF_KIND = {
    "classes": {"head/label_smoothing"},
    "ordinal": {"head/label_smoothing", "head/spread"},
    "regression": {"head/target"},
}


def declared(spec, **values):
    hp = keras_tuner.HyperParameters()
    hp.values = {name.replace("__", "/"): value for name, value in values.items()}
    model = SearchGraph(spec).build(hp)
    return hp, model


@pytest.mark.parametrize("kind", OF_KIND)
def test_a_build_declares_everything_that_a_trial_reads(data, kind):
    hp, _ = declared(data.spec(kind))
    assert set(hp.values) == EVERY_KIND | OF_KIND[kind] | {"network/width", "network/depth"}


def test_only_the_family_that_is_chosen_has_values(data):
    hp, _ = declared(data.spec(), network__family="conv")
    assert {name for name in hp.values if name.startswith("network/")} == {
        "network/family",
        *(
            f"network/conv/{name}"
            for name in ("num_blocks", "num_layers", "filters", "kernel_size")
        ),
    }


def test_shifts_are_searched_only_where_they_are_allowed(data):
    hp, _ = declared(data.spec(augmentation=("flip",)))
    assert "shift" not in hp.values


@pytest.mark.parametrize("kind", OF_KIND)
def test_a_worker_builds_what_the_driver_declared(data, kind):
    hp, model = declared(data.spec(kind))
    network = graph.build(data.spec(kind), hp.values)
    assert network.model.count_params() == model.count_params()
    assert network.model.output.shape == (None, network.head.units)


def test_values_decide(data):
    values = {"head/target": "scaled", "mixup": 0.2, "shift": 0.12, "learning_rate": 5e-4}
    network = graph.build(data.spec("regression"), values)
    assert network.head.units == 1
    assert isinstance(network.model.loss, keras.losses.Huber)
    assert (network.augmentation.mixup, network.augmentation.shift) == (0.2, round(0.12 * 32))
    assert float(network.model.optimizer.learning_rate) == pytest.approx(5e-4)
    assert isinstance(graph.build(data.spec("regression"), {}).head, DistributionHead)


def test_the_starting_points_are_a_residual_net_a_quarter_of_it_and_a_plain_one(data):
    default, small, plain = (
        graph.build(data.spec(), point).model.count_params() for point in starting_points([])
    )
    assert 1.1e6 < default < 1.3e6
    assert small < 0.3 * default
    assert plain not in (default, small)


@pytest.mark.parametrize("kind", OF_KIND)
def test_the_space_of_references_is_those_of_the_kind_each_once(data, kind):
    spec = data.spec(kind, space="reference", memory_bytes=0)
    names = [point["network/family"] for point in graph.points(spec)]
    assert names == graph.families(spec) == suitable(kind)
    hp, _ = declared(spec)
    [family] = [entry for entry in hp.space if entry.name == "network/family"]
    assert family.values == names
    poor = data.spec(kind, space="reference", memory_bytes=1_000_000_000)
    assert "vgg19" in names
    assert "vgg19" not in graph.families(poor)


def test_a_family_that_memory_does_not_suggest_is_built_where_it_is_told(data):
    poor = data.spec(memory_bytes=500_000_000)
    hp, _ = declared(poor)
    [family] = [entry for entry in hp.space if entry.name == "network/family"]
    assert "resnet" not in family.values
    assert graph.build(poor, {"network/family": "resnet"}).model.count_params() > 20e6


def test_normalisation_learns_within_few_steps_in_nested_networks_too(data):
    model = graph.build(data.spec(), {"network/family": "resnet"}).model
    nested = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    momenta = [
        layer.momentum
        for network in (model, *nested)
        for layer in network.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert len(momenta) > 40
    assert set(momenta) == {NORMALISATION_MOMENTUM}


def test_a_network_takes_crops_as_they_are_stored(data):
    model = graph.build(data.spec(), {"network/width": 16}).model
    crops = data.spec().train.read(np.arange(2))
    assert np.isfinite(model.predict_on_batch(crops.astype(np.float32))).all()
    [scaling] = [layer for layer in model.layers if isinstance(layer, keras.layers.Rescaling)]
    np.testing.assert_allclose(scaling(np.array([0.0, 255.0])), [-1, 1], atol=1e-6)
