import math

from fdc.training.objective import Objective

ACCURACY, MAE = Objective.of("classes"), Objective.of("regression")


def test_direction():
    assert ACCURACY.better({"val_accuracy": 0.6}, {"val_accuracy": 0.5})
    assert not MAE.better({"val_mae": 6}, {"val_mae": 5})
    assert MAE.better({"val_mae": 6}, None)


def test_the_loss_decides_between_equals():
    worse, better = ({"val_accuracy": 0.5, "val_loss": loss} for loss in (0.9, 0.7))
    assert ACCURACY.better(better, worse)
    assert not ACCURACY.better(worse, better)


def test_no_number_is_never_better():
    assert not ACCURACY.better({"val_accuracy": math.nan}, {"val_accuracy": 0.1})
    assert not ACCURACY.better({}, {"val_accuracy": 0.1})
