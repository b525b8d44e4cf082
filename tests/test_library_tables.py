"""The tables of libraries that are not installed for the proof: well formed, and pinned to what their sources say.

The tables below say in other words what the rows say, so that changing a row, or losing one, is seen.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from logitlint.frameworks import (
    allennlp,
    catalyst,
    dgl,
    distributed,
    fastai,
    focal_loss,
    fvcore,
    ignite,
    keras_models,
    kornia,
    lightning,
    monai,
    openmmlab,
    pytorch_toolbelt,
    segmentation_models,
    segmentation_models_keras,
    skorch,
    timm,
    torch_geometric,
    torchmetrics,
    torchvision,
    transformers,
)
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Halves,
    Layer,
    Receiver,
    Result,
    Role,
    Row,
    SameAs,
    Steps,
    Takes,
    Want,
)
from logitlint.kinds import Kind

TABLES: Mapping[str, tuple[Row, ...]] = {
    table.__name__.rpartition(".")[2]: table.ROWS
    for table in (
        allennlp,
        catalyst,
        dgl,
        distributed,
        fastai,
        focal_loss,
        fvcore,
        ignite,
        segmentation_models_keras,
        kornia,
        lightning,
        monai,
        openmmlab,
        pytorch_toolbelt,
        segmentation_models,
        skorch,
        timm,
        torch_geometric,
        torchmetrics,
        torchvision,
        transformers,
    )
}
ROWS: tuple[Row, ...] = tuple(row for rows in TABLES.values() for row in rows)
BY_NAME: Mapping[str, Row] = {row.name: row for row in ROWS}
LOSS_ROWS = [row for row in ROWS if isinstance(row, Function | Layer) and Fact.LOSS in row.facts]

# -- what was read in the sources -------------------------------------------------------------------------------------

WORDS: Mapping[str, Want | None] = {
    "class logits": Want.CLASS_LOGITS,
    "label logits": Want.LABEL_LOGITS,
    "class probabilities": Want.CLASS_PROBABILITIES,
    "label probabilities": Want.LABEL_PROBABILITIES,
    "probabilities": Want.PROBABILITIES,
    "log-probabilities": Want.CLASS_LOG_PROBABILITIES,
    "scores": Want.SCORES,
    "index": Want.CLASS_INDEX,
    "one-hot": Want.ONE_HOT,
    "classes": Want.CLASSES,
    "labels": Want.LABELS,
    "anything": None,
}

# name | arguments | scale of the prediction | scale of the target; one line for each case of a loss.
LOSSES = """
allennlp.nn.util.sequence_cross_entropy_with_logits | | class logits | index

catalyst.contrib.losses.MaskCrossEntropyLoss | | class logits | classes
catalyst.contrib.losses.SymmetricCrossEntropyLoss | | class probabilities | index
catalyst.contrib.losses.NaiveCrossEntropyLoss | | class logits | one-hot
catalyst.contrib.losses.DiceLoss | | probabilities | anything
catalyst.contrib.losses.IoULoss | | probabilities | anything
catalyst.contrib.losses.SmoothingDiceLoss | | probabilities | anything
catalyst.contrib.losses.TrevskyLoss | | probabilities | anything
catalyst.contrib.losses.FocalTrevskyLoss | | probabilities | anything
catalyst.contrib.losses.FocalLossBinary | | label logits | labels
catalyst.contrib.losses.FocalLossMultiClass | | label logits | index
catalyst.contrib.losses.LovaszLossBinary | | scores | labels
catalyst.contrib.losses.LovaszLossMultiLabel | | scores | labels
catalyst.metrics.functional.sigmoid_focal_loss | | label logits | labels
catalyst.metrics.functional.reduced_focal_loss | | label logits | labels

fastai.losses.CrossEntropyLossFlat | | class logits | classes
fastai.losses.FocalLoss | | class logits | classes
fastai.losses.FocalLossFlat | | class logits | classes
fastai.losses.BCEWithLogitsLossFlat | | label logits | labels
fastai.losses.BCELossFlat | | label probabilities | labels
fastai.losses.MSELossFlat | | scores | anything
fastai.losses.L1LossFlat | | scores | anything
fastai.losses.LabelSmoothingCrossEntropy | | class logits | index
fastai.losses.LabelSmoothingCrossEntropyFlat | | class logits | index
fastai.losses.DiceLoss | | class logits | index

focal_loss.focal_loss.FocalLoss | | probabilities | index

fvcore.nn.focal_loss.sigmoid_focal_loss | | label logits | labels
fvcore.nn.focal_loss.sigmoid_focal_loss_jit | | label logits | labels
fvcore.nn.focal_loss.sigmoid_focal_loss_star | | label logits | labels
fvcore.nn.focal_loss.sigmoid_focal_loss_star_jit | | label logits | labels

kornia.losses.focal_loss | | class logits | index
kornia.losses.binary_focal_loss_with_logits | | label logits | labels
kornia.losses.dice_loss | | class logits | index
kornia.losses.tversky_loss | | class logits | index
kornia.losses.lovasz_softmax_loss | | class logits | index
kornia.losses.lovasz_hinge_loss | | scores | labels
kornia.losses.FocalLoss | | class logits | index
kornia.losses.BinaryFocalLossWithLogits | | label logits | labels
kornia.losses.DiceLoss | | class logits | index
kornia.losses.TverskyLoss | | class logits | index
kornia.losses.LovaszSoftmaxLoss | | class logits | index
kornia.losses.LovaszHingeLoss | | scores | labels

mmdet.models.losses.CrossEntropyLoss | | class logits | anything
mmdet.models.losses.CrossEntropyLoss | use_sigmoid=True | label logits | anything
mmdet.models.losses.CrossEntropyLoss | use_mask=True | label logits | anything
mmdet.models.losses.FocalLoss | | label logits | anything
mmdet.models.losses.FocalLoss | activated=True | label probabilities | anything
mmdet.models.losses.DiceLoss | | label logits | anything
mmdet.models.losses.DiceLoss | activate=False | probabilities | anything
mmdet.models.losses.DiceLoss | use_sigmoid=False | anything | anything
mmseg.models.losses.CrossEntropyLoss | | class logits | anything
mmseg.models.losses.CrossEntropyLoss | use_sigmoid=True | label logits | anything
mmseg.models.losses.CrossEntropyLoss | use_mask=True | label logits | anything
mmseg.models.losses.FocalLoss | | label logits | anything
mmseg.models.losses.DiceLoss | | label logits | anything
mmseg.models.losses.DiceLoss | activate=False | probabilities | anything
mmseg.models.losses.DiceLoss | use_sigmoid=False | anything | anything
mmpretrain.models.losses.CrossEntropyLoss | | class logits | anything
mmpretrain.models.losses.CrossEntropyLoss | use_sigmoid=True | label logits | anything
mmpretrain.models.losses.FocalLoss | | label logits | anything

monai.losses.GeneralizedWassersteinDiceLoss | | class logits | index
monai.losses.FocalLoss | | label logits | labels
monai.losses.FocalLoss | use_softmax=True to_onehot_y=True | class logits | index
monai.losses.NACLLoss | | class logits | index
monai.losses.focal_loss.sigmoid_focal_loss | | label logits | labels
monai.losses.focal_loss.softmax_focal_loss | | class logits | one-hot
monai.losses.DiceLoss | | probabilities | labels
monai.losses.DiceLoss | sigmoid=True | label logits | labels
monai.losses.DiceLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.DiceLoss | other_act=? | anything | labels
monai.losses.MaskedDiceLoss | | probabilities | labels
monai.losses.MaskedDiceLoss | sigmoid=True | label logits | labels
monai.losses.MaskedDiceLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.MaskedDiceLoss | other_act=? | anything | labels
monai.losses.GeneralizedDiceLoss | | probabilities | labels
monai.losses.GeneralizedDiceLoss | sigmoid=True | label logits | labels
monai.losses.GeneralizedDiceLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.GeneralizedDiceLoss | other_act=? | anything | labels
monai.losses.TverskyLoss | | probabilities | labels
monai.losses.TverskyLoss | sigmoid=True | label logits | labels
monai.losses.TverskyLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.TverskyLoss | other_act=? | anything | labels
monai.losses.MCCLoss | | probabilities | labels
monai.losses.MCCLoss | sigmoid=True | label logits | labels
monai.losses.MCCLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.MCCLoss | other_act=? | anything | labels
monai.losses.HausdorffDTLoss | | probabilities | labels
monai.losses.HausdorffDTLoss | sigmoid=True | label logits | labels
monai.losses.HausdorffDTLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.HausdorffDTLoss | other_act=? | anything | labels
monai.losses.LogHausdorffDTLoss | | probabilities | labels
monai.losses.LogHausdorffDTLoss | sigmoid=True | label logits | labels
monai.losses.LogHausdorffDTLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.LogHausdorffDTLoss | other_act=? | anything | labels
monai.losses.BoundaryLoss | | probabilities | labels
monai.losses.BoundaryLoss | sigmoid=True | label logits | labels
monai.losses.BoundaryLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.BoundaryLoss | other_act=? | anything | labels
monai.losses.DiceCELoss | | anything | labels
monai.losses.DiceCELoss | sigmoid=True | label logits | labels
monai.losses.DiceCELoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.DiceCELoss | other_act=? | anything | labels
monai.losses.DiceFocalLoss | | anything | labels
monai.losses.DiceFocalLoss | sigmoid=True | label logits | labels
monai.losses.DiceFocalLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.DiceFocalLoss | other_act=? | anything | labels
monai.losses.GeneralizedDiceFocalLoss | | anything | labels
monai.losses.GeneralizedDiceFocalLoss | sigmoid=True | label logits | labels
monai.losses.GeneralizedDiceFocalLoss | softmax=True to_onehot_y=True | class logits | index
monai.losses.GeneralizedDiceFocalLoss | other_act=? | anything | labels

