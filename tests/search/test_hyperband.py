import pytest

from fdc.search import hyperband


@pytest.mark.parametrize(
    ("trials", "sizes"),
    [(1, [3, 1]), (4, [3, 1]), (12, [3, 1]), (13, [9, 3, 1]), (40, [27, 9, 3, 1])],
)
def test_the_first_bracket_fits_the_trials(trials, sizes):
    assert hyperband.rounds(trials) == sizes


def test_mean_resource():
    assert hyperband.mean_resource([3, 1]) == pytest.approx((3 * 1 / 3 + 2 / 3) / 4)
