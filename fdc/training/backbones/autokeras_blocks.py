"""AutoKeras' own blocks, from scratch and at the crop's own size.

Plain convolutions with pooling; ResNet-50 (He et al. 2016, "Deep Residual Learning for Image
Recognition") and its second version (He et al. 2016, "Identity Mappings in Deep Residual
Networks"); Xception (Chollet 2017, "Xception: Deep Learning with Depthwise Separable
Convolutions"); EfficientNet (Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
Convolutional Neural Networks").
"""

from typing import Any

import autokeras
import keras
import keras_tuner
from keras import layers

from fdc.training.backbones.backbone import Backbone


def _build(block: autokeras.Block, x: Any) -> Any:
    # What a block would declare by itself, such as crops enlarged to 224 px, keeps its default:
    # the space of a search has only what `choose` declares.
    return block.build(keras_tuner.HyperParameters(), x)


def _choose_conv(hp: Any) -> dict[str, Any]:
    with hp.name_scope("conv"):
        return {
            "num_blocks": hp.Choice("num_blocks", [2, 3], default=3),
            "num_layers": hp.Choice("num_layers", [1, 2], default=1),
            "filters": hp.Choice("filters", [32, 64, 128], default=64),
            "kernel_size": hp.Choice("kernel_size", [3, 5], default=3),
        }


def _conv(x: Any, **values: int) -> Any:
    block = autokeras.ConvBlock(max_pooling=True, separable=False, dropout=0.0, **values)
    return _build(block, x)


def _choose_resnet(hp: Any) -> dict[str, Any]:
    with hp.name_scope("resnet"):
        return {"version": hp.Choice("version", ["v1", "v2"], default="v2")}


def _resnet(x: Any, version: str) -> Any:
    return _build(autokeras.ResNetBlock(version=version, pretrained=False), x)


def _choose_xception(hp: Any) -> dict[str, Any]:
    return {}


def _xception(x: Any) -> Any:
    return _build(autokeras.XceptionBlock(pretrained=False), x)


def _choose_efficientnet(hp: Any) -> dict[str, Any]:
    with hp.name_scope("efficientnet"):
        return {"version": hp.Choice("version", ["b0", "b1", "b2", "b3"], default="b0")}


def _efficientnet(x: Any, version: str) -> Any:
    # This one brings its own scaling of 0 to 255.
    x = layers.Rescaling(127.5, offset=127.5)(x)
    features = _build(autokeras.EfficientNetBlock(version=version, pretrained=False), x)
    [network] = [
        layer for layer in keras.Model(x, features).layers if isinstance(layer, keras.Model)
    ]
    for layer in network.layers:
        if isinstance(layer, layers.Normalization):
            # As tensors they would become inputs of an exported network.
            layer.mean = keras.ops.convert_to_numpy(layer.mean)
            layer.variance = keras.ops.convert_to_numpy(layer.variance)
    return features


CONV = Backbone(_choose_conv, _conv, smallest_side=32)
RESNET = Backbone(_choose_resnet, _resnet, smallest_side=32, most_weights=24_000_000)
XCEPTION = Backbone(_choose_xception, _xception, smallest_side=71, most_weights=21_000_000)
EFFICIENTNET = Backbone(
    _choose_efficientnet, _efficientnet, smallest_side=32, most_weights=11_000_000
)