segmentation_models_pytorch.losses.SoftBCEWithLogitsLoss | | label logits | labels
segmentation_models_pytorch.losses.SoftCrossEntropyLoss | | class logits | index
segmentation_models_pytorch.losses.MCCLoss | | label probabilities | labels
segmentation_models_pytorch.losses.LovaszLoss | mode='binary' | scores | labels
segmentation_models_pytorch.losses.LovaszLoss | mode='multilabel' | scores | labels
segmentation_models_pytorch.losses.LovaszLoss | mode='multiclass' | class logits | index
segmentation_models_pytorch.losses.FocalLoss | mode='binary' | label logits | labels
segmentation_models_pytorch.losses.FocalLoss | mode='multilabel' | label logits | labels
segmentation_models_pytorch.losses.FocalLoss | mode='multiclass' | label logits | index
segmentation_models_pytorch.losses.FocalLoss | mode='binary' from_logits=False | label probabilities | labels
segmentation_models_pytorch.losses.FocalLoss | mode='multilabel' from_logits=False | label probabilities | labels
segmentation_models_pytorch.losses.FocalLoss | mode='multiclass' from_logits=False | anything | index
segmentation_models_pytorch.losses.DiceLoss | mode='binary' | label logits | labels
segmentation_models_pytorch.losses.DiceLoss | mode='multilabel' | label logits | labels
segmentation_models_pytorch.losses.DiceLoss | mode='multiclass' | class logits | index
segmentation_models_pytorch.losses.DiceLoss | mode='binary' from_logits=False | probabilities | labels
segmentation_models_pytorch.losses.DiceLoss | mode=? | anything | anything
segmentation_models_pytorch.losses.JaccardLoss | mode='binary' | label logits | labels
segmentation_models_pytorch.losses.JaccardLoss | mode='multilabel' | label logits | labels
segmentation_models_pytorch.losses.JaccardLoss | mode='multiclass' | class logits | index
segmentation_models_pytorch.losses.JaccardLoss | mode='binary' from_logits=False | probabilities | labels
segmentation_models_pytorch.losses.JaccardLoss | mode=? | anything | anything
segmentation_models_pytorch.losses.TverskyLoss | mode='binary' | label logits | labels
segmentation_models_pytorch.losses.TverskyLoss | mode='multilabel' | label logits | labels
segmentation_models_pytorch.losses.TverskyLoss | mode='multiclass' | class logits | index
segmentation_models_pytorch.losses.TverskyLoss | mode='binary' from_logits=False | probabilities | labels
segmentation_models_pytorch.losses.TverskyLoss | mode=? | anything | anything
segmentation_models_pytorch.utils.losses.JaccardLoss | | probabilities | anything
segmentation_models_pytorch.utils.losses.JaccardLoss | activation='identity' | probabilities | anything
segmentation_models_pytorch.utils.losses.JaccardLoss | activation='sigmoid' | label logits | anything
segmentation_models_pytorch.utils.losses.JaccardLoss | activation='softmax' | class logits | anything
segmentation_models_pytorch.utils.losses.JaccardLoss | activation='softmax2d' | class logits | anything
segmentation_models_pytorch.utils.losses.JaccardLoss | activation=? | anything | anything
segmentation_models_pytorch.utils.losses.DiceLoss | | probabilities | anything
segmentation_models_pytorch.utils.losses.DiceLoss | activation='identity' | probabilities | anything
segmentation_models_pytorch.utils.losses.DiceLoss | activation='sigmoid' | label logits | anything
segmentation_models_pytorch.utils.losses.DiceLoss | activation='softmax' | class logits | anything
segmentation_models_pytorch.utils.losses.DiceLoss | activation='softmax2d' | class logits | anything
segmentation_models_pytorch.utils.losses.DiceLoss | activation=? | anything | anything
segmentation_models_pytorch.utils.losses.L1Loss | | scores | anything
segmentation_models_pytorch.utils.losses.MSELoss | | scores | anything
segmentation_models_pytorch.utils.losses.CrossEntropyLoss | | class logits | classes
segmentation_models_pytorch.utils.losses.NLLLoss | | log-probabilities | index
segmentation_models_pytorch.utils.losses.BCELoss | | label probabilities | labels
segmentation_models_pytorch.utils.losses.BCEWithLogitsLoss | | label logits | labels

timm.loss.LabelSmoothingCrossEntropy | | class logits | index
timm.loss.SoftTargetCrossEntropy | | class logits | one-hot
timm.loss.BinaryCrossEntropy | | label logits | anything
timm.loss.AsymmetricLossMultiLabel | | label logits | labels
timm.loss.AsymmetricLossSingleLabel | | class logits | index
timm.loss.JsdCrossEntropy | | class logits | index
timm.loss.PolyCrossEntropy | | class logits | classes
timm.loss.PolyBinaryCrossEntropy | | label logits | labels
timm.loss.DistributionBalancedLoss | | label logits | labels
timm.loss.TwoWayLoss | | scores | labels
timm.loss.ZlprLoss | | scores | labels

torchvision.ops.sigmoid_focal_loss | | label logits | labels

segmentation_models.losses.JaccardLoss | | probabilities | anything
segmentation_models.losses.DiceLoss | | probabilities | anything
segmentation_models.losses.BinaryCELoss | | label probabilities | anything
segmentation_models.losses.CategoricalCELoss | | class probabilities | anything
segmentation_models.losses.BinaryFocalLoss | | label probabilities | anything
segmentation_models.losses.CategoricalFocalLoss | | probabilities | anything
segmentation_models.losses.jaccard_loss | | probabilities | anything
segmentation_models.losses.dice_loss | | probabilities | anything
segmentation_models.losses.categorical_focal_loss | | probabilities | anything
segmentation_models.losses.categorical_focal_dice_loss | | probabilities | anything
segmentation_models.losses.categorical_focal_jaccard_loss | | probabilities | anything
segmentation_models.losses.binary_crossentropy | | label probabilities | anything
segmentation_models.losses.binary_focal_loss | | label probabilities | anything
segmentation_models.losses.bce_dice_loss | | label probabilities | anything
segmentation_models.losses.bce_jaccard_loss | | label probabilities | anything
segmentation_models.losses.binary_focal_dice_loss | | label probabilities | anything
segmentation_models.losses.binary_focal_jaccard_loss | | label probabilities | anything
segmentation_models.losses.categorical_crossentropy | | class probabilities | anything
segmentation_models.losses.cce_dice_loss | | class probabilities | anything
segmentation_models.losses.cce_jaccard_loss | | class probabilities | anything

pytorch_toolbelt.losses.DiceLoss | mode='binary' | label logits | labels
pytorch_toolbelt.losses.DiceLoss | mode='multilabel' | label logits | labels
pytorch_toolbelt.losses.DiceLoss | mode='multiclass' | class logits | index
pytorch_toolbelt.losses.DiceLoss | mode='binary' from_logits=False | probabilities | labels
pytorch_toolbelt.losses.DiceLoss | mode=? | anything | anything
pytorch_toolbelt.losses.JaccardLoss | mode='binary' | label logits | labels
pytorch_toolbelt.losses.JaccardLoss | mode='multilabel' | label logits | labels
pytorch_toolbelt.losses.JaccardLoss | mode='multiclass' | class logits | index
pytorch_toolbelt.losses.JaccardLoss | mode='binary' from_logits=False | probabilities | labels
pytorch_toolbelt.losses.JaccardLoss | mode=? | anything | anything
pytorch_toolbelt.losses.BinaryFocalLoss | | label logits | anything
pytorch_toolbelt.losses.BinaryFocalLoss | activation='softmax' | anything | anything
pytorch_toolbelt.losses.CrossEntropyFocalLoss | | class logits | index
pytorch_toolbelt.losses.SoftBCEWithLogitsLoss | | label logits | labels
pytorch_toolbelt.losses.SoftCrossEntropyLoss | | class logits | index
pytorch_toolbelt.losses.BalancedBCEWithLogitsLoss | | label logits | labels
pytorch_toolbelt.losses.BinarySoftF1Loss | | label logits | labels
pytorch_toolbelt.losses.SoftF1Loss | | class logits | index
pytorch_toolbelt.losses.QualityFocalLoss | | label logits | labels
pytorch_toolbelt.losses.BinaryLovaszLoss | | scores | labels
pytorch_toolbelt.losses.focal_loss_with_logits | | label logits | labels
pytorch_toolbelt.losses.focal_loss_with_logits | activation='softmax' | anything | labels
pytorch_toolbelt.losses.balanced_binary_cross_entropy_with_logits | | label logits | labels

