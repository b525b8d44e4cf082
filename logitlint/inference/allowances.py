"""How much of a program is run before the rest of it counts as unknown: running a program on kinds has to end."""

from __future__ import annotations

from typing import Final, NamedTuple


class Allowed(NamedTuple):
    """What one judgement may use.

    steps
        Expressions evaluated before the rest of it counts as unknown.
    share
        Of the steps that are left, what one call may use: half of that after each that used up all it was allowed.
        Shares multiply with every call inside a call.
    """

    steps: int
    share: float


PROGRAM: Final = Allowed(60_000, 0.8)
"""The file run from top to bottom, once: a script trains in a function of a function, and its networks are deep."""
ALONE: Final = Allowed(20_000, 0.5)
"""A function that nobody calls, judged with unknown arguments; a library has hundreds of them in one file."""
NEAR: Final = Allowed(4_000, 0.5)
"""Likewise where no loss can be reached: what is found there is found near what is judged."""
MOST_WORK: Final = 60_000
"""Expressions evaluated for all that is judged alone in one file."""
MOST_IMPORT_WORK: Final = 10_000
"""Expressions evaluated by one module while it is imported, before calls it makes are no longer followed."""
MOST_DECORATOR_STEPS: Final = 1_000
"""Expressions evaluated by a decorator before it is taken to keep what it decorates."""
MOST_SHOWING_STEPS: Final = 3_000
"""Expressions evaluated by a function that is shown each part of a model before the model counts as changed."""
MOST_TRIED_STEPS: Final = 4_000
"""Expressions evaluated by a function that is tried because it may have been called before."""
MOST_FRAMES: Final = 24
"""Depth of calls that is followed."""
MOST_IMPORT_FRAMES: Final = 8
"""Depth of calls that is followed while a module is imported: imports nest, and each begins to count anew."""
