import numpy as np
import pytest

from fdc.training.optimizer import choose_optimizer, learning_rate


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
    optimizer = choose_optimizer(hp)
    assert float(optimizer.learning_rate) == pytest.approx(1e-3)
    assert optimizer.weight_decay == 0.1
    assert {entry.name for entry in hp.space} == {"learning_rate", "weight_decay"}
