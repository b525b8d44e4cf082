"""Labels as Keras gives them: data sets that are shipped, one-hot encoding, and loaders of directories."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Batches, Depends, Function, Gives, Layer, Row
from logitlint.kinds import Kind

_INDEX: Final = Kind.CLASS_INDEX
_SPLIT: Final[Gives] = ((None, _INDEX), (None, _INDEX))


def _shipped(name: str, signature: str) -> Function:
    """A data set of inputs and class indices, for training and for testing."""
    return Function(name=f"keras.datasets.{name}.load_data", signature=signature, gives=_SPLIT)


_TEXTS: Final = "num_words=None, skip_top=0, maxlen=None, "
_MARKS: Final = "seed=113, start_char=1, oov_char=2, index_from=3, **kwargs"

# `binary`: one number for each sample, as a single unit gives it.
_CLASS_MODE: Final = Depends("class_mode", {"categorical": Kind.ONE_HOT, "sparse": _INDEX, "binary": _INDEX})
_LABEL_MODE: Final = Depends("label_mode", {"categorical": Kind.ONE_HOT, "int": _INDEX, "binary": _INDEX})
_SAVED: Final = "save_to_dir=None, save_prefix='', save_format='png'"


DATA_SET: Final = frozenset(
    {"batch", "cache", "prefetch", "repeat", "shard", "shuffle", "skip", "take", "with_options"}
)
"""Methods of `tf.data.Dataset` that give other pairs of the same sort."""
MAPS: Final = frozenset({"map"})


def _directory(name: str, signature: str) -> Function:
    return Function(
        name=f"keras.utils.{name}",
        signature=signature,
        gives=Batches(_LABEL_MODE, DATA_SET, MAPS),
        aliases=(f"keras.preprocessing.{name}", f"keras.preprocessing.{name.partition('_')[0]}.{name}"),
    )


ROWS: Final[tuple[Row, ...]] = (
    _shipped("mnist", "path='mnist.npz'"),
    _shipped("fashion_mnist", ""),
    _shipped("cifar10", ""),
    _shipped("cifar100", "label_mode='fine'"),
    _shipped("imdb", f"path='imdb.npz', {_TEXTS}{_MARKS}"),
    _shipped("reuters", f"path='reuters.npz', {_TEXTS}test_split=0.2, {_MARKS}"),
    Function(
        name="keras.utils.to_categorical",
        signature="x, num_classes=None, **kwargs",
        gives=Kind.ONE_HOT,
        aliases=("keras.utils.np_utils.to_categorical",),
    ),
    _directory(
        "image_dataset_from_directory",
        "directory, labels='inferred', label_mode='int', class_names=None, color_mode='rgb', batch_size=32, "
        "image_size=(256, 256), shuffle=True, seed=None, validation_split=None, subset=None, interpolation='bilinear', "
        "follow_links=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, data_format=None, format='tf', "
        "verbose=True, **kwargs",
    ),
    _directory(
        "text_dataset_from_directory",
        "directory, labels='inferred', label_mode='int', class_names=None, batch_size=32, max_length=None, "
        "shuffle=True, seed=None, validation_split=None, subset=None, follow_links=False, format='tf', verbose=True, "
        "**kwargs",
    ),
    Layer(
        name="keras.preprocessing.image.ImageDataGenerator",
        init="*args, **kwargs",
        methods={
            "flow_from_directory": Function(
                name="keras.preprocessing.image.ImageDataGenerator.flow_from_directory",
                signature="directory, target_size=(256, 256), color_mode='rgb', classes=None, "
                f"class_mode='categorical', batch_size=32, shuffle=True, seed=None, {_SAVED}, follow_links=False, "
                "subset=None, interpolation='nearest', keep_aspect_ratio=False",
                gives=Batches(_CLASS_MODE),
            ),
            "flow_from_dataframe": Function(
                name="keras.preprocessing.image.ImageDataGenerator.flow_from_dataframe",
                signature="dataframe, directory=None, x_col='filename', y_col='class', weight_col=None, "
                "target_size=(256, 256), color_mode='rgb', classes=None, class_mode='categorical', batch_size=32, "
                f"shuffle=True, seed=None, {_SAVED}, subset=None, interpolation='nearest', validate_filenames=True, "
                "**kwargs",
                gives=Batches(_CLASS_MODE),
            ),
            "flow": Function(
                name="keras.preprocessing.image.ImageDataGenerator.flow",
                signature=f"x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, {_SAVED}, "
                "ignore_class_split=False, subset=None",
                gives=Batches("y"),
            ),
        },
        aliases=("keras.preprocessing.image.preprocessing.ImageDataGenerator",),
    ),
)
