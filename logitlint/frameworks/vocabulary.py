"""The words in which the tables describe a library.

A row is a signature-shaped object: it says what each argument is taken for, what the call gives, and the facts rules
need. Rules read rows, never names; the interpreter reads rows, never frameworks. Rows are proved against the
installed framework by ``tests/test_tables.py``, by the property each word claims. What does not fit is left out:
unknown is correct.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from logitlint.kinds import Kind

Scalar: TypeAlias = str | int | float | bool | None
Nothing: Mapping[str, Takes] = MappingProxyType({})


class Word(enum.Enum):
    """A word of the vocabulary: each is one object, so it need not be hashed by its name, which is slow."""

    __hash__ = object.__hash__


class Role(Word):
    """What an argument is to the call."""

    PREDICTION = "prediction"
    TARGET = "target"
    SUBJECT = "subject"
    """The tensor that is transformed, sampled from, measured or compared."""
    OTHER = "other"
    """The second operand of an operator, further tensors of cat or stack."""
    WEIGHT = "weight"
    """Class weights: a tensor that is rightly handed to a loss's constructor."""
    MODEL = "model"


class Want(Word):
    """The scale on which a call reads an argument."""

    CLASS_LOGITS = "raw logits; it applies softmax itself"
    LABEL_LOGITS = "raw logits; it applies sigmoid itself"
    CLASS_PROBABILITIES = "probabilities that sum to one"
    LABEL_PROBABILITIES = "probabilities, each in [0, 1]"
    PROBABILITIES = "probabilities, of exclusive classes or each by itself"
    """Overlap losses (dice, Jaccard, Tversky): softmax and sigmoid are equally right."""
    CLASS_LOG_PROBABILITIES = "log-probabilities"
    SCORES = "unbounded values"
    """Regression, margin and log-rate losses: any real number."""
    CLASS_INDEX = "class indices"
    ONE_HOT = "one row of class probabilities for each sample"
    CLASSES = "class indices or class probabilities"
    LABELS = "labels in [0, 1]"
    SIGNS = "labels of -1 and 1"
    DISTRIBUTION = "probabilities"
    """Target of a divergence."""
    LOG_DISTRIBUTION = "log-probabilities of the target"
    PROBS_PARAMETER = "non-negative weights or probabilities"
    """`Categorical(probs=)`, `multinomial`: must not be negative."""
    UNIT_PARAMETER = "probabilities in [0, 1]"
    """`Bernoulli(probs=)`."""
    LOGITS_PARAMETER = "logits or log-probabilities"
    """`Categorical(logits=)`, `gumbel_softmax`: normalised (log-)scores are right as well."""
    THRESHOLDED = "probabilities, which it compares with 0.5"
    """A metric that counts decisions (Keras' `BinaryAccuracy`)."""
    METRIC = "probabilities or logits"
    """A metric that finds out by itself (torchmetrics)."""


class Axes(Word):
    """What an operation that keeps the numbers' meaning does to the axes."""

    KEPT = "kept"
    """Same shape, same numbers: contiguous, float, to, detach, clone."""
    RESHAPED = "reshaped"
    """view, reshape, flatten, squeeze, unsqueeze: units and axis are forgotten unless proved."""
    PERMUTED = "permuted"
    """permute, transpose: the normalised axis moves."""
    SLICED = "sliced"
    """Some rows or columns are taken: gather, index_select, narrow, chunk."""
    RESAMPLED = "resampled"
    """Interpolated in space: other numbers of the same meaning."""
    POOLED = "pooled"
    """Averaged over an axis."""
    SUMMED = "summed"
    SCALED = "scaled"
    """Multiplied or divided by a number (the second parameter): logits stay logits, all else is unknown."""
    JOINED = "joined"
    """cat, stack: one kind of all is kept."""
    PICKED = "picked"
    """The largest over an axis, which is dropped: softmax becomes one probability."""


