"""Callbacks for trainers: `watch`, where a training loop is not in the user's hands."""

from __future__ import annotations

from contextlib import ExitStack

from logitlint.numerics.adapters import library
from logitlint.runtime.watch import watch


def keras_callback(sample: object, *, on: str = "warn") -> object:
    """A callback for ``model.fit``: after each epoch, the compiled loss is given a sample's predictions and looked at.

    Keras compiles the training step, in which no numbers can be seen; so the model is called once more, on `sample`
    (inputs as `fit` takes them, some dozens of rows), outside the step. Training is not touched.

    Raises ImportError when Keras is not installed.
    """
    keras = library("keras")
    if keras is None:
        raise ImportError("keras_callback needs keras")
    scope = watch(on=on)

    def on_epoch_end(self: object, _epoch: int, _logs: object = None) -> None:
        model = self.model  # type: ignore[attr-defined]
        outputs = keras.tree.flatten(model(sample, training=False))
        losses = keras.tree.flatten(model.loss)
        for output, loss in zip(outputs, losses, strict=False):
            criterion = keras.losses.get(loss)
            truth = keras.ops.zeros_like(output)
            if "sparse" in str(getattr(criterion, "name", getattr(criterion, "__name__", ""))):
                truth = keras.ops.zeros(output.shape[:-1])
            with scope:
                # As `fit` would, through whatever name the loss has now that it is watched.
                keras.losses.get(loss)(truth, output)

    made: object = type("Watch", (keras.callbacks.Callback,), {"on_epoch_end": on_epoch_end})()
    return made


def lightning_callback(*, on: str = "warn") -> object:
    """A callback for Lightning's trainer: each training and validation step is watched.

    Raises ImportError when Lightning is not installed.
    """
    lightning = library("lightning.pytorch") or library("pytorch_lightning")
    if lightning is None:
        raise ImportError("lightning_callback needs lightning")
    scope = watch(on=on)
    entered = ExitStack()

    def start(*_given: object, **_named: object) -> None:
        entered.enter_context(scope)

    def end(*_given: object, **_named: object) -> None:
        entered.close()

    hooks = {
        f"on_{stage}_batch_{moment}": function
        for stage in ("train", "validation")
        for moment, function in (("start", start), ("end", end))
    }
    hooks["on_exception"] = end  # after which no batch ends
    made: object = type("Watch", (lightning.Callback,), hooks)()
    return made
