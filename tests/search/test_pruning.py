from fdc.search.pruning import unpromising
from fdc.training.objective import Objective


def curve(*values, name="val_accuracy"):
    return [{name: value} for value in values]


OTHERS = [curve(0.5, 0.6, 0.7, 0.8), curve(0.5, 0.7, 0.8, 0.9), curve(0.4, 0.5, 0.6, 0.7)]
ACCURACY = Objective.of("classes")


def test_the_worse_half_is_pruned_and_told_why():
    reason = unpromising(curve(0.3, 0.4), 4, OTHERS, ACCURACY)
    assert reason == (
        "median rule: its best val_accuracy is 0.4 after 50% of its epochs, "
        "the median of 3 others was 0.6 there"
    )


def test_the_better_half_goes_on():
    assert unpromising(curve(0.5, 0.65), 4, OTHERS, ACCURACY) is None
    assert unpromising(curve(0.65, 0.2), 4, OTHERS, ACCURACY) is None


def test_too_early_too_late_or_too_few_others():
    assert unpromising(curve(0.1), 4, OTHERS, ACCURACY) is None
    assert unpromising(curve(0.1, 0.1, 0.1, 0.1), 4, OTHERS, ACCURACY) is None
    assert unpromising(curve(0.1, 0.1), 4, OTHERS[:1], ACCURACY) is None


def test_less_is_better_for_errors():
    others = [curve(9, 8, 7, 6, name="val_mae"), curve(9, 7, 6, 5, name="val_mae")]
    mae = Objective.of("regression")
    assert unpromising(curve(9, 6, name="val_mae"), 4, others, mae) is None
    assert "is 10 after" in str(unpromising(curve(11, 10, name="val_mae"), 4, others, mae))


def test_trials_of_another_length_are_compared_at_the_same_share():
    others = [curve(0.5, 0.9), curve(0.5, 0.9)]
    assert unpromising(curve(0.2, 0.3, 0.5), 6, others, ACCURACY) is None
    assert unpromising(curve(0.2, 0.3, 0.4), 6, others, ACCURACY) is not None