class Fact(Word):
    """What else rules ask about a row."""

    LOSS = "loss"
    RAISES_UNDER_AUTOCAST = "raises under CUDA autocast"
    RAISES_OUTSIDE_UNIT = "raises on values outside [0, 1]"
    THRESHOLDS = "compares with 0.5"
    CLIPS = "cuts probabilities off a little before 0 and 1"
    DIVERGENCE = "reduction='mean' divides by classes as well"
    DROPOUT = "dropout"
    DECIDES = "argmax, round, threshold"
    TRAINS_NOT = "its result carries no gradient"
    DIFFERENTIATES = "computes gradients of what it is given"
    NORMALISER = "what a log-softmax takes from the scores"
    SAMPLES = "draws from a distribution"
    IMPLICIT_AXIS = "guesses the axis when none is given"
    MONOTONE = "keeps the order of the classes"
    METRIC = "metric"
    MODEL = "a whole model whose head may be replaced"
    COMPARES = "its truth tells of the numbers it is given"
    COPIES = "holds a copy of what it is given"
    CONFIGURED = "a scope around it may give the arguments that are left out"


class Scope(Word):
    """What a context manager or decorator puts in force."""

    AUTOCAST = "autocast"
    NO_GRAD = "no_grad"
    EVAL = "eval"
    DEFAULTS = "other defaults for the arguments of some functions"
    SHOWN = "shown"
    """Inside the arguments of a call that only prints them."""


class Relation(enum.Enum):
    """How one function or class of a library stands to another: what a repair may put in its place."""

    LOGARITHM = "gives the logarithm of what it gives"
    """softmax: log_softmax."""
    EXPONENTIAL = "gives what it gives the logarithm of"
    ON_LOGITS = "the same loss on raw logits"
    """`NLLLoss`: `CrossEntropyLoss`."""
    EACH_BY_ITSELF = "normalises each number by itself"
    """softmax: sigmoid."""
    CALLED = "does what its instances do"
    """`Softmax`: `softmax`."""
    OF_CLASS = "has instances that do what it does"
    """`categorical_crossentropy`: `CategoricalCrossentropy`."""
    OF_LOGARITHMS = "the same divergence, of a target given by its logarithm"
    OF_PROBABILITIES = "the same divergence, of a target given by its probabilities"
    NOTHING = "changes nothing"
    """Any layer: `Identity`."""


class Depends(msgspec.Struct, frozen=True):
    """A fact decided by a literal argument: ``Depends("from_logits", {False: A, True: B})``.

    The value under the argument's default holds when it is not given. A name of a library counts as the text of its
    last part (``dtype=jnp.float32``). An argument that is given but not known, or that is no case, decides nothing:
    then `otherwise` holds, and without it the fact is unknown. A case may be another `Depends`.
    """

    argument: str
    cases: Mapping[Scalar, object]
    otherwise: object = None


class Named(msgspec.Struct, frozen=True):
    """A string that stands for another row: ``Named({"softmax": "keras.activations.softmax"})``."""

    rows: Mapping[str, str]


class Applies(msgspec.Struct, frozen=True):
    """What a layer, or a function that is one, applies to its own result: the function, layer or string given to it.

    None applies nothing, and neither does the string `nothing`, where there is one. User code may set the attribute of
    that name later.
    """

    argument: str
    named: Named
    nothing: str = ""


class Takes(msgspec.Struct, frozen=True):
    """What one argument is taken for: its role, and the scale on which it is read (None: any)."""

    role: Role
    want: Want | Depends | None = None


class Batches(msgspec.Struct, frozen=True):
    """Pairs of inputs and labels, one after another.

    labels
        The kind of the labels, or the argument that holds them.
    keeps
        Methods that give pairs of the same sort (`shuffle`).
    maps
        Methods that give what a function, their first argument, makes of each pair.
    paired
        The argument holds a tuple of the inputs and the labels; nothing is known of the result when it holds no such.
    """

    labels: Kind | Depends | str
    keeps: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()
    paired: bool = False


class Halves(enum.Enum):
    """Parts of what is given."""

    ROWS = "some rows and the other rows of each positional argument, one after another"
    EACH = "each positional argument, one after another; the only one alone"