torchgeometry.losses.FocalLoss | | class logits | index
torchgeometry.losses.DiceLoss | | class logits | index
torchgeometry.losses.TverskyLoss | | class logits | index
torchgeometry.losses.focal_loss | | class logits | index
torchgeometry.losses.dice_loss | | class logits | index
torchgeometry.losses.tversky_loss | | class logits | index
"""

# Constructor (or call) arguments that are weights: a tensor there is right.
WEIGHTS = """
allennlp.nn.util.sequence_cross_entropy_with_logits: weights
fastai.losses.CrossEntropyLossFlat: weight
fastai.losses.FocalLoss: weight
fastai.losses.FocalLossFlat: weight
fastai.losses.BCEWithLogitsLossFlat: weight pos_weight
fastai.losses.BCELossFlat: weight
fastai.losses.LabelSmoothingCrossEntropy: weight
focal_loss.focal_loss.FocalLoss: weights
kornia.losses.focal_loss: weight
kornia.losses.binary_focal_loss_with_logits: pos_weight weight
kornia.losses.dice_loss: weight
kornia.losses.lovasz_softmax_loss: weight
kornia.losses.FocalLoss: weight
kornia.losses.BinaryFocalLossWithLogits: pos_weight weight
kornia.losses.DiceLoss: weight
kornia.losses.LovaszSoftmaxLoss: weight
monai.losses.DiceLoss: weight
monai.losses.MaskedDiceLoss: weight
monai.losses.DiceCELoss: weight
monai.losses.DiceFocalLoss: weight
monai.losses.GeneralizedDiceFocalLoss: weight
monai.losses.FocalLoss: weight
pytorch_toolbelt.losses.BinaryFocalLoss: class_weights
pytorch_toolbelt.losses.CrossEntropyFocalLoss: class_weights
pytorch_toolbelt.losses.SoftBCEWithLogitsLoss: weight pos_weight
segmentation_models.losses.JaccardLoss: class_weights
segmentation_models.losses.DiceLoss: class_weights
segmentation_models.losses.CategoricalCELoss: class_weights
segmentation_models_pytorch.losses.DiceLoss: class_weights
segmentation_models_pytorch.losses.JaccardLoss: class_weights
segmentation_models_pytorch.losses.TverskyLoss: class_weights
segmentation_models_pytorch.losses.FocalLoss: class_weights
segmentation_models_pytorch.losses.SoftBCEWithLogitsLoss: weight pos_weight
segmentation_models_pytorch.utils.losses.CrossEntropyLoss: weight
segmentation_models_pytorch.utils.losses.NLLLoss: weight
segmentation_models_pytorch.utils.losses.BCELoss: weight
segmentation_models_pytorch.utils.losses.BCEWithLogitsLoss: weight pos_weight
timm.loss.BinaryCrossEntropy: weight pos_weight
timm.loss.AsymmetricLossMultiLabel: weight pos_weight
timm.loss.DistributionBalancedLoss: class_counts
"""

RAISES: Mapping[str, set[Fact]] = {
    "fastai.losses.BCELossFlat": {Fact.RAISES_UNDER_AUTOCAST, Fact.RAISES_OUTSIDE_UNIT},
    "segmentation_models_pytorch.utils.losses.BCELoss": {Fact.RAISES_UNDER_AUTOCAST, Fact.RAISES_OUTSIDE_UNIT},
    "focal_loss.focal_loss.FocalLoss": {Fact.RAISES_OUTSIDE_UNIT},
}

# The attribute that holds the last layer, and the models of which that is true.
VISION_LAST: Mapping[str, str] = {
    "AlexNet": "6",
    "VGG": "6",
    "MobileNetV2": "1",
    "MobileNetV3": "3",
    "EfficientNet": "1",
    "ConvNeXt": "2",
    "VisionTransformer": "head",
    "ViT": "head",
    "MNASNet": "1",
    "MaxVit": "5",
}
VISION: Mapping[str, str] = {
    "fc": """
        ResNet RegNet ShuffleNetV2 resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d
        resnext101_32x8d resnext101_64x4d wide_resnet50_2 wide_resnet101_2 regnet_y_400mf regnet_y_800mf
        regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf regnet_y_128gf regnet_x_400mf
        regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf shufflenet_v2_x0_5
        shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0
    """,
    "classifier": """
        AlexNet VGG MobileNetV2 MobileNetV3 EfficientNet DenseNet ConvNeXt MNASNet MaxVit alexnet vgg11 vgg11_bn
        vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn mobilenet_v2 mobilenet_v3_large mobilenet_v3_small
        efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5
        efficientnet_b6 efficientnet_b7 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l densenet121
        densenet161 densenet169 densenet201 convnext_tiny convnext_small convnext_base convnext_large mnasnet0_5
        mnasnet0_75 mnasnet1_0 mnasnet1_3 maxvit_t
    """,
    "heads": """
        VisionTransformer vit_b_16 vit_b_32 vit_l_16 vit_l_32 vit_h_14
    """,
    "head": """
        SwinTransformer swin_t swin_s swin_b swin_v2_t swin_v2_s swin_v2_b
    """,
}

SEGMENTATION_MODELS = (
    "Unet UnetPlusPlus MAnet Linknet FPN PSPNet DeepLabV3 DeepLabV3Plus PAN UPerNet Segformer DPT create_model"
)
SEGMENTATION_GIVES: Mapping[str, Kind | None] = {
    "": Kind.LOGITS,
    "activation='identity'": Kind.LOGITS,
    "activation='sigmoid'": Kind.SIGMOID,
    "activation='softmax'": Kind.SOFTMAX,
    "activation='softmax2d'": Kind.SOFTMAX,
    "activation='logsoftmax'": Kind.LOG_SOFTMAX,
    "activation='argmax'": Kind.DECISION,
    "activation='argmax2d'": Kind.DECISION,
    "activation='tanh'": None,
    "aux_params=?": None,
    "activation=?": None,
}

# name: arguments -> result; units; head
OTHER_MODELS: Mapping[str, tuple[dict[str, Kind | None], str | None, str | None]] = {
    "monai.networks.nets.UNet": ({"": Kind.LOGITS}, None, None),
    "monai.networks.nets.BasicUNet": ({"": Kind.LOGITS}, None, "final_conv"),
    "monai.networks.nets.AttentionUnet": ({"": Kind.LOGITS}, None, None),
    "monai.networks.nets.SegResNet": ({"": Kind.LOGITS, "use_conv_final=False": None}, None, "conv_final"),
    "monai.networks.nets.UNETR": ({"": Kind.LOGITS}, None, "out"),
    "monai.networks.nets.SwinUNETR": ({"": Kind.LOGITS}, None, "out"),
    "monai.networks.nets.DenseNet": ({"": Kind.LOGITS}, "out_channels", "class_layers"),
    "monai.networks.nets.DenseNet121": ({"": Kind.LOGITS}, "out_channels", "class_layers"),
    "monai.networks.nets.DenseNet169": ({"": Kind.LOGITS}, "out_channels", "class_layers"),
    "monai.networks.nets.DenseNet201": ({"": Kind.LOGITS}, "out_channels", "class_layers"),
    "monai.networks.nets.DenseNet264": ({"": Kind.LOGITS}, "out_channels", "class_layers"),
    "torch_geometric.nn.GCNConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.SAGEConv": ({"": Kind.LOGITS, "normalize=True": None}, "out_channels", None),
    "torch_geometric.nn.GATConv": ({"": Kind.LOGITS, "return_attention_weights=True": None}, None, None),
    "torch_geometric.nn.GATv2Conv": ({"": Kind.LOGITS, "return_attention_weights=True": None}, None, None),
    "torch_geometric.nn.TransformerConv": ({"": Kind.LOGITS, "return_attention_weights=True": None}, None, None),
    "torch_geometric.nn.GraphConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.ChebConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.SGConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.TAGConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.LEConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.ClusterGCNConv": ({"": Kind.LOGITS}, "out_channels", None),
    "torch_geometric.nn.RGCNConv": ({"": Kind.LOGITS}, "out_channels", None),
    "dgl.nn.pytorch.conv.GraphConv": (
        {"": Kind.LOGITS, "weight=False": None, "activation=?": None},
        "out_feats",
        None,
    ),
    "dgl.nn.pytorch.conv.SAGEConv": ({"": Kind.LOGITS, "norm=?": None, "activation=?": None}, "out_feats", None),
    "dgl.nn.pytorch.conv.GATConv": ({"": Kind.LOGITS, "get_attention=True": None, "activation=?": None}, None, None),
    "dgl.nn.pytorch.conv.GATv2Conv": ({"": Kind.LOGITS, "get_attention=True": None, "activation=?": None}, None, None),
    "dgl.nn.pytorch.conv.TAGConv": ({"": Kind.LOGITS, "activation=?": None}, "out_feats", None),
    "dgl.nn.pytorch.conv.SGConv": ({"": Kind.LOGITS, "norm=?": None}, "out_feats", None),
    "torch_geometric.nn.Linear": ({"": Kind.LOGITS}, "out_channels", None),
}

METRICS = """
    AUROC Accuracy AveragePrecision BinaryAUROC BinaryAccuracy BinaryAveragePrecision BinaryCalibrationError
    BinaryCohenKappa BinaryConfusionMatrix BinaryEER BinaryF1Score BinaryFBetaScore BinaryHammingDistance
    BinaryHingeLoss BinaryJaccardIndex BinaryLogAUC BinaryMatthewsCorrCoef BinaryNegativePredictiveValue
    BinaryPrecision BinaryPrecisionAtFixedRecall BinaryPrecisionRecallCurve BinaryROC BinaryRecall
    BinaryRecallAtFixedPrecision BinarySensitivityAtSpecificity BinarySpecificity BinarySpecificityAtSensitivity
    BinaryStatScores CalibrationError CohenKappa ConfusionMatrix EER ExactMatch F1Score FBetaScore
    HammingDistance HingeLoss JaccardIndex LogAUC MatthewsCorrCoef MulticlassAUROC MulticlassAccuracy
    MulticlassAveragePrecision MulticlassCalibrationError MulticlassCohenKappa MulticlassConfusionMatrix
    MulticlassEER MulticlassExactMatch MulticlassF1Score MulticlassFBetaScore MulticlassHammingDistance
    MulticlassHingeLoss MulticlassJaccardIndex MulticlassLogAUC MulticlassMatthewsCorrCoef
    MulticlassNegativePredictiveValue MulticlassPrecision MulticlassPrecisionAtFixedRecall
    MulticlassPrecisionRecallCurve MulticlassROC MulticlassRecall MulticlassRecallAtFixedPrecision
    MulticlassSensitivityAtSpecificity MulticlassSpecificity MulticlassSpecificityAtSensitivity
    MulticlassStatScores MultilabelAUROC MultilabelAccuracy MultilabelAveragePrecision MultilabelConfusionMatrix
    MultilabelCoverageError MultilabelEER MultilabelExactMatch MultilabelF1Score MultilabelFBetaScore
    MultilabelHammingDistance MultilabelJaccardIndex MultilabelLogAUC MultilabelMatthewsCorrCoef
    MultilabelNegativePredictiveValue MultilabelPrecision MultilabelPrecisionAtFixedRecall
    MultilabelPrecisionRecallCurve MultilabelROC MultilabelRankingAveragePrecision MultilabelRankingLoss
    MultilabelRecall MultilabelRecallAtFixedPrecision MultilabelSensitivityAtSpecificity MultilabelSpecificity
    MultilabelSpecificityAtSensitivity MultilabelStatScores NegativePredictiveValue Precision
    PrecisionAtFixedRecall PrecisionRecallCurve ROC Recall RecallAtFixedPrecision SensitivityAtSpecificity
    Specificity SpecificityAtSensitivity StatScores
