"""torchvision: the focal loss, and the classification models, which all end in a linear layer without an activation.

Left out because their result is not a tensor of class scores in training: GoogLeNet and Inception (a named tuple with
auxiliary logits), segmentation (a dict) and detection (losses). Left out because its result is no logits: SqueezeNet,
which ends in ReLU and pooling.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Layer, Row, Want, prediction, subject, target
from logitlint.kinds import Kind

_MODELS: Final = "https://docs.pytorch.org/vision/stable/models.html#classification"

_BUILDERS: Final = (
    # module, class, its constructor, the attribute of the last layer (and which it is in there), the builders
    (
        "resnet",
        "ResNet",
        "block, layers, num_classes=1000, zero_init_residual=False, groups=1, width_per_group=64, "
        "replace_stride_with_dilation=None, norm_layer=None",
        "fc",
        "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d resnext101_64x4d "
        "wide_resnet50_2 "
        "wide_resnet101_2",
    ),
    ("alexnet", "AlexNet", "num_classes=1000, dropout=0.5", "classifier 6", "alexnet"),
    (
        "vgg",
        "VGG",
        "features, num_classes=1000, init_weights=True, dropout=0.5",
        "classifier 6",
        "vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn",
    ),
    (
        "mobilenetv2",
        "MobileNetV2",
        "num_classes=1000, width_mult=1.0, inverted_residual_setting=None, round_nearest=8, block=None, "
        "norm_layer=None, "
        "dropout=0.2",
        "classifier 1",
        "mobilenet_v2",
    ),
    (
        "mobilenetv3",
        "MobileNetV3",
        "inverted_residual_setting, last_channel, num_classes=1000, block=None, norm_layer=None, dropout=0.2, **kwargs",
        "classifier 3",
        "mobilenet_v3_large mobilenet_v3_small",
    ),
    (
        "efficientnet",
        "EfficientNet",
        "inverted_residual_setting, dropout, stochastic_depth_prob=0.2, num_classes=1000, norm_layer=None, "
        "last_channel=None",
        "classifier 1",
        "efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 "
        "efficientnet_b6 "
        "efficientnet_b7 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l",
    ),
    (
        "densenet",
        "DenseNet",
        "growth_rate=32, block_config=None, num_init_features=64, bn_size=4, drop_rate=0, num_classes=1000, "
        "memory_efficient=False",
        "classifier",
        "densenet121 densenet161 densenet169 densenet201",
    ),
    (
        "convnext",
        "ConvNeXt",
        "block_setting, stochastic_depth_prob=0.0, layer_scale=1e-6, num_classes=1000, block=None, norm_layer=None, "
        "**kwargs",
        "classifier 2",
        "convnext_tiny convnext_small convnext_base convnext_large",
    ),
    (
        "vision_transformer",
        "VisionTransformer",
        "image_size, patch_size, num_layers, num_heads, hidden_dim, mlp_dim, dropout=0.0, attention_dropout=0.0, "
        "num_classes=1000, representation_size=None, norm_layer=None, conv_stem_configs=None",
        "heads head",
        "vit_b_16 vit_b_32 vit_l_16 vit_l_32 vit_h_14",
    ),
    (
        "swin_transformer",
        "SwinTransformer",
        "patch_size, embed_dim, depths, num_heads, window_size, mlp_ratio=4.0, dropout=0.0, attention_dropout=0.0, "
        "stochastic_depth_prob=0.1, num_classes=1000, norm_layer=None, block=None, downsample_layer=None",
        "head",
        "swin_t swin_s swin_b swin_v2_t swin_v2_s swin_v2_b",
    ),
    (
        "regnet",
        "RegNet",
        "block_params, num_classes=1000, stem_width=32, stem_type=None, block_type=None, norm_layer=None, "
        "activation=None",
        "fc",
        "regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf "
        "regnet_y_128gf regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf "
        "regnet_x_32gf",
    ),
    (
        "shufflenetv2",
        "ShuffleNetV2",
        "stages_repeats, stages_out_channels, num_classes=1000, inverted_residual=None",
        "fc",
        "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0",
    ),
    (
        "mnasnet",
        "MNASNet",
        "alpha, num_classes=1000, dropout=0.2",
        "classifier 1",
        "mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3",
    ),
    (
        "maxvit",
        "MaxVit",
        "input_size, stem_channels, partition_size, block_channels, block_layers, head_dim, stochastic_depth_prob, "
        "norm_layer=None, activation_layer=None, squeeze_ratio=0.25, expansion_ratio=4, mlp_ratio=4, mlp_dropout=0.0, "
        "attention_dropout=0.0, num_classes=1000",
        "classifier 5",
        "maxvit_t",
    ),
)


def _model(module: str, name: str, init: str, where: str) -> Layer:
    head, _, last = where.partition(" ")
    qualified = f"torchvision.models.{name}"
    return Layer(
        name=qualified,
        init=init,
        call=Function(
            name=qualified,
            signature="x",
            takes={"x": subject()},
            gives=Kind.LOGITS,
            units="num_classes",
            source=_MODELS,
        ),
        head=head,
        last=last,
        facts=frozenset({Fact.MODEL}),
        aliases=(f"torchvision.models.{module}.{name}",),
        source=_MODELS,
    )


ROWS: Final[tuple[Row, ...]] = (
    Function(
        name="torchvision.ops.sigmoid_focal_loss",
        signature='inputs, targets, alpha=0.25, gamma=2, reduction="none"',
        takes={"inputs": prediction(Want.LABEL_LOGITS), "targets": target(Want.LABELS)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        aliases=("torchvision.ops.focal_loss.sigmoid_focal_loss",),
        source="https://docs.pytorch.org/vision/stable/generated/torchvision.ops.sigmoid_focal_loss.html",
    ),
    *(_model(module, name, init, where) for module, name, init, where, _ in _BUILDERS),
    *(
        # `weights` was `pretrained` before 0.13, and may still be given by position.
        _model(module, builder, "weights=None, progress=True, *, num_classes=1000, **kwargs", where)
        for module, _, _, where, builders in _BUILDERS
        for builder in builders.split()
    ),
)