Gives: TypeAlias = "Kind | Mapping[Kind, Kind] | Axes | Result | Batches | Halves | Depends | tuple[Gives, ...] | None"
"""What a call gives.

A kind; a kind for each kind of the subject (`log`), unknown for those left out; what `SameAs` with these axes gives
(the values of `torch.max(x, 1)`); an object with attributes (`Result`); a data set (`Batches`); parts of
its arguments (`Halves`); any of them by a
literal argument; a tuple of results; or None, unknown.
"""


class Behaviour(msgspec.Struct, frozen=True):
    """What becomes of a prediction of a kind, read on a scale, by the backend that does the arithmetic.

    It holds where the library's own activation made the prediction and nothing stands between.
    """

    want: Want
    kind: Kind
    on: Mapping[str, str]


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """How a loss over all alignments of two sequences (CTC) is given them: the prediction has three axes.

    target
        The parameter that takes the labels of each sequence, one row for each, without blanks.
    steps, labels
        The parameters that say how many steps of each prediction, and how many labels of each target, count.
    blank
        The parameter that names the class that means no label, when it is not the first.
    time_first
        Whether the steps lie on the first axis of the prediction and the sequences on the second, else the other way.
    padded
        Whether `steps` and `labels` take masks, of the shape of what they speak of, in which 1 stands for what does not
        count; else numbers, one for each sequence.
    """

    target: str
    steps: str
    labels: str
    blank: str | None = None
    time_first: bool = True
    padded: bool = False


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function of a library.

    name
        The qualified name under which the library documents it.
    signature
        Its parameters as Python writes them, without annotations: ``"input, dim=None, *, dtype=None"``.
    takes
        For each argument that matters, what it is taken for.
    gives
        The kind of the result. None: unknown.
    axes
        What becomes of the subject's shape. KEPT: the same, except for the last axis where `units` is given. RESHAPED:
        nothing is known of it. PICKED: `axis` is dropped (argmax).
    axis
        The argument naming the axis it normalises, reduces or moves, or the axis itself.
    units
        The argument giving the number of units on the last axis of the result, or its name by another argument.
    rank
        The number of axes of the result, whatever the subject had, when the first is the batch; or the argument that
        lists the sizes of one sample, which are one axis fewer. None: as many as the subject has.
    fields
        The names under which a tuple of results has them as well: ``torch.max(x, 1).values``.
    low, high
        The bounds of the result, or the argument that gives one. None: values below zero, above one occur.
    enters
        What a `with` block or decorator made of it puts in force.
    applies
        What it applies to its result: ``dense(x, 10, activation=softmax)``.
    backends
        Where one call is computed differently by the backend beneath the library.
    alignment
        Of a loss over all alignments of two sequences: how it is given them.
    source
        Where its behaviour is documented, when the library cannot be installed for the proof.
    """

    name: str
    signature: str
    takes: Mapping[str, Takes] = msgspec.field(default_factory=lambda: Nothing)
    gives: Gives = None
    fields: tuple[str, ...] = ()
    axes: Axes = Axes.KEPT
    axis: str | int | None = None
    units: str | Depends | None = None
    rank: int | str | Depends | None = None
    low: float | str | None = None
    high: float | str | None = None
    facts: frozenset[Fact] = frozenset()
    enters: Scope | Depends | None = None
    applies: Applies | None = None
    backends: tuple[Behaviour, ...] = ()
    alignment: Alignment | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""


class SameAs(msgspec.Struct, frozen=True, kw_only=True):
    """An operation whose result means what its subject means; `axes` says what survives.

    With `axes` KEPT the operation may also be applied to an object (a model moved to a device, compiled, wrapped),
    which it then returns.

    sizes
        Of a reshape: the parameter listing the new shape (``view(*shape)``).
    starts
        Of a flattening: the parameter naming the first axis that is folded.
    rank
        The number of axes of the result, whatever the subject had, when the first is the batch as before.
    """

    name: str
    signature: str
    subject: str
    axes: Axes
    axis: str | int | None = None
    sizes: str | None = None
    starts: str | None = None
    rank: int | Depends | None = None
    facts: frozenset[Fact] = frozenset()
    aliases: tuple[str, ...] = ()
    source: str = ""


class Outcome(enum.Enum):
    """What a call that runs a function gives of what the function returned."""

    WHOLE = "what the function returns"
    SECOND = "the second of the two values the function returns"
    OTHER = "something else, such as a gradient"


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """A call that runs a function: ``jax.grad(loss)(w)``, or, as a method, the object itself (``model.apply(w, x)``).

    signature
        The parameters the call has for itself. What a ``*`` and a ``**`` collect is what the function is given.
    function
        The parameter that receives the function, of the call or of the object's constructor. None: it is the object.
        A call that is not given its function gives a decorator.
    packed
        The parameter that holds what the function is given: a tuple of arguments, or `lone` the only one.
    lone
        What is packed need not be a tuple: anything else is the only argument.
    keywords
        The parameter that holds a dict of keyword arguments.
    numbered
        The function is given the number of its process first.
    later
        The call returns a function, and calling that one runs the function it was given.
    gives
        What the call (`later`: calling what it returns) gives. By a literal argument: a list that is given counts as
        True, and so does a text that no case names.
    maps
        The function sees one element of what is given at a time (`vmap`): nothing is known of where its axes lie.
    instead
        The parameter that names another method of the object to run, by its name or by the function itself.
    """

    name: str
    signature: str
    function: str | None = None
    packed: str | None = None
    lone: bool = False
    keywords: str | None = None
    numbered: bool = False
    later: bool = False
    gives: Outcome | tuple[Outcome, ...] | Depends = Outcome.WHOLE
    maps: bool = False
    instead: str | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A class whose instances are called.

    init
        The constructor's signature.
    call
        What calling an instance does, as a row of its own: `Function` or `SameAs` (its name is the class's). It may
        name constructor arguments (`axis="dim"`, `units="out_features"`, `Depends("log_target", ...)`).
        None: the instance holds other layers (`Holds`), or is not called.
    takes
        What the constructor takes: `weight`, `probs=`, `logits=`.
    holds
        How it calls the layers given to it.
    head
        For a whole model: the attribute that holds its last layer, which user code may replace.
    last
        Where that attribute holds several layers: the name or number of the last.
    applies
        What it applies to the result of `call`: ``Dense(10, activation="softmax")``.
    graph
        For `Holds.GRAPH`: the constructor's arguments either of which is what the model gives.
    sample
        For a chain: the arguments of its first layer, whatever it is, that say the sizes of one sample.
    parts
        Attributes that are computed from the layers it holds.
    keeps
        Methods that give the instance itself, or one like it.
    maps
        Methods that give what a function, their first argument, makes of each element.

    `methods` are those of an instance, by name, each a row whose subject may be the instance (the first parameter of a
    `SameAs` is the instance itself), or what calling it gives (`Part.OUTPUT`); `attributes` are what it has of tensors,
    with their kinds (``Categorical(...).probs``).
    """

    name: str
    init: str
    call: Function | SameAs | None = None
    takes: Mapping[str, Takes] = msgspec.field(default_factory=lambda: Nothing)
    holds: Holds | None = None
    head: str | None = None
    last: str = ""
    applies: Applies | None = None
    graph: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()
    parts: Mapping[str, Part] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    methods: Mapping[str, Function | SameAs | Runs | Compile | Fit | Restore | Steps | Part] = msgspec.field(
        default_factory=lambda: MappingProxyType({})
    )
    attributes: Mapping[str, Kind] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    keeps: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()
    facts: frozenset[Fact] = frozenset()
    aliases: tuple[str, ...] = ()
    source: str = ""


