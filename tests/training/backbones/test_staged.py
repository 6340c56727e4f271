import keras
import pytest

from fdc.training.backbones import staged


@pytest.mark.parametrize("side", [32, 64, 96])
def test_the_last_stage_has_the_same_side_for_crops_of_any_size(side):
    crops = keras.Input((side, side, 3))
    features = staged.RESIDUAL.build(crops, width=16, depth=1)
    assert features.shape == (None, 4, 4, 16 * 2 ** (staged.STAGES - 1))


def test_depth_adds_blocks_and_separable_ones_are_lighter():
    def weights(backbone, depth):
        crops = keras.Input((32, 32, 3))
        return keras.Model(crops, backbone.build(crops, width=16, depth=depth)).count_params()

    assert weights(staged.RESIDUAL, 2) > 1.5 * weights(staged.RESIDUAL, 1)
    assert weights(staged.SEPARABLE, 1) < 0.3 * weights(staged.RESIDUAL, 1)
