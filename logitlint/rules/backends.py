"""What a verdict adds where one source is another loss on another backend."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Behaviour, Function
from logitlint.inference.trace import Taken, Use
from logitlint.rules.judge import Judgement

SCALES: Final = frozenset({"LGT101", "LGT102", "LGT103", "LGT104", "LGT301", "LGT303"})
"""The rules that speak of the scale on which a prediction is read."""


def told(judgement: Judgement, backend: str | None) -> Judgement:
    """The judgement, with what happens on the backend in use, or on each when that is not known."""
    taken = judgement.verdict.taken
    speaks = judgement.rule.code in SCALES
    behaviour = _behaviour(judgement.use, taken) if taken is not None and speaks else None
    if behaviour is None:
        return judgement
    words: dict[str, list[str]] = {}
    for name, outcome in behaviour.on.items():
        if backend in (None, name):
            words.setdefault(outcome, []).append(name)
    notes = "; ".join(f"on {' and '.join(names)} {outcome}" for outcome, names in words.items())
    if not notes:
        return judgement
    return replace(judgement, verdict=replace(judgement.verdict, message=f"{judgement.verdict.message}; {notes}"))


def _behaviour(use: Use, taken: Taken) -> Behaviour | None:
    """What the row says of such a prediction, when the library's own activation made it and nothing came since."""
    tensor = taken.tensor
    if not isinstance(use.row, Function) or tensor is None or not tensor.made:
        return None
    library = use.row.name.partition(".")[0]
    if any(made.gives is None or made.row.name.partition(".")[0] != library for made in tensor.made):
        return None
    return next(
        (each for each in use.row.backends if each.want is taken.want and tensor.kind.certainly(each.kind)), None
    )