class Holds(enum.Enum):
    """How a container of layers behaves."""

    CHAIN = "calls them one after another"
    STEPS = "calls its layer on each step of a sequence by itself"
    LIST = "a list"
    MAPPING = "a dict"
    GRAPH = "it was given the result it gives, computed from its inputs beforehand"


class Part(enum.Enum):
    """What an attribute of a model that holds layers is."""

    OUTPUT = "what calling it gives"
    OUTPUTS = "the same, as a list"
    LAYERS = "its layers, in order"


class Compile(msgspec.Struct, frozen=True, kw_only=True):
    """A method that gives a model its losses and metrics: one for each of its outputs, matched by position or by name.

    A loss is called with the truth first.

    loss
        The parameter that receives the losses: a string, function, class or instance, or a list or dict of them.
    metrics
        The parameters that receive metrics, which for a single output may be a list.
    losses, metric
        What the strings stand for; `binary` instead where the output has a single unit (``accuracy``).
    unless
        Methods of a user's class that apply the losses to something else.
    """

    signature: str
    loss: str
    metrics: tuple[str, ...]
    losses: Named
    metric: Named
    binary: Named
    unless: frozenset[str]


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A method that trains or scores a compiled model.

    `data` are the inputs, or batches of inputs and truth; `labels` the truth. One that only scores does not train
    (`trains`).
    """

    signature: str
    data: str
    labels: str
    trains: bool = True


class Restore(msgspec.Struct, frozen=True, kw_only=True):
    """A method that gives a model weights that were trained before."""


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """A method that runs methods of the object that it is handed: ``Trainer(...).fit(module)``.

    handed
        The parameter that takes the object.
    runs
        The methods of that object that are surely run.
    beside
        The argument of the constructor that holds what is run beside them, and may change the object (`callbacks`).
    brings
        The method of the object that adds to those.
    """

    signature: str
    handed: str
    runs: tuple[str, ...]
    beside: str
    brings: str


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """A method of the library's tensors: the row of a function whose first parameter is the tensor itself.

    name
        ``torch.Tensor.softmax``.
    row
        The row, whose signature starts with the tensor.
    """

    name: str
    row: Function | SameAs


class Property(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute of the library's tensors that is computed: ``torch.Tensor.mT``. Its row takes the tensor alone."""

    name: str
    row: Function | SameAs


