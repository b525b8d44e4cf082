"""From a judgement to an experiment: what the program does with raw scores, as data.

The way of a value is followed back from the use at fault to the scores, and only catalogued calls and literal arguments
are kept. So an experiment can be run without the program, in another process, and never runs anything of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Axes, Fact, Function, Layer, Role, SameAs, Takes, Want
from logitlint.inference.facts import resolve
from logitlint.inference.lineage import INDEXING, before, is_shape_only
from logitlint.inference.signature import defaults, parse
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import Literal
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.gumbel import is_addition, is_gumbel_noise
from logitlint.runtime.pathways import BATCH, Pathway, UnbuildableError, aligned, alignment, class_of, renamed, truth
from logitlint.runtime.programs import (
    ACTIVATION,
    DECISION,
    LOSS,
    POSITION,
    Apply,
    Constant,
    Drawn,
    Node,
    Program,
    Scores,
    Truth,
)

_RESULTS: Final[Mapping[Kind, str]] = {
    Kind.SOFTMAX: "softmax",
    Kind.SIGMOID: "sigmoid",
    Kind.LOG_SOFTMAX: "log-softmax",
    Kind.LOG_SIGMOID: "log-sigmoid",
}
"""What a result of that kind must equal."""
_DRAWN: Final[Mapping[Want, str]] = {
    Want.LOGITS_PARAMETER: "softmax",
    Want.PROBS_PARAMETER: "softmax",
    Want.UNIT_PARAMETER: "sigmoid",
}
"""Which probabilities a function draws with, by the scale on which it reads them."""


def program(use: Use, taken: Taken | None = None, *, unnamed: bool = False, bent: bool = False) -> Program:
    """What a use does, from the raw scores on.

    taken
        The argument at fault: the one whose scores are varied.
    unnamed
        Whether the program did not say over which axis, before it was repaired: then axis 0 counts as the batch. Else
        the axis it names is taken to be that of the classes, which is the last here.
    bent
        Whether an activation on the logits stays: that it is there is another mistake than the one to be put right.

    Raises `UnbuildableError`.
    """
    if use.has(Fact.LOSS) and use.via is Via.CONSTRUCT:
        raise UnbuildableError("the loss is built, but not computed")
    if use.has(Fact.LOSS) and _is_swapped(use):
        raise UnbuildableError("the prediction stands where the target belongs")
    use = _unshaped(use)
    builder = Pathway(BATCH if unnamed else None, bent=bent)
    main = taken or use.first(Role.PREDICTION) or use.first(Role.SUBJECT)
    if is_addition(use) and any(is_gumbel_noise(each.value) for each in use.taken):
        return _drawn(use, _beside_the_noise(use), builder)
    if use.has(Fact.SAMPLES) and use.via is not Via.CONSTRUCT:
        return _drawn(use, main, builder)
    node = builder.applied(use)
    wanted = use.first(Role.PREDICTION)
    is_loss = use.has(Fact.LOSS)
    tensor = main.tensor if main else None
    target = use.first(Role.TARGET)
    return Program(
        node=node,
        result=LOSS if is_loss else _result(use, main),
        want=wanted.want.name if is_loss and wanted is not None and wanted.want is not None else None,
        prediction=renamed(use).get(wanted.parameter, wanted.parameter) if is_loss and wanted is not None else None,
        target=target.want.name if is_loss and target is not None and target.want is not None else None,
        believed="sigmoid" if target is not None and target.kind.certainly(_SQUASHED) else "softmax",
        units=tensor.units if tensor and not builder.elsewhere else None,
        averaged=is_loss and use.via is Via.COMPILE,
        aligns=alignment(use.row),
        left_out=tuple(dict.fromkeys(builder.left_out)),
    )


def meant(use: Use) -> Program:
    """What a use was meant to be that computes nothing as it stands, by what it calls: a class given what its instance
    takes, a loss given its arguments in the wrong order.

    Of the arguments only literals are kept. Raises `UnbuildableError` where more is amiss.
    """
    layer = use.row if isinstance(use.row, Layer) else class_of(use.row)
    call = layer.call if layer is not None else use.row
    if not isinstance(call, Function) or not (use.has(Fact.LOSS) or use.via is Via.CONSTRUCT):
        raise UnbuildableError(f"nothing is known of calling {use.row.name}")
    literals = {name: each.value for name, each in use.given.items() if isinstance(each, Literal)}
    given: dict[str, Node] = {}
    main: tuple[str, Takes] | None = None
    sequences = aligned(call.alignment)
    for parameter in parse(call.signature):
        if parameter.name in sequences:
            continue
        takes = call.takes.get(parameter.name)
        if takes is not None and takes.role in (Role.PREDICTION, Role.SUBJECT) and main is None:
            main = parameter.name, takes
            given[parameter.name] = Scores()
        elif takes is not None and takes.role is Role.TARGET and isinstance(takes.want, Want | None):
            given[parameter.name] = Truth(truth(takes.want, main[1].want if main is not None else None))
        elif parameter.name in literals and layer is None:
            given[parameter.name] = Constant(literals[parameter.name])
    if main is None:
        raise UnbuildableError(f"nothing is known of what {use.row.name} takes")
    given |= sequences
    construct = None
    if layer is not None:
        construct = {each.name: literals[each.name] for each in parse(layer.init) if each.name in literals}
    is_loss = Fact.LOSS in call.facts
    built = defaults(layer.init) if layer is not None else {}
    wanted = resolve(main[1].want, {}, {**built, **defaults(call.signature), **literals}, open_call=False)
    return Program(
        node=Apply(catalog().undated(call.name), given, construct=construct),
        result=LOSS if is_loss else _RESULTS.get(_gives(call), ACTIVATION),
        want=wanted.name if is_loss and isinstance(wanted, Want) else None,
        prediction=main[0] if is_loss else None,
        aligns=call.alignment,
    )


def _gives(row: Function) -> Kind:
    given = row.gives.get(Kind.LOGITS) if isinstance(row.gives, Mapping) else row.gives
    return given if isinstance(given, Kind) else UNKNOWN


_SQUASHED: Final = Kind.SIGMOID | Kind.LOG_SIGMOID


def _unshaped(use: Use) -> Use:
    """The use behind those that change nothing but the shape, or only pick some of the columns."""
    while is_shape_only(use) or _picks(use):
        tensor = before(use)
        if tensor is None or len(tensor.made) != 1:
            break
        use = tensor.made[0]
    return use


def _picks(use: Use) -> bool:
    """Whether it takes some of the columns."""
    return use.row.name == INDEXING or (isinstance(use.row, SameAs) and use.row.axes is Axes.SLICED)


def _beside_the_noise(use: Use) -> Taken | None:
    """What Gumbel noise is added to: the softmax of that is drawn from (Maddison et al., 2017, section 2)."""
    taken = next((each for each in use.taken if not is_gumbel_noise(each.value)), None)
    return replace(taken, want=Want.LOGITS_PARAMETER) if taken is not None else None


def _drawn(use: Use, taken: Taken | None, builder: Pathway) -> Program:
    """What a function draws from: the draw is chance, the distribution is not."""
    if taken is None or taken.want is None or taken.want not in _DRAWN:
        raise UnbuildableError(f"{use.row.name} draws at random")
    builder.left_out.append("the draw itself: what is drawn from is compared")
    node = Drawn(builder.value(taken.value), taken.want.name)
    tensor = taken.tensor
    return Program(
        node=node,
        result=_DRAWN[taken.want],
        units=tensor.units if tensor and not builder.elsewhere else None,
        left_out=tuple(dict.fromkeys(builder.left_out)),
    )


def _is_swapped(use: Use) -> bool:
    wanted = use.first(Role.PREDICTION)
    labels = Kind.ONE_HOT | Kind.CLASS_INDEX
    targets = [each.kind for each in use.taken if each.role is Role.TARGET]
    if any(each.certainly(Kind.LOGITS | Kind.ACTIVATED) for each in targets):
        return True
    return wanted is not None and wanted.kind.certainly(labels)


def _result(use: Use, taken: Taken | None) -> str:
    """What the result of something that is no loss claims to be."""
    row = use.row
    if isinstance(row, Layer):
        told = row.methods.get("probs_parameter")
        kind = row.attributes.get("probs")
        if isinstance(told, Function) and isinstance(told.gives, Kind):
            kind = told.gives
    elif isinstance(row, SameAs) or taken is None:
        kind = taken.kind if taken is not None else None
    elif isinstance(row.gives, Mapping):
        kind = row.gives.get(taken.kind)
    else:
        kind = row.gives if isinstance(row.gives, Kind) else None
    if isinstance(row, Function) and isinstance(row.gives, Mapping) and row.gives.get(Kind.ONE_HOT) == Kind.CLASS_INDEX:
        return POSITION
    if kind is not None and kind in _RESULTS:
        return _RESULTS[kind]
    if kind == Kind.ACTIVATED:
        return ACTIVATION
    if kind == Kind.DECISION or use.has(Fact.DECIDES) or row.name in _COMPARISONS:
        return DECISION
    if row.name == "operator.truediv":
        return _RESULTS[Kind.SOFTMAX]  # exp(x) / exp(x).sum(): the one quotient a rule speaks of
    raise UnbuildableError(f"there is no formula for what {row.name} gives")


_COMPARISONS: Final = frozenset({"operator.gt", "operator.ge", "operator.lt", "operator.le"})
