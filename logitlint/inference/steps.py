"""What a library runs of an object that it is handed, to be judged when all else is."""

from __future__ import annotations

import msgspec

from logitlint.inference.store import Store
from logitlint.inference.values import Condition, Origin, UserFunction, UserObject


class Step(msgspec.Struct, frozen=True):
    """Methods that are run on an object from a call on.

    store
        A copy of what was known at the call: what is changed later, to export a trained model, is no part of training.
    when
        The branch in which the call stands.
    """

    instance: UserObject
    methods: tuple[UserFunction, ...]
    store: Store
    when: frozenset[Condition]
    origin: Origin
