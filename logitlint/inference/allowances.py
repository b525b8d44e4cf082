"""How much of a program is run before the rest of it counts as unknown: running a program on kinds has to end."""

from __future__ import annotations

from typing import Final

MOST_STEPS: Final = 60_000
"""Expressions evaluated for one judged function (or module body) before the rest of it counts as unknown."""
FEW_STEPS: Final = 4_000
"""Likewise where no loss can be reached: what is found there is found near what is judged."""
MOST_WORK: Final = 180_000
"""Expressions evaluated for one file, all judgements together."""
MOST_IMPORT_WORK: Final = 10_000
"""Expressions evaluated by one module while it is imported, before calls it makes are no longer followed."""
MOST_DECORATOR_STEPS: Final = 1_000
"""Expressions evaluated by a decorator before it is taken to keep what it decorates."""
SHARE: Final = 0.8
"""Of the steps that are left, what one call may use: half of that after each that used up all it was allowed.

Shares multiply with every call inside a call: of a half, a training step five calls deep had a thirtieth.
"""
MOST_FRAMES: Final = 24
"""Depth of calls that is followed."""
MOST_IMPORT_FRAMES: Final = 8
"""Depth of calls that is followed while a module is imported: imports nest, and each begins to count anew."""
