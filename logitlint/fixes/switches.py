"""Activations that a parameter of their function switches off."""

from __future__ import annotations

from logitlint.fixes import raw_scores
from logitlint.fixes.arguments import behind
from logitlint.fixes.case import Case, Place, last
from logitlint.fixes.changes import Repair, Uncertain
from logitlint.fixes.consumers import Notice, notice
from logitlint.fixes.flow import flow_of
from logitlint.fixes.safety import Applicability
from logitlint.fixes.tree import Tree
from logitlint.fixes.verbs import Unactivate
from logitlint.inference.trace import Use
from logitlint.lowering import ir


def switched(case: Case, plan: Unactivate, maker: Use) -> Repair:
    """Call the function without the activation, where nothing but the use notices that. Raises `Uncertain`."""
    made = case.at(maker.origin)
    function = made.tree.function(made.node)
    if maker.built == maker.origin or function is None:
        raise Uncertain("no function in sight applies it")
    switch, value = _switch(made.tree, made.node)
    parameter = next((each for each in function.parameters if each.name == switch), None)
    if parameter is None or not isinstance(parameter.default, ir.Constant) or parameter.default.value is value:
        raise Uncertain("it is no parameter that may be left out")
    here = case.here()
    tree, scopes = here.tree, case.files.scopes(here.tree)
    behind_it = [*raw_scores.chain(case.given())]
    found = [
        call
        for call in raw_scores.calls_of(case, made)
        if any(raw_scores.is_result(tree, scopes, each, call) for each in behind_it)
    ]
    if len(found) != 1:
        raise Uncertain("it is called elsewhere")
    call = found[0]
    if any(each.keyword in ("*", "**") for each in call.arguments):
        raise Uncertain("its arguments are not known")
    position = [each.name for each in function.parameters].index(switch) - 1
    if any(each.keyword == switch for each in call.arguments) or len(call.arguments) > position:
        raise Uncertain("it is given already")
    flow = flow_of(case.sight, tree, call)
    if (
        flow.returned
        or flow.unseen
        or any(notice(each, maker, case.use) is not Notice.NOTHING for each in flow.readings)
    ):
        raise Uncertain("something needs the activation")
    place, text = Place(tree, call), f"{switch}={value}"
    message = f"Call it with `{text}`, without `{last(maker)}`"
    return Repair(Applicability.SAFE, plan.effect, message, (behind(place, call, text),))


def _switch(tree: Tree, node: ir.Node) -> tuple[str, bool]:
    """The name that decides whether a node is run, and the value for which it is not. Raises `Uncertain`."""
    statement = tree.statement(node)
    around, field = tree.up[id(statement)]
    if isinstance(around, ir.If) and field in ("body", "orelse"):
        name, holds = _tested(around.test)
        return name, holds is (field != "body")
    block = tree.block(statement)
    for each in block[: next(at for at, other in enumerate(block) if other is statement)]:
        if isinstance(each, ir.If) and isinstance(each.body[-1], ir.Return) and not each.orelse:
            return _tested(each.test)
    raise Uncertain("nothing decides whether it is applied")


def _tested(test: ir.Node) -> tuple[str, bool]:
    """A name that is tested, and the value for which the test holds. Raises `Uncertain`."""
    if isinstance(test, ir.Operator) and test.sign == "not":
        name, holds = _tested(test.operands[0])
        return name, not holds
    if not isinstance(test, ir.Name):
        raise Uncertain("more than a name decides")
    return test.name, True