"""
METRIC_FUNCTIONS = """
    accuracy auroc average_precision binary_accuracy binary_auroc binary_average_precision
    binary_calibration_error binary_cohen_kappa binary_confusion_matrix binary_eer binary_f1_score
    binary_fbeta_score binary_hamming_distance binary_hinge_loss binary_jaccard_index binary_logauc
    binary_matthews_corrcoef binary_negative_predictive_value binary_precision binary_precision_at_fixed_recall
    binary_precision_recall_curve binary_recall binary_recall_at_fixed_precision binary_roc
    binary_sensitivity_at_specificity binary_specificity binary_specificity_at_sensitivity binary_stat_scores
    calibration_error cohen_kappa confusion_matrix eer exact_match f1_score fbeta_score hamming_distance
    hinge_loss jaccard_index logauc matthews_corrcoef multiclass_accuracy multiclass_auroc
    multiclass_average_precision multiclass_calibration_error multiclass_cohen_kappa multiclass_confusion_matrix
    multiclass_eer multiclass_exact_match multiclass_f1_score multiclass_fbeta_score multiclass_hamming_distance
    multiclass_hinge_loss multiclass_jaccard_index multiclass_logauc multiclass_matthews_corrcoef
    multiclass_negative_predictive_value multiclass_precision multiclass_precision_at_fixed_recall
    multiclass_precision_recall_curve multiclass_recall multiclass_recall_at_fixed_precision multiclass_roc
    multiclass_sensitivity_at_specificity multiclass_specificity multiclass_specificity_at_sensitivity
    multiclass_stat_scores multilabel_accuracy multilabel_auroc multilabel_average_precision
    multilabel_confusion_matrix multilabel_coverage_error multilabel_eer multilabel_exact_match
    multilabel_f1_score multilabel_fbeta_score multilabel_hamming_distance multilabel_jaccard_index
    multilabel_logauc multilabel_matthews_corrcoef multilabel_negative_predictive_value multilabel_precision
    multilabel_precision_at_fixed_recall multilabel_precision_recall_curve multilabel_ranking_average_precision
    multilabel_ranking_loss multilabel_recall multilabel_recall_at_fixed_precision multilabel_roc
    multilabel_sensitivity_at_specificity multilabel_specificity multilabel_specificity_at_sensitivity
    multilabel_stat_scores negative_predictive_value precision precision_at_fixed_recall precision_recall_curve
    recall recall_at_fixed_precision roc sensitivity_at_specificity specificity specificity_at_sensitivity
    stat_scores
