import numpy as np
import pytest

from fdc.training.optimizer import choose_optimizer, choose_trunk_rate, learning_rate


def test_learning_rate_warms_up_and_ends_at_zero():
    rates = [learning_rate(1.0, progress) for progress in np.linspace(0, 1, 101)]
    assert rates[0] == 0
    assert max(rates) == rates[5] == 1.0
    assert rates[-1] == pytest.approx(0)
    assert learning_rate(1.0, 1.5) == pytest.approx(0)


def test_the_optimizer_takes_what_is_chosen():
    import keras_tuner

    hp = keras_tuner.HyperParameters()
    hp.values = {"learning_rate": 1e-3, "weight_decay": 0.1}
    optimizer = choose_optimizer(hp, 1.0)
    assert float(optimizer.learning_rate) == pytest.approx(1e-3)
    assert optimizer.weight_decay == 0.1
    assert {entry.name for entry in hp.space} == {"learning_rate", "weight_decay"}


def test_a_trunk_learns_at_its_part_of_the_rate():
    import keras
    import keras_tuner

    hp = keras_tuner.HyperParameters()
    hp.values = {"trunk_rate": 0.1, "learning_rate": 1e-3, "weight_decay": 0.01}
    moved = {}
    for name in ("trunk_0", "head"):
        layer = keras.layers.Dense(1, name=name)
        model = keras.Sequential([keras.Input((1,)), layer])
        model.compile(choose_optimizer(hp, choose_trunk_rate(hp)), "mse")
        before = layer.kernel.numpy().copy()
        model.train_on_batch(np.ones((1, 1)), np.full((1, 1), 100.0))
        moved[name] = float(np.abs(layer.kernel.numpy() - before).max())
    assert moved["trunk_0"] == pytest.approx(0.1 * moved["head"], rel=0.15)
