import numpy as np
import pytest

from fdc.training.augmentation import Augmentation

EVERYTHING = ("flip", "shift", "turn", "erase", "brightness", "contrast", "colour")


@pytest.fixture
def crops():
    random = np.random.default_rng(0)
    return random.integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)


@pytest.fixture
def labels():
    return np.eye(2, dtype=np.float32)[np.arange(40) % 2]


def test_nothing_allowed_changes_nothing(crops, labels):
    varied, same = Augmentation.of((), 5, 0.0)(crops, labels, np.random.default_rng(1))
    np.testing.assert_array_equal(varied, crops)
    np.testing.assert_array_equal(same, labels)
    assert varied.dtype == np.float32


def test_flips_are_sideways_and_about_half(crops, labels):
    varied, _ = Augmentation(flip=True)(crops, labels, np.random.default_rng(1))
    plain = (varied == crops).all(axis=(1, 2, 3))
    mirrored = (varied == crops[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (plain | mirrored).all()
    assert 8 < mirrored.sum() < 32


def test_shifts_are_within_bounds_and_repeat_the_edge(labels):
    ramp = np.broadcast_to(np.arange(16, dtype=np.uint8)[None, None, :, None], (40, 16, 16, 3))
    varied, _ = Augmentation(shift=3)(ramp, labels, np.random.default_rng(1))
    middle = varied[:, 8, 8, 0] - 8
    assert set(middle) == {-3, -2, -1, 0, 1, 2, 3}
    assert varied.min() == 0
    assert varied.max() == 15
    assert (np.diff(varied[:, :, :, 0], axis=2) >= 0).all()


def test_colours_change_only_where_allowed(crops, labels):
    moved, _ = Augmentation.of(("flip", "shift"), 4, 0.0)(crops, labels, np.random.default_rng(2))
    palette = {tuple(pixel) for pixel in crops.reshape(-1, 3)}
    assert {tuple(pixel) for pixel in moved.astype(int).reshape(-1, 3)} <= palette
    tinted, _ = Augmentation.of(EVERYTHING, 0, 0.0)(crops, labels, np.random.default_rng(2))
    assert 0 <= tinted.min() < tinted.max() <= 255
    assert (tinted != crops).mean() > 0.9


def test_mixup_blends_crops_and_labels_alike(crops, labels):
    flat = np.repeat(labels[:, :1] * 200, 16 * 16 * 3, axis=1).reshape(40, 16, 16, 3)
    varied, mixed = Augmentation(mixup=0.5)(flat.astype(np.uint8), labels, np.random.default_rng(4))
    np.testing.assert_allclose(mixed.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(varied[:, 0, 0, 0], 200 * mixed[:, 0], atol=1e-3)
    assert ((mixed[:, 0] > 0.001) & (mixed[:, 0] < 0.999)).any()


def test_the_same_seed_gives_the_same_batch(crops, labels):
    vary = Augmentation.of(EVERYTHING, 3, 0.3)
    one, _ = vary(crops, labels, np.random.default_rng(9))
    two, _ = vary(crops, labels, np.random.default_rng(9))
    np.testing.assert_array_equal(one, two)


def test_turns_keep_the_middle_and_the_direction_of_faces(labels):
    crops = np.zeros((40, 33, 33, 3), np.uint8)
    crops[:, 14:19, 14:19] = 255  # the middle
    crops[:, 2:6, 14:19] = 200  # above it
    varied, _ = Augmentation(turn=10.0)(crops, labels, np.random.default_rng(3))
    assert (varied[:, 16, 16] == 255).all()
    assert (varied[:, :11].sum(axis=(1, 2, 3)) > 0).all()
    assert (varied[:, 22:] == 0).all()
    assert (varied != crops).any(axis=(1, 2, 3)).all()


def test_a_turned_flip_mirrors(crops, labels):
    barely = Augmentation(flip=True, turn=1e-9)
    varied, _ = barely(crops, labels, np.random.default_rng(3))
    mirrored = crops[:, :, ::-1]
    middle = slice(6, 10)
    nearer = [
        np.abs(one[middle, middle] - twin[middle, middle]).mean()
        < np.abs(one[middle, middle] - plain[middle, middle].astype(float)).mean()
        for one, twin, plain in zip(varied, mirrored.astype(float), crops, strict=True)
    ]
    assert 8 < np.sum(nearer) < 32


def test_erasing_paints_one_rectangle_over_about_half_of_the_crops(crops, labels):
    varied, _ = Augmentation(erase=0.5)(crops, labels, np.random.default_rng(5))
    changed = (varied != crops).any(axis=3)
    touched = changed.any(axis=(1, 2))
    assert 8 < touched.sum() < 32
    for mask, crop in zip(changed[touched], varied[touched], strict=True):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        part = crop[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert len(np.unique(part.reshape(-1, 3), axis=0)) == 1
        assert 0.01 < mask.mean() < 0.3
