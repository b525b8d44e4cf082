"""Trials run, each framework in a process of its own, and what their outcomes prove."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from logitlint.findings import INCONCLUSIVE, REFUTED, VERIFIED
from logitlint.numerics.adapters import installed
from logitlint.runtime.outcomes import Outcome, Trial
from logitlint.runtime.programs import Program

SECONDS: Final = 900
"""How long one framework may take over all its trials; on a machine that many use, a hundred take minutes."""
_ON_JAX: Final = frozenset({"jax", "optax", "flax", "haiku", "equinox", "distrax", "chex"})
_ON_TENSORFLOW: Final = frozenset({"tensorflow", "tf_slim", "tensorflow_probability", "tensorflow_addons"})
_OF_NO_FRAMEWORK: Final = frozenset({"operator", "math", "builtins"})
EXTRAS: Final = {"torch": "torch", "tensorflow": "tensorflow", "keras": "keras", "jax": "jax", "optax": "jax"}
"""By library, the extra of ours that brings it."""
BACKENDS: Final = ("tensorflow", "jax", "torch")


def benches(before: Program, after: Program | None, backend: str | None = None) -> tuple[str, ...]:
    """The frameworks on which both sides can be run.

    backend
        The one backend of Keras that the program uses; None: each that is installed.
    """
    libraries = (before.libraries | (after.libraries if after else frozenset())) - _OF_NO_FRAMEWORK
    frameworks = {
        "jax" if each in _ON_JAX else "tensorflow" if each in _ON_TENSORFLOW else each if each == "keras" else "torch"
        for each in libraries
    }
    others = frameworks - {"keras"}
    if "keras" in frameworks:
        chosen = tuple(others) or ((backend,) if backend else tuple(each for each in BACKENDS if installed(each)))
        return tuple(f"keras/{each}" for each in chosen) if len(others) < 2 else ()
    if not others:  # nothing but operators, which mean the same everywhere
        return next(((each,) for each in ("torch", "jax", "tensorflow") if installed(each)), ())
    return tuple(others) if len(others) == 1 else ()


def run(trials: Sequence[Trial]) -> list[Outcome]:
    """The outcome of each trial, in order. Each framework is loaded in a process of its own; equal trials are run once.

    Raises KeyboardInterrupt as soon as the user does, and leaves no process behind.
    """
    keys = [msgspec.json.encode(trial) for trial in trials]
    distinct = dict(zip(keys, trials, strict=True))
    outcomes: dict[bytes, Outcome] = {}
    for key, trial in distinct.items():
        if (missing := _missing(trial)) is not None:
            outcomes[key] = Outcome(trial.bench, trouble=lacking(missing))
    for bench in dict.fromkeys(trial.bench for trial in trials):
        own = {key: trial for key, trial in distinct.items() if trial.bench == bench and key not in outcomes}
        if own:
            outcomes.update(zip(own, _in_a_process(bench, list(own.values())), strict=True))
    return [outcomes[key] for key in keys]


def _in_a_process(bench: str, trials: list[Trial]) -> Iterable[Outcome]:
    _, _, backend = bench.partition("/")
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend or "tensorflow",
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    with tempfile.TemporaryDirectory() as empty:  # from where nothing of the user's can be imported
        try:
            done = subprocess.run(
                [sys.executable, "-m", "logitlint.runtime.laboratory"],
                input=msgspec.json.encode(trials),
                capture_output=True,
                cwd=empty,
                env=environment,
                timeout=SECONDS,
            )
            return msgspec.json.decode(done.stdout, type=list[Outcome])
        except subprocess.TimeoutExpired:
            trouble = f"the experiments did not end within {SECONDS} seconds"
        except msgspec.DecodeError:
            last = done.stderr.decode(errors="replace").strip().splitlines()
            trouble = f"the experiments broke off: {last[-1] if last else 'no reason given'}"
    return [Outcome(bench, trouble=trouble)] * len(trials)


def _missing(trial: Trial) -> str | None:
    """A library that a trial needs and that is not installed."""
    called = trial.before.libraries | (trial.after.libraries if trial.after is not None else frozenset())
    needed = (*trial.bench.split("/"), *sorted(called - _OF_NO_FRAMEWORK))
    return next((each for each in needed if not installed(each)), None)


def lacking(library: str) -> str:
    """What to say of a library that is not installed: which extra of ours brings it, where one does."""
    wanted = f"logitlint[{EXTRAS[library]}]" if library in EXTRAS else library
    return f"{library} is not installed; `pip install '{wanted}'` makes the proof"


def status(outcome: Outcome) -> str:
    """What an outcome proves of a repair: it equals the formula in every number type, as far as it must, or not.

    What becomes of infinite scores is reported beside it, and proves nothing: frameworks differ in that.
    """
    sides = [(measured.after, measured.required) for measured in outcome.measured]
    if outcome.trouble or not sides or any(side is None for side, _ in sides):
        return INCONCLUSIVE
    return VERIFIED if all(side is not None and side.agrees_to >= required for side, required in sides) else REFUTED


def overall(outcomes: Sequence[Outcome]) -> str:
    """One word for a repair on all its frameworks: refuted on one is refuted."""
    words = [status(outcome) for outcome in outcomes]
    return REFUTED if REFUTED in words else VERIFIED if VERIFIED in words else INCONCLUSIVE
