import threading

import numpy as np
import pytest

from fdc.crops.view import CropView
from fdc.training import feed
from fdc.training.augmentation import Augmentation
from fdc.training.feed import Feed


@pytest.fixture
def numbered(tmp_path):
    """Fifty crops whose pixels are their number; a set of 45 of them, backwards."""
    crops = np.broadcast_to(np.arange(50, dtype=np.uint8)[:, None, None, None], (50, 8, 8, 3))
    path = tmp_path / "store.bin"
    np.ascontiguousarray(crops).tofile(path)
    positions = np.arange(49, 4, -1)
    return CropView(path, 50, 8, positions, (positions < 10).astype(np.int64))


def one_hot(targets):
    return np.eye(2, dtype=np.float32)[targets]


def make(crops, **changes):
    options = {"batch_size": 10, "balance": "none", "seed": 1} | changes
    return Feed(crops, one_hot, Augmentation(), **options)


def test_an_epoch_shows_every_crop_with_its_own_label(numbered):
    batches = list(make(numbered).epoch(0))
    assert len(batches) == 5
    assert all(len(crops) == 10 for crops, _, _ in batches)
    seen = np.concatenate([crops[:, 0, 0, 0] for crops, _, _ in batches])
    labels = np.concatenate([label.argmax(axis=1) for _, label, _ in batches])
    assert set(seen) == set(range(5, 50))
    np.testing.assert_array_equal(labels, seen < 10)


def test_epochs_differ_and_repeat_by_seed(numbered):
    def order(seed, epoch):
        return [
            crops[:, 0, 0, 0].tolist() for crops, _, _ in make(numbered, seed=seed).epoch(epoch)
        ]

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_rare_classes_count_or_come_more_often(numbered):
    weighted = list(make(numbered, balance="weights").epoch(0))
    weights = np.concatenate([weight for _, _, weight in weighted])
    labels = np.concatenate([label.argmax(axis=1) for _, label, _ in weighted])
    assert weights[labels == 1].mean() == pytest.approx(8 * weights[labels == 0].mean())
    drawn = [
        label.argmax(axis=1).mean()
        for epoch in range(10)
        for _, label, _ in make(numbered, balance="sampling").epoch(epoch)
    ]
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.12)


def test_plain_batches_keep_order_and_shape(numbered):
    parts = list(feed.plain_batches(numbered, 20))
    assert [(len(crops), count) for crops, count in parts] == [(20, 20), (20, 20), (20, 5)]
    seen = np.concatenate([crops[:count, 0, 0, 0] for crops, count in parts])
    np.testing.assert_array_equal(seen, numbered.positions)


def test_an_epoch_that_is_left_early_leaves_no_thread(numbered):
    before = set(threading.enumerate())
    batches = make(numbered).epoch(0)
    next(batches)
    assert set(threading.enumerate()) > before  # the one that reads ahead
    batches.close()
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize(
    ("most", "crops", "size"),
    [(64, 12_000, 64), (64, 420, 16), (64, 60, 8), (64, 5, 5), (4, 100, 4)],
)
def test_small_sets_get_small_batches(most, crops, size):
    assert feed.fitting_batch_size(most, crops) == size