class Evaluates(msgspec.Struct, frozen=True, kw_only=True):
    """What an object does that is made with a model and a function: it computes the model's own loss, and calls the
    function with what the model gave and the labels (``Trainer(model, compute_metrics=...)``).

    signature
        The constructor.
    model, function
        The parameters that receive them.
    unless
        Parameters that put something between the two: when one is given, nothing is known.
    overridden
        Methods that do it: where a class has one of its own, nothing is known.
    scores
        The attribute of the model's result that the loss reads and the function is given.
    task
        The argument of the model's constructor that names the loss.
    stored
        The argument of the model's constructor that says where it was stored, maybe with such a name.
    losses
        The rows of the losses, by what `task` says.
    classes
        The argument of the model's constructor that counts classes: more than one are told apart by the loss that None
        names in `losses`.
    fields
        The names under which the function has what it is given: the model's scores, the labels.
    """

    signature: str
    model: str
    function: str
    unless: frozenset[str]
    overridden: frozenset[str]
    scores: str
    task: str
    stored: str
    losses: Mapping[str | None, str]
    classes: str
    fields: tuple[str, str]


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A class that users derive from.

    calls
        The method that calling an instance runs (`forward`).
    hooks
        Methods the library calls, with what it hands to their parameters: ``{"compute_loss": {"model": "row name"}}``.
    prepares
        Methods that are run once an instance is made (`setup`).
    fields
        Whether the annotated attributes of the class are its constructor's arguments, as those of a dataclass are.
    keeps
        Methods of every instance that return the instance itself (`to`, `cuda`, `train`).
    wrappers
        Attributes under which a wrapper holds the instance (``DataParallel(net).module``).
    altered_by
        Functions after which calling any instance may give anything (`register_module_forward_hook`).
    alters
        Methods after which calling the instance may give anything (`register_forward_hook`).
    adds
        Methods that give the instance a part under a name (`register_module`).
    registers
        Methods that give it something else under a name, with the option behind it that says whether that is saved with
        the instance (``{"register_buffer": "persistent"}``); empty for none.
    shows
        Methods that show what it is made of to a function, part by part (`apply`).
    namespaces
        Attributes that hold its attributes by name (`_modules`).
    watched_by
        Classes whose methods the library hands an instance to, with the parameter that takes it
        (``{"lightning.Callback": "pl_module"}``).
    hands_out
        Methods that hand out what it is made of (`named_modules`): who changes that changes the instance.
    evaluates
        What an instance does with what it is made with.

    `methods` are those of every instance of which the library says what they do, by name; the first parameter of a
    `SameAs` is the instance.
    """

    name: str
    calls: str
    hooks: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    prepares: tuple[str, ...] = ()
    fields: bool = False
    methods: Mapping[str, SameAs | Runs] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    keeps: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()
    altered_by: frozenset[str] = frozenset()
    alters: frozenset[str] = frozenset()
    adds: frozenset[str] = frozenset()
    registers: Mapping[str, str] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    shows: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    watched_by: Mapping[str, str] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    hands_out: frozenset[str] = frozenset()
    evaluates: Evaluates | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a library in which some names mean something else: a program is written for it whose names say so.

    library
        The package: ``tensorflow``.
    rows
        Where the rows lie that differ: ``tensorflow.before_1_0``, instead of ``tensorflow``.
    names
        Names of the package, without its own, that no other version has. Those of a module include what lies in it.
    """

    library: str
    rows: str
    names: frozenset[str]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """An object a library's model returns, or user code fills by keywords: attributes with their kinds (`.logits`).

    makers
        Methods of the class that make one from keywords (``TrainState.create(apply_fn=...)``).
    keeps
        Methods that return the object, or a copy with other values in what is not followed (`apply_gradients`).
    """

    name: str
    attributes: Mapping[str, Kind]
    makers: tuple[str, ...] = ()
    keeps: frozenset[str] = frozenset()
    source: str = ""


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is given a model and a loss, and applies the loss to the model's result.

    model, criterion
        The parameters that receive them. Either may be a class or an instance.
    default
        The row of the loss used when none is given.
    adapts
        Losses that are fed something else than the model's result, by the row's name, with what the model must then
        give: ``{"torch.nn.NLLLoss": CLASS_PROBABILITIES}`` (skorch takes the logarithm itself).
    unless
        Parameters that put something between the model and the loss: when one is given, nothing is known.
    """

    name: str
    signature: str
    model: str
    criterion: str
    default: str | None = None
    adapts: Mapping[str, Want] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    unless: frozenset[str] = frozenset()
    aliases: tuple[str, ...] = ()
    source: str = ""


Row: TypeAlias = Function | SameAs | Layer | Method | Property | Base | Result | Receiver | Runs


def prediction(want: Want | Depends | None = None) -> Takes:
    """The argument a loss or metric reads as the model's answer."""
    return Takes(Role.PREDICTION, want)


def target(want: Want | Depends | None = None) -> Takes:
    """The argument a loss or metric reads as the truth."""
    return Takes(Role.TARGET, want)


def subject(want: Want | Depends | None = None) -> Takes:
    """The tensor that is transformed or sampled from."""
    return Takes(Role.SUBJECT, want)


def loss_class(
    name: str,
    *,
    init: str,
    call: str,
    takes: Mapping[str, Takes],
    source: str,
    constructor: Mapping[str, Takes] = Nothing,
    facts: frozenset[Fact] = frozenset(),
    backends: tuple[Behaviour, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Layer:
    """The row of a loss that is a class: built (`init`, `constructor`), then called with prediction and target."""
    facts |= {Fact.LOSS}
    return Layer(
        name=name,
        init=init,
        call=Function(
            name=name, signature=call, takes=takes, gives=Kind.LOSS, facts=facts, backends=backends, source=source
        ),
        takes=constructor,
        facts=facts,
        aliases=aliases,
        source=source,
    )
