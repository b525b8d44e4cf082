"""What a row states of one call, where that depends on an argument: ``from_logits=``, ``return_indices=``."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.frameworks.vocabulary import Depends, Scalar
from logitlint.inference.values import LibraryName, Literal, Value


def resolve(fact: object, given: Mapping[str, Value], literals: Mapping[str, Scalar], *, open_call: bool) -> object:
    """A fact of a row in this call; None when the argument that decides it is not known."""
    if not isinstance(fact, Depends):
        return fact
    value = given.get(fact.argument)
    if value is None:
        if open_call:
            return None
        return resolve(fact.cases.get(literals.get(fact.argument)), given, literals, open_call=open_call)
    case = fact.otherwise
    if isinstance(value, LibraryName):
        case = fact.cases.get(value.path.rpartition(".")[2], case)
    elif isinstance(value, Literal):
        case = fact.cases.get(value.value, case)
    return resolve(case, given, literals, open_call=open_call)