"""

# What the models return, and the models that return it.
OUTPUTS: Mapping[str, str] = {
    "SequenceClassifierOutput": """
        ASTForAudioClassification AlbertForSequenceClassification AutoModelForAudioClassification
        AutoModelForSequenceClassification BartForSequenceClassification BertForSequenceClassification
        BigBirdForSequenceClassification BigBirdPegasusForSequenceClassification BloomForSequenceClassification
        CTRLForSequenceClassification CamembertForSequenceClassification CanineForSequenceClassification
        ConvBertForSequenceClassification Data2VecAudioForSequenceClassification
        Data2VecTextForSequenceClassification DebertaForSequenceClassification
        DebertaV2ForSequenceClassification DistilBertForSequenceClassification ElectraForSequenceClassification
        ErnieForSequenceClassification EsmForSequenceClassification FNetForSequenceClassification
        FalconForSequenceClassification FlaubertForSequenceClassification FunnelForSequenceClassification
        GPT2ForSequenceClassification GPTJForSequenceClassification GPTNeoForSequenceClassification
        GPTNeoXForSequenceClassification Gemma2ForSequenceClassification Gemma3ForSequenceClassification
        GemmaForSequenceClassification HubertForSequenceClassification IBertForSequenceClassification
        LayoutLMForSequenceClassification LayoutLMv2ForSequenceClassification
        LayoutLMv3ForSequenceClassification LiltForSequenceClassification LlamaForSequenceClassification
        LongformerForSequenceClassification LukeForSequenceClassification MBartForSequenceClassification
        MPNetForSequenceClassification MT5ForSequenceClassification MarkupLMForSequenceClassification
        MegatronBertForSequenceClassification MistralForSequenceClassification MixtralForSequenceClassification
        MobileBertForSequenceClassification ModernBertForSequenceClassification MptForSequenceClassification
        NystromformerForSequenceClassification OPTForSequenceClassification OpenAIGPTForSequenceClassification
        PerceiverForSequenceClassification Phi3ForSequenceClassification PhiForSequenceClassification
        Qwen2ForSequenceClassification Qwen3ForSequenceClassification ReformerForSequenceClassification
        RemBertForSequenceClassification RoCBertForSequenceClassification RoFormerForSequenceClassification
        RobertaForSequenceClassification RobertaPreLayerNormForSequenceClassification
        SqueezeBertForSequenceClassification StableLmForSequenceClassification T5ForSequenceClassification
        UMT5ForSequenceClassification UniSpeechForSequenceClassification UniSpeechSatForSequenceClassification
        Wav2Vec2BertForSequenceClassification Wav2Vec2ConformerForSequenceClassification
        Wav2Vec2ForSequenceClassification WavLMForSequenceClassification WhisperForAudioClassification
        XLMForSequenceClassification XLMRobertaForSequenceClassification XLMRobertaXLForSequenceClassification
        XLNetForSequenceClassification XmodForSequenceClassification YosoForSequenceClassification
    """,
    "TokenClassifierOutput": """
        AlbertForTokenClassification AutoModelForAudioFrameClassification AutoModelForTokenClassification
        BertForTokenClassification BigBirdForTokenClassification BioGptForTokenClassification
        BloomForTokenClassification CamembertForTokenClassification CanineForTokenClassification
        ConvBertForTokenClassification Data2VecAudioForAudioFrameClassification
        Data2VecTextForTokenClassification DebertaForTokenClassification DebertaV2ForTokenClassification
        DistilBertForTokenClassification ElectraForTokenClassification ErnieForTokenClassification
        EsmForTokenClassification FNetForTokenClassification FalconForTokenClassification
        FlaubertForTokenClassification FunnelForTokenClassification GPT2ForTokenClassification
        GPTNeoForTokenClassification GPTNeoXForTokenClassification Gemma2ForTokenClassification
        GemmaForTokenClassification IBertForTokenClassification LayoutLMForTokenClassification
        LayoutLMv2ForTokenClassification LayoutLMv3ForTokenClassification LiltForTokenClassification
        LlamaForTokenClassification LongformerForTokenClassification LukeForTokenClassification
        MPNetForTokenClassification MT5ForTokenClassification MarkupLMForTokenClassification
        MegatronBertForTokenClassification MistralForTokenClassification MixtralForTokenClassification
        MobileBertForTokenClassification ModernBertForTokenClassification MptForTokenClassification
        NystromformerForTokenClassification Phi3ForTokenClassification PhiForTokenClassification
        Qwen2ForTokenClassification Qwen3ForTokenClassification RemBertForTokenClassification
        RoCBertForTokenClassification RoFormerForTokenClassification RobertaForTokenClassification
        RobertaPreLayerNormForTokenClassification SqueezeBertForTokenClassification
        StableLmForTokenClassification T5ForTokenClassification UMT5ForTokenClassification
        UniSpeechSatForAudioFrameClassification Wav2Vec2BertForAudioFrameClassification
        Wav2Vec2ConformerForAudioFrameClassification Wav2Vec2ForAudioFrameClassification
        WavLMForAudioFrameClassification XLMForTokenClassification XLMRobertaForTokenClassification
        XLMRobertaXLForTokenClassification XLNetForTokenClassification XmodForTokenClassification
        YosoForTokenClassification
    """,
    "MultipleChoiceModelOutput": """
        AlbertForMultipleChoice AutoModelForMultipleChoice BertForMultipleChoice BigBirdForMultipleChoice
        CamembertForMultipleChoice CanineForMultipleChoice ConvBertForMultipleChoice
        Data2VecTextForMultipleChoice DebertaV2ForMultipleChoice DistilBertForMultipleChoice
        ElectraForMultipleChoice ErnieForMultipleChoice FNetForMultipleChoice FlaubertForMultipleChoice
        FunnelForMultipleChoice IBertForMultipleChoice LongformerForMultipleChoice LukeForMultipleChoice
        MPNetForMultipleChoice MegatronBertForMultipleChoice MobileBertForMultipleChoice
        ModernBertForMultipleChoice NystromformerForMultipleChoice RemBertForMultipleChoice
        RoCBertForMultipleChoice RoFormerForMultipleChoice RobertaForMultipleChoice
        RobertaPreLayerNormForMultipleChoice SqueezeBertForMultipleChoice XLMForMultipleChoice
        XLMRobertaForMultipleChoice XLMRobertaXLForMultipleChoice XLNetForMultipleChoice XmodForMultipleChoice
        YosoForMultipleChoice
    """,
    "NextSentencePredictorOutput": """
        AutoModelForNextSentencePrediction BertForNextSentencePrediction ErnieForNextSentencePrediction
        FNetForNextSentencePrediction MegatronBertForNextSentencePrediction MobileBertForNextSentencePrediction
    """,
    "QuestionAnsweringModelOutput": """
        AlbertForQuestionAnswering AutoModelForQuestionAnswering BartForQuestionAnswering
        BertForQuestionAnswering BigBirdForQuestionAnswering BigBirdPegasusForQuestionAnswering
        BloomForQuestionAnswering CamembertForQuestionAnswering CanineForQuestionAnswering
        ConvBertForQuestionAnswering Data2VecTextForQuestionAnswering DebertaForQuestionAnswering
        DebertaV2ForQuestionAnswering DistilBertForQuestionAnswering ElectraForQuestionAnswering
        ErnieForQuestionAnswering FNetForQuestionAnswering FalconForQuestionAnswering FunnelForQuestionAnswering
        GPT2ForQuestionAnswering GPTJForQuestionAnswering GPTNeoForQuestionAnswering GPTNeoXForQuestionAnswering
        IBertForQuestionAnswering LayoutLMv2ForQuestionAnswering LayoutLMv3ForQuestionAnswering
        LiltForQuestionAnswering LlamaForQuestionAnswering LongformerForQuestionAnswering
        LukeForQuestionAnswering MBartForQuestionAnswering MPNetForQuestionAnswering MT5ForQuestionAnswering
        MarkupLMForQuestionAnswering MegatronBertForQuestionAnswering MistralForQuestionAnswering
        MixtralForQuestionAnswering MobileBertForQuestionAnswering ModernBertForQuestionAnswering
        MptForQuestionAnswering NystromformerForQuestionAnswering OPTForQuestionAnswering
        Qwen2ForQuestionAnswering Qwen3ForQuestionAnswering ReformerForQuestionAnswering
        RemBertForQuestionAnswering RoCBertForQuestionAnswering RoFormerForQuestionAnswering
        RobertaForQuestionAnswering RobertaPreLayerNormForQuestionAnswering SplinterForQuestionAnswering
        SqueezeBertForQuestionAnswering T5ForQuestionAnswering UMT5ForQuestionAnswering
        XLMRobertaForQuestionAnswering XLMRobertaXLForQuestionAnswering XmodForQuestionAnswering
        YosoForQuestionAnswering
    """,
    "MaskedLMOutput": """
        AlbertForMaskedLM AutoModelForMaskedLM BertForMaskedLM BigBirdForMaskedLM CamembertForMaskedLM
        ConvBertForMaskedLM Data2VecTextForMaskedLM DebertaForMaskedLM DebertaV2ForMaskedLM
        DistilBertForMaskedLM ElectraForMaskedLM ErnieForMaskedLM EsmForMaskedLM FNetForMaskedLM
        FunnelForMaskedLM IBertForMaskedLM LayoutLMForMaskedLM LongformerForMaskedLM LukeForMaskedLM
        MPNetForMaskedLM MegatronBertForMaskedLM MobileBertForMaskedLM ModernBertForMaskedLM
        NystromformerForMaskedLM PerceiverForMaskedLM ReformerForMaskedLM RemBertForMaskedLM RoCBertForMaskedLM
        RoFormerForMaskedLM RobertaForMaskedLM RobertaPreLayerNormForMaskedLM SqueezeBertForMaskedLM
        XLMRobertaForMaskedLM XLMRobertaXLForMaskedLM XmodForMaskedLM YosoForMaskedLM
    """,
    "CausalLMOutput": """
        AutoModelForCTC AutoModelForCausalLM BartForCausalLM BertLMHeadModel BigBirdForCausalLM
        BioGptForCausalLM BloomForCausalLM CTRLLMHeadModel CamembertForCausalLM CodeGenForCausalLM
        Data2VecAudioForCTC ElectraForCausalLM ErnieForCausalLM FalconForCausalLM GPT2LMHeadModel
        GPTBigCodeForCausalLM GPTJForCausalLM GPTNeoForCausalLM GPTNeoXForCausalLM Gemma2ForCausalLM
        Gemma3ForCausalLM GemmaForCausalLM HubertForCTC LlamaForCausalLM MBartForCausalLM MambaForCausalLM
        MarianForCausalLM MegatronBertForCausalLM MistralForCausalLM MixtralForCausalLM MptForCausalLM
        OPTForCausalLM Olmo2ForCausalLM OlmoForCausalLM OpenAIGPTLMHeadModel PegasusForCausalLM
        PersimmonForCausalLM Phi3ForCausalLM PhiForCausalLM Qwen2ForCausalLM Qwen2MoeForCausalLM
        Qwen3ForCausalLM RemBertForCausalLM RoCBertForCausalLM RoFormerForCausalLM RobertaForCausalLM SEWDForCTC
        SEWForCTC StableLmForCausalLM Starcoder2ForCausalLM UniSpeechForCTC UniSpeechSatForCTC
        Wav2Vec2BertForCTC Wav2Vec2ConformerForCTC Wav2Vec2ForCTC WavLMForCTC XGLMForCausalLM
        XLMRobertaForCausalLM XLNetLMHeadModel XmodForCausalLM
    """,
    "Seq2SeqLMOutput": """
        AutoModelForSeq2SeqLM BartForConditionalGeneration BigBirdPegasusForConditionalGeneration
        BlenderbotForConditionalGeneration BlenderbotSmallForConditionalGeneration FSMTForConditionalGeneration
        LEDForConditionalGeneration LongT5ForConditionalGeneration M2M100ForConditionalGeneration
        MBartForConditionalGeneration MT5ForConditionalGeneration MvpForConditionalGeneration
        PLBartForConditionalGeneration PegasusForConditionalGeneration PegasusXForConditionalGeneration
        T5ForConditionalGeneration UMT5ForConditionalGeneration
    """,
    "ImageClassifierOutput": """
        AutoModelForImageClassification AutoModelForVideoClassification BeitForImageClassification
        BitForImageClassification ConvNextForImageClassification ConvNextV2ForImageClassification
        CvtForImageClassification Data2VecVisionForImageClassification DeiTForImageClassification
        DinatForImageClassification Dinov2ForImageClassification EfficientNetForImageClassification
        FocalNetForImageClassification ImageGPTForImageClassification LevitForImageClassification
        MobileNetV1ForImageClassification MobileNetV2ForImageClassification MobileViTForImageClassification
        MobileViTV2ForImageClassification PoolFormerForImageClassification PvtForImageClassification
        RegNetForImageClassification ResNetForImageClassification SegformerForImageClassification
        SwiftFormerForImageClassification SwinForImageClassification Swinv2ForImageClassification
        TimesformerForVideoClassification ViTForImageClassification ViTMSNForImageClassification
        VideoMAEForVideoClassification VivitForVideoClassification
    """,
    "SemanticSegmenterOutput": """
        AutoModelForSemanticSegmentation BeitForSemanticSegmentation DPTForSemanticSegmentation
        Data2VecVisionForSemanticSegmentation MobileNetV2ForSemanticSegmentation
        MobileViTForSemanticSegmentation MobileViTV2ForSemanticSegmentation SegformerForSemanticSegmentation
        UperNetForSemanticSegmentation
    """,
}
OUTPUT_HEADS: Mapping[str, str] = {
    "QuestionAnsweringModelOutput": "qa_outputs",
    "CausalLMOutput": "lm_head",
    "MaskedLMOutput": "lm_head",
    "Seq2SeqLMOutput": "lm_head",
    "SemanticSegmenterOutput": "decode_head",
}
OUTPUT_SCORES: Mapping[str, set[str]] = {"QuestionAnsweringModelOutput": {"start_logits", "end_logits"}}

FAMILIES = (
    "Albert Bart Bert BigBird Camembert Deberta DebertaV2 DistilBert Electra GPT2 Hubert Llama Longformer MPNet "
    "ModernBert Roberta Swin T5 ViT Wav2Vec2 XLMRoberta XLNet"
)

# -- reading rows -----------------------------------------------------------------------------------------------------


def parameters(signature: str) -> dict[str, object]:
    """The parameters of a signature with their literal defaults (None where there is none)."""
    node = ast.parse(f"def f({signature}): pass").body[0]
    assert isinstance(node, ast.FunctionDef)
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    found: dict[str, object] = {}
    pairs = [*zip(plain, [*missing, *arguments.defaults], strict=True)]
    pairs += [*zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    for each, default in pairs:
        found[each.arg] = literal(default)
    for star in (arguments.vararg, arguments.kwarg):
        if star is not None:
            found[star.arg] = None
    return found


def literal(default: ast.expr | None) -> object:
    try:
        return None if default is None else ast.literal_eval(default)
    except ValueError:
        return None


def calls(row: Row) -> Iterator[tuple[Function | SameAs, str]]:
    """What can be called, each with the constructor's signature that goes with it."""
    if isinstance(row, Function | SameAs):
        yield row, ""
    if isinstance(row, Layer):
        if row.call is not None:
            yield row.call, row.init
        for method in row.methods.values():
            if isinstance(method, Function | SameAs):  # what compiles, fits or restores has no axes
                yield method, row.init


