"""Callbacks for trainers: `watch`, where a training loop is not in the user's hands."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import ExitStack

from logitlint.numerics.adapters import library
from logitlint.runtime.watch import WrongKindError, watch


def keras_callback(sample: object, *, on: str = "warn") -> object:
    """A callback for ``model.fit``: after each epoch, the compiled loss is given a sample's predictions and looked at.

    Keras compiles the training step, in which no numbers can be seen; so the model is called once more, on `sample`
    (inputs as `fit` takes them, some dozens of rows), outside the step. Training is not touched.

    Raises ImportError when Keras is not installed.
    """
    keras = library("keras")
    if keras is None:
        raise ImportError("keras_callback needs keras")
    scope, flat = watch(on=on), keras.tree.flatten

    def on_epoch_end(self: object, _epoch: int, _logs: object = None) -> None:
        model = self.model  # type: ignore[attr-defined]
        outputs = model(sample, training=False)
        names = getattr(model, "output_names", None) or range(
            len(flat(outputs))
        )  # a Sequential has no names for its one
        named = outputs if isinstance(outputs, Mapping) else dict(zip(names, flat(outputs), strict=False))
        for output, loss in _pairs(named, model.loss):
            criterion = keras.losses.get(loss)
            truth = keras.ops.zeros_like(output)
            if "sparse" in str(getattr(criterion, "name", getattr(criterion, "__name__", ""))):
                truth = truth[..., 0]
            with scope, warnings.catch_warnings():
                # Keras warns of logits that an activation has made, which is an error to those who made warnings one.
                warnings.filterwarnings("ignore", module=r"keras\.")
                try:
                    # As `fit` would, through whatever name the loss has now that it is watched.
                    keras.losses.get(loss)(truth, output)
                except WrongKindError:
                    raise
                except Exception:  # a loss of the user's may want other labels than zeros
                    scope.miss("a loss that takes no zeros for labels")

    made: object = type("Watch", (keras.callbacks.Callback,), {"on_epoch_end": on_epoch_end})()
    return made


def _pairs(outputs: Mapping[object, object], losses: object) -> list[tuple[object, object]]:
    """Each output of a model with the loss that `compile` was given for it: by name, in order, or one for all."""
    if isinstance(losses, Mapping):
        pairs = [(outputs[name], loss) for name, loss in losses.items() if name in outputs]
    elif isinstance(losses, list | tuple):
        pairs = list(zip(outputs.values(), losses, strict=False))
    else:
        pairs = [(output, losses) for output in outputs.values()]
    return [(output, loss) for output, loss in pairs if loss is not None]


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
