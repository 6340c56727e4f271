"""Files that dlib wrote: read in their order, refused where they hold something else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.errors import WeightsError
from fdc.training.backbones.dlib_files import from_dat


def number(value: int) -> bytes:
    size = max(1, (value.bit_length() + 7) // 8)
    return bytes([size]) + value.to_bytes(size, "little")


def tensor(values: np.ndarray) -> bytes:
    sizes = (len(values), 1, 1, 1)
    return number(2) + b"".join(map(number, sizes)) + values.astype("<f4").tobytes()


def network(random: np.random.Generator, channels: int, side: int) -> tuple[bytes, list]:
    weights = random.normal(size=channels * 3 * side * side + channels)
    affine = random.normal(size=2 * channels)
    return b"\x05con_4" + tensor(weights) + b"\x07affine_" + tensor(affine), [weights, affine]


@given(st.integers(0, 2**32 - 1), st.integers(16, 40), st.sampled_from([1, 3]))
def test_a_convolution_has_its_affine_layer_folded_in(tmp_path_factory, seed, channels, side):
    content, [weights, affine] = network(np.random.default_rng(seed), channels, side)
    path = tmp_path_factory.mktemp("dlib") / "network.dat"
    path.write_bytes(content)
    [found] = from_dat(path, [(channels, side)])
    kernel = weights[:-channels].reshape(channels, 3, side, side)
    scale, offset = affine[:channels], affine[channels:]
    expected = (kernel * scale[:, None, None, None]).transpose(2, 3, 1, 0)
    np.testing.assert_allclose(found.kernel, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        found.bias, weights[-channels:] * scale + offset, rtol=1e-4, atol=1e-5
    )


@given(st.binary(max_size=400))
def test_anything_else_is_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("dlib") / "network.dat"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="does not hold"):
        from_dat(path, [(32, 3)])


def test_a_file_that_was_cut_short_is_refused(tmp_path):
    content, _ = network(np.random.default_rng(0), 32, 3)
    path = tmp_path / "network.dat"
    path.write_bytes(content[:-100])
    with pytest.raises(WeightsError, match="layer 0 is not there"):
        from_dat(path, [(32, 3)])