def leaves(fact: object, way: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The ways through the cases of a fact."""
    if isinstance(fact, Depends):
        for case, inner in fact.cases.items():
            yield from leaves(inner, (*way, (fact.argument, case)))
    else:
        yield way


def decided(
    fact: object, given: Mapping[str, object], defaults: Mapping[str, object]
) -> tuple[object, tuple[object, ...]]:
    """A fact for these arguments, and the way that was taken; ``...`` stands for an argument that is not known."""
    way: tuple[object, ...] = ()
    while isinstance(fact, Depends):
        value = given.get(fact.argument, defaults.get(fact.argument))
        if value is ... or value not in fact.cases:
            return None, way
        way = (*way, (fact.argument, value))
        fact = fact.cases[value]  # type: ignore[index]
    return fact, way


def settings(words: str) -> dict[str, object]:
    """``mode='binary' from_logits=False``; ``?`` is an argument that is not known."""
    pairs = (each.split("=", 1) for each in words.split())
    return {name: ... if value == "?" else ast.literal_eval(value) for name, value in pairs}


def call_of(name: str) -> tuple[Function, dict[str, object]]:
    row = BY_NAME[name]
    call = row.call if isinstance(row, Layer) else row
    assert isinstance(call, Function)
    init = row.init if isinstance(row, Layer) else ""
    return call, {**parameters(init), **parameters(call.signature)}


def taken(call: Function, role: Role) -> Takes:
    return next(takes for takes in call.takes.values() if takes.role is role)


def lines(table: str) -> list[tuple[str, str, str, str]]:
    split = [[part.strip() for part in line.split("|")] for line in table.strip().splitlines() if line]
    return [(name, given, want, truth) for name, given, want, truth in split]


# -- well formed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_where_its_behaviour_is_documented(table: str) -> None:
    for row in TABLES[table]:
        assert getattr(row, "source", "").startswith("https://"), row.name


def test_a_path_has_one_meaning() -> None:
    paths = Counter(path for row in ROWS for path in (row.name, *getattr(row, "aliases", ())))
    assert [path for path, count in paths.items() if count > 1] == []


@pytest.mark.parametrize("table", TABLES)
def test_signatures_parse_and_hold_every_argument_that_is_named(table: str) -> None:
    for row in TABLES[table]:
        if isinstance(row, Layer):
            assert set(row.takes) <= set(parameters(row.init)), row.name
        if isinstance(row, Receiver):
            named = {row.model, row.criterion, *row.unless}
            assert named <= set(parameters(row.signature)), row.name
        for call, init in calls(row):
            own = set(parameters(call.signature))
            both = own | set(parameters(init))
            named = {fact for fact in (call.axis, getattr(call, "units", None)) if isinstance(fact, str)}
            if isinstance(call, SameAs):
                assert call.subject in own, row.name
            else:
                assert set(call.takes) <= own, row.name
                facts: list[object] = [call.gives, *(takes.want for takes in call.takes.values())]
                named |= {step[0] for fact in facts for way in leaves(fact) for step in way}  # type: ignore[index]
            assert named <= both, row.name


def test_every_result_and_hook_names_a_row() -> None:
    for row in ROWS:
        for call, _ in calls(row):
            if isinstance(call, Function) and isinstance(call.gives, Result):
                assert BY_NAME[call.gives.name] is call.gives
        if isinstance(row, Base):
            assert all(isinstance(BY_NAME[name], Layer) for hands in row.hooks.values() for name in hands.values())


# -- losses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "given", "want", "truth"), lines(LOSSES))
def test_a_loss_reads_its_arguments_on_the_scale_that_was_read_in_its_source(
    name: str, given: str, want: str, truth: str
) -> None:
    call, defaults = call_of(name)
    assert decided(taken(call, Role.PREDICTION).want, settings(given), defaults)[0] is WORDS[want]
    assert decided(taken(call, Role.TARGET).want, settings(given), defaults)[0] is WORDS[truth]
    assert call.gives is Kind.LOSS
    assert Fact.LOSS in call.facts
    roles = [takes.role for takes in call.takes.values() if takes.role is not Role.WEIGHT]
    first = [Role.PREDICTION, Role.TARGET]
    assert roles == (first[::-1] if name.startswith("segmentation_models.") else first)  # Keras puts the truth first


def test_no_loss_is_missing_and_none_is_unread() -> None:
    assert {name for name, *_ in lines(LOSSES)} == {row.name for row in LOSS_ROWS}


@pytest.mark.parametrize("row", LOSS_ROWS, ids=lambda row: row.name)
def test_every_case_of_a_loss_is_pinned(row: Row) -> None:
    call, defaults = call_of(row.name)
    for takes in (taken(call, Role.PREDICTION), taken(call, Role.TARGET)):
        seen = {
            decided(takes.want, settings(given), defaults)[1] for name, given, *_ in lines(LOSSES) if name == row.name
        }
        assert set(leaves(takes.want)) <= seen


def test_weights_are_known_as_weights() -> None:
    expected = {
        name: set(weights.split()) for name, weights in (line.split(": ") for line in WEIGHTS.strip().splitlines())
    }
    found: dict[str, set[str]] = {}
    for row in LOSS_ROWS:
        takes = row.takes if isinstance(row, Layer) else {k: v for k, v in row.takes.items() if v.role is Role.WEIGHT}
        assert all(each == Takes(Role.WEIGHT) for each in takes.values())
        if takes:
            found[row.name] = set(takes)
    assert found == expected


def test_what_raises_is_known() -> None:
    found = {row.name: set(row.facts) - {Fact.LOSS} for row in LOSS_ROWS if row.facts != {Fact.LOSS}}
    assert found == RAISES
    for name, facts in RAISES.items():
        assert call_of(name)[0].facts == facts | {Fact.LOSS}


# -- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", VISION)
def test_torchvision_models_end_in_a_linear_layer(head: str) -> None:
    for name in VISION[head].split():
        row = BY_NAME[f"torchvision.models.{name}"]
        assert isinstance(row, Layer)
        assert row.head == head
        assert row.facts == {Fact.MODEL}
        call, defaults = call_of(row.name)
        assert call.gives is Kind.LOGITS
        assert call.units == "num_classes"
        assert defaults["num_classes"] == 1000
        assert call.takes["x"].role is Role.SUBJECT


def test_the_last_layer_of_a_torchvision_head_is_where_it_is_said() -> None:
    """In torchvision's sources: the number of the linear layer in the head of each class, or its name."""
    said = {row.name.rpartition(".")[2]: row.last for row in torchvision.ROWS if isinstance(row, Layer)}
    for name, last in said.items():
        stem = name.lower().replace("_", "")
        family = next((each for each in VISION_LAST if stem.startswith(each.lower())), "")
        assert last == VISION_LAST.get(family, "")


def test_no_torchvision_model_is_missing() -> None:
    named = {f"torchvision.models.{name}" for names in VISION.values() for name in names.split()}
    assert named == {row.name for row in torchvision.ROWS if isinstance(row, Layer)}


@pytest.mark.parametrize("name", SEGMENTATION_MODELS.split())
def test_segmentation_models_end_in_the_activation_they_are_told(name: str) -> None:
    row = BY_NAME[f"segmentation_models_pytorch.{name}"]
    assert isinstance(row, Layer)
    assert row.head == "segmentation_head"
    assert row.facts == {Fact.MODEL}
    call, defaults = call_of(row.name)
    predict = row.methods["predict"]
    assert predict.facts == {Fact.TRAINS_NOT}
    for each in (call, predict):
        seen = set()
        for given, kind in SEGMENTATION_GIVES.items():
            found, way = decided(each.gives, settings(given), defaults)
            assert found is kind, given
            seen.add(way)
        assert set(leaves(each.gives)) <= seen
        assert each.axis == 1
        assert each.takes["x"].role is Role.SUBJECT


def test_statistics_of_masks_are_of_what_lies_above_the_threshold() -> None:
    rows = [row for row in segmentation_models.ROWS if Fact.METRIC in row.facts]
    assert [row.name for row in rows] == ["segmentation_models_pytorch.metrics.get_stats"]
    (row,) = rows
    assert isinstance(row, Function)
    assert row.takes["output"].want == Depends("threshold", {0.5: Want.THRESHOLDED})
    assert row.takes["target"].want is None
    assert row.signature.endswith("threshold=None, num_classes=None")
    assert row.aliases == ("segmentation_models_pytorch.metrics.functional.get_stats",)


def test_no_segmentation_model_is_missing() -> None:
    named = {f"segmentation_models_pytorch.{name}" for name in SEGMENTATION_MODELS.split()}
    assert named == {row.name for row in segmentation_models.ROWS if Fact.MODEL in getattr(row, "facts", ())}


KERAS_SEGMENTATION: Mapping[str, Kind] = {
    "Unet": Kind.SIGMOID,
    "Linknet": Kind.SIGMOID,
    "FPN": Kind.SOFTMAX,
    "PSPNet": Kind.SOFTMAX,
}


@pytest.mark.parametrize("name", KERAS_SEGMENTATION)
def test_segmentation_models_of_keras_end_in_an_activation_unless_told_otherwise(name: str) -> None:
    """``layers.Activation(activation)``: None and "linear" apply nothing, a function is not known."""
    row = BY_NAME[f"segmentation_models.{name}"]
    assert isinstance(row, Layer)
    call, defaults = call_of(row.name)
    for given, kind in {
        "": KERAS_SEGMENTATION[name],
        "activation='sigmoid'": Kind.SIGMOID,
        "activation='softmax'": Kind.SOFTMAX,
        "activation='linear'": Kind.LOGITS,
        "activation=None": Kind.LOGITS,
        "activation='relu'": None,
        "activation=?": None,
    }.items():
        assert decided(call.gives, settings(given), defaults)[0] is kind, given
    assert (call.axis, call.axes, call.units, row.head) == (-1, Axes.RESHAPED, None, None)
    assert dict(call.takes) == {"inputs": Takes(Role.SUBJECT)}
    assert row.facts == {Fact.MODEL}
    assert (row.parts, row.methods) == (keras_models.PARTS, keras_models.METHODS)


def test_no_segmentation_model_of_keras_is_missing() -> None:
    models = {row.name for row in segmentation_models_keras.ROWS if Fact.MODEL in getattr(row, "facts", ())}
    assert models == {f"segmentation_models.{name}" for name in KERAS_SEGMENTATION}


@pytest.mark.parametrize("name", OTHER_MODELS)
def test_networks_and_convolutions_give_raw_scores(name: str) -> None:
    gives, units, head = OTHER_MODELS[name]
    row = BY_NAME[name]
    assert isinstance(row, Layer)
    call, defaults = call_of(name)
    ways = set()
    for given, kind in gives.items():
        found, way = decided(call.gives, settings(given), defaults)
        assert found is kind
        ways.add(way)
    assert set(leaves(call.gives)) <= ways
    assert (call.units, row.head) == (units, head)
    assert call.axes is (Axes.RESHAPED if name.startswith("dgl") and units is None else Axes.KEPT)
    assert (Fact.MODEL in row.facts) == name.startswith("monai")
    assert [takes.role for takes in call.takes.values()] == [Role.SUBJECT]


def test_no_network_or_convolution_is_missing() -> None:
    rows = [
        row
        for row in (*dgl.ROWS, *monai.ROWS, *torch_geometric.ROWS)
        if isinstance(row, Layer) and Fact.LOSS not in row.facts
    ]
    assert {row.name for row in rows} == set(OTHER_MODELS)


def test_pooling_over_the_nodes_of_a_graph() -> None:
    found = {row.name: (row.axes, row.axis) for row in torch_geometric.ROWS if isinstance(row, SameAs)}
    assert found == {
        "torch_geometric.nn.global_mean_pool": (Axes.POOLED, 0),
        "torch_geometric.nn.global_add_pool": (Axes.SUMMED, 0),
    }


@pytest.mark.parametrize(
    ("name", "kind", "low", "high"),
    [("masked_softmax", Kind.SOFTMAX, 0, 1), ("masked_log_softmax", Kind.LOG_SOFTMAX, None, 0)],
)
def test_masked_activations(name: str, kind: Kind, low: float | None, high: float) -> None:
    call, defaults = call_of(f"allennlp.nn.util.{name}")
    assert (call.gives, call.axis, defaults["dim"]) == (kind, "dim", -1)
    assert (call.low, call.high) == (low, high)
    assert {name: takes.role for name, takes in call.takes.items()} == {"vector": Role.SUBJECT}


def test_no_row_of_allennlp_is_missing() -> None:
    assert len(allennlp.ROWS) == 3


@pytest.mark.parametrize("output", OUTPUTS)
def test_models_with_a_head_return_an_object_with_raw_scores(output: str) -> None:
    result = BY_NAME[f"transformers.modeling_outputs.{output}"]
    assert isinstance(result, Result)
    scores = OUTPUT_SCORES.get(output, {"logits"})
    assert result.attributes == {"loss": Kind.LOSS, **dict.fromkeys(scores, Kind.LOGITS)}
    for name in OUTPUTS[output].split():
        row = BY_NAME[f"transformers.{name}"]
        assert isinstance(row, Layer)
        assert call_of(row.name)[0].gives is result
        assert row.facts == {Fact.MODEL}
        assert row.head == OUTPUT_HEADS.get(output, "classifier")
        assert set(row.aliases) == {f"transformers.{name}.from_pretrained", f"transformers.{name}.from_config"}


# The names of transformers 4.46.3, which has models of Keras; what `train_step` gives a loss that was compiled is in https://github.com/huggingface/transformers/blob/v4.46.3/src/transformers/modeling_tf_utils.py#L1677
OUTPUTS_IN_KERAS: Mapping[str, str] = {
    "TFSequenceClassifierOutput": """
        TFAlbertForSequenceClassification TFAutoModelForSequenceClassification TFBartForSequenceClassification
        TFBertForSequenceClassification TFCTRLForSequenceClassification TFCamembertForSequenceClassification
        TFConvBertForSequenceClassification TFDebertaForSequenceClassification TFDebertaV2ForSequenceClassification
        TFDistilBertForSequenceClassification TFElectraForSequenceClassification TFEsmForSequenceClassification
        TFFlaubertForSequenceClassification TFFunnelForSequenceClassification TFGPT2ForSequenceClassification
        TFGPTJForSequenceClassification TFLayoutLMForSequenceClassification TFLayoutLMv3ForSequenceClassification
        TFLongformerForSequenceClassification TFMPNetForSequenceClassification TFMistralForSequenceClassification
        TFMobileBertForSequenceClassification TFOpenAIGPTForSequenceClassification TFRemBertForSequenceClassification
        TFRoFormerForSequenceClassification TFRobertaForSequenceClassification
        TFRobertaPreLayerNormForSequenceClassification TFTapasForSequenceClassification
        TFTransfoXLForSequenceClassification TFWav2Vec2ForSequenceClassification TFXLMForSequenceClassification
        TFXLMRobertaForSequenceClassification TFXLNetForSequenceClassification
    """,
    "TFTokenClassifierOutput": """
        TFAlbertForTokenClassification TFAutoModelForTokenClassification TFBertForTokenClassification
        TFCamembertForTokenClassification TFConvBertForTokenClassification TFDebertaForTokenClassification
        TFDebertaV2ForTokenClassification TFDistilBertForTokenClassification TFElectraForTokenClassification
        TFEsmForTokenClassification TFFlaubertForTokenClassification TFFunnelForTokenClassification
        TFLayoutLMForTokenClassification TFLayoutLMv3ForTokenClassification TFLongformerForTokenClassification
        TFMPNetForTokenClassification TFMobileBertForTokenClassification TFRemBertForTokenClassification
        TFRoFormerForTokenClassification TFRobertaForTokenClassification TFRobertaPreLayerNormForTokenClassification
        TFXLMForTokenClassification TFXLMRobertaForTokenClassification TFXLNetForTokenClassification
    """,
    "TFImageClassifierOutput": """
        TFAutoModelForImageClassification TFConvNextForImageClassification TFConvNextV2ForImageClassification
        TFCvtForImageClassification TFData2VecVisionForImageClassification TFEfficientFormerForImageClassification
        TFMobileViTForImageClassification TFRegNetForImageClassification TFResNetForImageClassification
        TFSegformerForImageClassification TFSwiftFormerForImageClassification TFSwinForImageClassification
        TFViTForImageClassification
    """,
}


@pytest.mark.parametrize("output", OUTPUTS_IN_KERAS)
def test_models_of_keras_with_a_head_are_compiled(output: str) -> None:
    result = BY_NAME[f"transformers.modeling_tf_outputs.{output}"]
    assert isinstance(result, Result)
    assert result.attributes == {"loss": Kind.LOSS, "logits": Kind.LOGITS}
    for name in OUTPUTS_IN_KERAS[output].split():
        row = BY_NAME[f"transformers.{name}"]
        assert isinstance(row, Layer)
        assert call_of(row.name)[0].gives is result
        assert (row.facts, row.head, row.methods) == ({Fact.MODEL}, "classifier", keras_models.METHODS)


def test_no_model_with_a_head_is_missing() -> None:
    every = (*OUTPUTS.values(), *OUTPUTS_IN_KERAS.values())
    named = {f"transformers.{name}" for names in every for name in names.split()}
    assert named == {row.name for row in transformers.ROWS if isinstance(row, Layer)}
    assert len(every) == sum(isinstance(row, Result) for row in transformers.ROWS)


# -- metrics ----------------------------------------------------------------------------------------------------------


def test_metrics_take_probabilities_and_logits_alike() -> None:
    found = set()
    for row in torchmetrics.ROWS:
        assert isinstance(row, Function | Layer)
        for call, _ in calls(row):
            assert isinstance(call, Function)
            assert call.takes == {"preds": Takes(Role.PREDICTION, Want.METRIC), "target": Takes(Role.TARGET)}
            assert call.facts == {Fact.METRIC}
            assert call.gives is None
        if isinstance(row, Layer):
            assert row.facts == {Fact.METRIC}
            assert set(row.methods) == {"update", "forward"}
        found.add(next(path for path in (row.name, *row.aliases) if ".classification." in path))
    assert found == {
        *(f"torchmetrics.classification.{name}" for name in METRICS.split()),
        *(f"torchmetrics.functional.classification.{name}" for name in METRIC_FUNCTIONS.split()),
    }


# -- what gives back the model it is given ----------------------------------------------------------------------------

KEPT: Mapping[str, str] = {
    "accelerate.Accelerator.prepare_model": "model",
    "accelerate.Accelerator.unwrap_model": "model",
    "accelerate.Accelerator.gather": "tensor",
    "accelerate.Accelerator.gather_for_metrics": "input_data",
    "lightning.Fabric.setup_module": "module",
}


def test_what_prepares_a_model_gives_it_back() -> None:
    """``return result if len(result) > 1 else result[0]``, in the same order; Fabric's `setup` likewise."""
    rows = (row for row in (*distributed.ROWS, *lightning.ROWS) if isinstance(row, Layer))
    holders = {row.name: row for row in rows if any(isinstance(each, Function) for each in row.methods.values())}
    assert set(holders) == {"accelerate.Accelerator", "lightning.Fabric"}
    methods = {each.name: each for row in holders.values() for each in row.methods.values()}
    for row in holders.values():
        assert set(row.methods) == {each.name.rpartition(".")[2] for each in row.methods.values()}
        assert (row.call, row.takes, row.facts, [*parameters(row.init)]) == (None, {}, frozenset(), ["args", "kwargs"])
    for name, first in KEPT.items():
        row = methods.pop(name)
        assert isinstance(row, Function)
        assert (row.gives, row.axes, dict(row.takes)) == (Axes.KEPT, Axes.KEPT, {first: Takes(Role.SUBJECT)})
        assert (next(iter(parameters(row.signature))), row.facts) == (first, frozenset())
    assert set(methods) == {"accelerate.Accelerator.prepare", "lightning.Fabric.setup"}
    for each in methods.values():
        assert isinstance(each, Function)
        assert (each.gives, each.axes, each.takes, each.facts) == (Halves.EACH, Axes.KEPT, {}, frozenset())
        assert each.signature.startswith("*")
        assert "scheduler" not in parameters(each.signature), "given one, `setup` gives it back as well"
    assert {"accelerate.accelerator.Accelerator", "lightning.fabric.Fabric", "lightning_fabric.Fabric"} <= {
        alias for row in holders.values() for alias in row.aliases
    }


def test_what_initialises_a_model_gives_it_back() -> None:
    engine, defaults = call_of("deepspeed.initialize")
    assert dict(engine.takes) == {"model": Takes(Role.SUBJECT)}
    assert (engine.gives, engine.axes, engine.facts) == ((Axes.KEPT, None, None, None), Axes.KEPT, frozenset())
    mixed, defaults = call_of("apex.amp.initialize")
    assert dict(mixed.takes) == {"models": Takes(Role.SUBJECT)}
    assert (mixed.axes, mixed.facts, defaults["optimizers"]) == (Axes.KEPT, frozenset(), None)
    assert mixed.gives == Depends("optimizers", {None: Axes.KEPT}, otherwise=(Axes.KEPT, None))
    moved = BY_NAME["ray.train.torch.prepare_model"]
    assert isinstance(moved, SameAs)
    assert (moved.subject, moved.axes, moved.facts) == ("model", Axes.KEPT, frozenset())
    assert {row.name for row in distributed.ROWS} == {
        "accelerate.Accelerator",
        "deepspeed.initialize",
        "apex.amp.initialize",
        "ray.train.torch.prepare_model",
    }


# -- classes to derive from, and receivers ----------------------------------------------------------------------------


def test_classes_to_derive_from() -> None:
    found = {row.name: row for row in ROWS if isinstance(row, Base)}
    families = {"transformers.PreTrainedModel", *(f"transformers.{name}PreTrainedModel" for name in FAMILIES.split())}
    trainers = {"transformers.Trainer", "transformers.Seq2SeqTrainer"}
    assert set(found) == families | trainers | {"lightning.LightningModule"}
    for name in families | {"lightning.LightningModule"}:
        assert found[name].calls == "forward"
        assert {"to", "cuda", "cpu", "train", "eval", "half", "float"} <= found[name].keeps
    for name in trainers:
        assert found[name].hooks == {"compute_loss": {"model": "transformers.AutoModelForSequenceClassification"}}
    # https://huggingface.co/docs/transformers/main_classes/trainer#transformers.Trainer (compute_metrics), and
    # https://github.com/huggingface/transformers/blob/v4.46.3/src/transformers/models/bert/modeling_bert.py#L1701
    assert found["transformers.Seq2SeqTrainer"].evaluates is None  # which may give what it generated
    how = found["transformers.Trainer"].evaluates
    assert how is not None
    assert (how.model, how.function, how.scores, how.fields) == (
        "model",
        "compute_metrics",
        "logits",
        ("predictions", "label_ids"),
    )
    assert how.signature.startswith(
        "model=None, args=None, data_collator=None, train_dataset=None, eval_dataset=None, *"
    )
    assert how.unless == {"compute_loss_func", "preprocess_logits_for_metrics"}
    assert how.overridden == {"compute_loss", "prediction_step", "prediction_loop", "evaluation_loop", "evaluate"}
    assert (how.task, how.classes) == ("problem_type", "num_labels")
    assert how.losses == {
        "multi_label_classification": "torch.nn.functional.binary_cross_entropy_with_logits",
        "single_label_classification": "torch.nn.functional.cross_entropy",
        None: "torch.nn.functional.cross_entropy",
    }
    steps = ("training_step", "validation_step", "test_step", "predict_step")
    assert found["lightning.LightningModule"].hooks == {step: {} for step in steps}
    assert {"pytorch_lightning.LightningModule", "lightning.pytorch.LightningModule"} <= set(
        found["lightning.LightningModule"].aliases
    )


RUN: Mapping[str, tuple[str, ...]] = {
    "fit": ("training_step",),
    "validate": (),
    "test": (),
    "predict": (),
}


def test_a_trainer_that_runs_the_steps_of_a_module() -> None:
    trainer = BY_NAME["lightning.Trainer"]
    assert isinstance(trainer, Layer)
    assert (trainer.call, trainer.takes, trainer.facts, trainer.init) == (
        None,
        {},
        frozenset(),
        "*args, callbacks=None, **kwargs",
    )
    said = {name: method for name, method in trainer.methods.items() if isinstance(method, Steps)}
    assert {name: method.runs for name, method in said.items()} == RUN
    for method in said.values():
        assert (method.handed, method.beside, method.brings) == ("model", "callbacks", "configure_callbacks")
        assert next(iter(parameters(method.signature))) == "model"
    assert [*parameters(said["fit"].signature)][1:4] == ["train_dataloaders", "val_dataloaders", "datamodule"]
    assert {"pytorch_lightning.Trainer", "lightning.pytorch.Trainer"} <= set(trainer.aliases)


QUIET_CALLBACKS = (
    "DeviceStatsMonitor EarlyStopping LearningRateMonitor ModelCheckpoint ModelSummary RichModelSummary "
    "RichProgressBar TQDMProgressBar Timer"
)


def test_callbacks_that_change_nothing_of_a_module() -> None:
    names = {f"lightning.pytorch.callbacks.{name}" for name in QUIET_CALLBACKS.split()}
    found = {row.name: row for row in lightning.ROWS if isinstance(row, Layer) and ".callbacks." in row.name}
    assert set(found) == names
    for name, row in found.items():
        assert (row.init, row.call, row.methods, row.facts) == ("*args, **kwargs", None, {}, frozenset())
        own = name.rpartition(".")[2]
        assert set(row.aliases) == {f"lightning.callbacks.{own}", f"pytorch_lightning.callbacks.{own}"}


def test_receivers() -> None:
    found = {
        row.name: (row.model, row.criterion, row.default, dict(row.adapts), set(row.unless))
        for row in ROWS
        if isinstance(row, Receiver)
    }
    between = {"model_transform", "model_fn"}
    assert found == {
        "skorch.NeuralNet": ("module", "criterion", None, {}, set()),
        "skorch.NeuralNetClassifier": (
            "module",
            "criterion",
            "torch.nn.NLLLoss",
            {"torch.nn.NLLLoss": Want.CLASS_PROBABILITIES},
            set(),
        ),
        "skorch.NeuralNetBinaryClassifier": ("module", "criterion", "torch.nn.BCEWithLogitsLoss", {}, set()),
        "skorch.NeuralNetRegressor": ("module", "criterion", "torch.nn.MSELoss", {}, set()),
        "fastai.learner.Learner": ("model", "loss_func", None, {}, set()),
        "ignite.engine.create_supervised_trainer": ("model", "loss_fn", None, {}, between),
        "ignite.engine.supervised_training_step": ("model", "loss_fn", None, {}, between),
        "ignite.engine.supervised_training_step_amp": ("model", "loss_fn", None, {}, between),
        "ignite.engine.supervised_training_step_apex": ("model", "loss_fn", None, {}, between),
        "ignite.engine.supervised_training_step_tpu": ("model", "loss_fn", None, {}, between),
    }
