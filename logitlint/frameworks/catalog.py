"""The catalog: every row of every table, found by the name a program uses."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

import msgspec

from logitlint.frameworks import numpy, python, torch
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Compile,
    Edition,
    Fact,
    Function,
    Layer,
    Method,
    Property,
    Receiver,
    Relation,
    Result,
    Row,
    Runs,
    SameAs,
    Steps,
)
from logitlint.kinds import LOG_PROBABILITIES, PROBABILITIES, Kind

_TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accelerate": "distributed",
        "allennlp": "allennlp",
        "apex": "distributed",
        "catalyst": "catalyst",
        "deepspeed": "distributed",
        "dgl": "dgl",
        "distrax": "distrax",
        "equinox": "equinox",
        "fastai": "fastai",
        "focal_loss": "focal_loss",
        "flax": "flax",
        "fvcore": "fvcore",
        "haiku": "haiku",
        "ignite": "ignite",
        "jax": "jax",
        "keras": "keras",
        "kornia": "kornia",
        "lightning": "lightning",
        "lightning_fabric": "lightning",
        "mmcls": "openmmlab",
        "mmdet": "openmmlab",
        "mmpretrain": "openmmlab",
        "mmseg": "openmmlab",
        "monai": "monai",
        "optax": "optax",
        "pytorch_lightning": "lightning",
        "pytorch_toolbelt": "pytorch_toolbelt",
        "ray": "distributed",
        "segmentation_models": "segmentation_models_keras",
        "segmentation_models_pytorch": "segmentation_models",
        "sklearn": "sklearn",
        "skorch": "skorch",
        "tensorflow": "tensorflow",
        "tensorflow_addons": "tensorflow_addons",
        "tensorflow_probability": "tensorflow_probability",
        "tf_keras": "keras",
        "tf_slim": "tensorflow",
        "tflearn": "tflearn",
        "timm": "timm",
        "torch_geometric": "torch_geometric",
        "torchgeometry": "kornia",
        "torchmetrics": "torchmetrics",
        "torchvision": "torchvision",
        "transformers": "transformers",
    }
)
"""For each package that only some programs use, the module of its table, which is loaded when the package is named.

Such a table says nothing of what has no name in the program: it has no `Method` and no `Property`, and its `Base`s call
and keep what others do. So no answer of the catalog depends on what has been loaded. Beside its `ROWS` it may have
`OPERATORS` and `HOMES`.
"""

_CONVENTIONAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BinaryCrossentropy": "keras.losses.BinaryCrossentropy",
        "CategoricalCrossentropy": "keras.losses.CategoricalCrossentropy",
        "Dense": "keras.layers.Dense",
        "K": "keras.backend",
        "distrax": "distrax",
        "eqx": "equinox",
        "flax": "flax",
        "hk": "haiku",
        "jax": "jax",
        "jnp": "jax.numpy",
        "nnx": "flax.nnx",
        "optax": "optax",
        "Sequential": "keras.Sequential",
        "SparseCategoricalCrossentropy": "keras.losses.SparseCategoricalCrossentropy",
        "binary_crossentropy": "keras.losses.binary_crossentropy",
        "categorical_crossentropy": "keras.losses.categorical_crossentropy",
        "keras": "keras",
        "sparse_categorical_crossentropy": "keras.losses.sparse_categorical_crossentropy",
        "tf": "tensorflow",
    }
)
"""Names of such a library that stand for what they say when a snippet never binds them."""

_SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dim": "axis",
        "dimension": "axis",
        "keep_dims": "keepdims",
        "reduction_indices": "axis",
        "squeeze_dims": "axis",
    }
)
"""Keywords of which such a library's older versions had another spelling: TensorFlow 1."""

OPERANDS: Final = (("x", "y"), ("a", "b"), ("value", "bias"), ("x1", "x2"), ("input", "other"))
"""What the libraries call the two operands of a function that is an operator by another name."""
_ASIDE: Final = frozenset({"adjoint_a", "adjoint_b", "data_format", "name", "transpose_a", "transpose_b"})
"""Keywords that change nothing of what the result of an operator means."""

_CALLS: Final = ("call",)
"""The methods that calling an instance of such a library's classes runs."""

_SAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "keras.api": "keras",
        "keras.src": "keras",
        "tensorflow._api.v2": "tensorflow",
        "tensorflow._api.v2.keras": "keras",
        "tensorflow.compat.v1": "tensorflow",
        "tensorflow.compat.v1.keras": "keras",
        "tensorflow.compat.v2": "tensorflow",
        "tensorflow.compat.v2.keras": "keras",
        "tensorflow.contrib.distributions": "tensorflow_probability.distributions",
        "tensorflow.contrib.framework": "tf_slim",
        "tensorflow.contrib.keras": "keras",
        "tensorflow.contrib.layers": "tf_slim",
        "tensorflow.contrib.losses": "tf_slim.losses",
        "tensorflow.contrib.slim": "tf_slim",
        "tensorflow.distributions": "tensorflow_probability.distributions",
        "tensorflow.keras": "keras",
        "tensorflow.layers": "keras.layers",
        "tensorflow.losses": "keras.losses",
        "tensorflow.metrics": "keras.metrics",
        "tensorflow.python.keras": "keras",
        "tensorflow_probability.python.distributions": "tensorflow_probability.distributions",
        "tensorflow_probability.substrates.jax": "tensorflow_probability",
        "tensorflow_probability.substrates.numpy": "tensorflow_probability",
        "tf_keras": "keras",
        "tf_slim.layers": "tf_slim",
    }
)
"""Modules that are another by a second name: what lies in the first is looked up in the second, unless it has a row."""


class Sinks(msgspec.Struct, frozen=True):
    """The last parts of the names at whose uses a rule may speak, by what is needed beside them.

    losses
        Losses and their like.
    activations
        What speaks in a program without losses.
    constructed
        Activations, which speak where they are constructed with a tensor.
    affine
        Layers with a number of units that may be one.
    extremes
        What gives the largest of some units, with its position: it speaks where there is a single one.
    thresholds
        What compares with 0.5: it speaks where the program has a loss that says what is compared.
    running
        Methods that run the object.
    stepping
        Methods that run others of an object that they are handed, with those.
    """

    losses: frozenset[str]
    activations: frozenset[str]
    constructed: frozenset[str]
    affine: frozenset[str]
    extremes: frozenset[str]
    thresholds: frozenset[str]
    running: frozenset[str]
    stepping: Mapping[str, frozenset[str]]


class Catalog:
    """Rows by name.

    conventional
        Names that stand for a library's module when a snippet never binds them: ``F`` for ``torch.nn.functional``.
    synonyms
        Keywords that a library accepts in another spelling (``axis`` for ``dim``), for those a row's signature lacks.
    counterparts
        For each relation, the names that stand in it to others; ``torch.*`` to every other of that library.
    giving
        For a library and a kind, the function that a repair applies to get it.
    operators
        Functions and methods that are an operator by another name, with its sign: ``torch.Tensor.add``; ``-r`` takes
        the first from the second.
    calls
        The methods that calling an instance of a library's model runs: ``forward``, and ``__call__`` itself.
    judges
        The last parts of the names at whose uses a rule may speak, without those of `tables`; a program without any of
        either cannot have a finding.
    lasts
        The last parts of all names, without those of `tables`.
    libraries
        The packages the names come from.
    tables
        Those whose rows are loaded when one of their names is looked up, with the module of the table.
    keeps
        Methods of such an instance that return the instance itself: ``to``, ``cuda``.
    wrappers
        Attributes under which a wrapper holds such an instance: ``module``.
    altered_by
        By the name of a function after which calling any such instance may give anything, the class of them all:
        ``register_module_forward_hook``.
    roots
        The classes of all such instances.
    alters
        Methods after which calling such an instance may give anything: ``register_forward_hook``.
    adds
        Methods that give such an instance a part under a name: ``register_module``.
    registers
        Methods that give it something else under a name, with the option that says whether that is saved with it.
    sets
        Both.
    shows
        Methods that show what such an instance is made of to a function: ``apply``.
    namespaces
        Attributes that hold those of such an instance by name: ``_modules``.
    hands_out
        Methods that hand out what such an instance is made of: ``named_modules``.
    signs
        Methods of tensors that are an operator by another name, with its sign: ``add``.
    aside
        Keywords that change nothing of what the result of an operator means: ``name``.
    factor
        The keyword by which such a function multiplies what it adds or takes away first.

    `homes` says where the documented home of a name lies, ``*`` standing for one module of it; `same` names modules
    that are another by a second name, with all that is below them; `own` are rows of the user, which win over others.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        *,
        conventional: Mapping[str, str] = MappingProxyType({}),
        synonyms: Mapping[str, str] = MappingProxyType({}),
        operators: Mapping[str, str] = MappingProxyType({}),
        homes: Mapping[str, str] = MappingProxyType({}),
        tables: Mapping[str, str] = MappingProxyType({}),
        same: Mapping[str, str] = MappingProxyType({}),
        calls: tuple[str, ...] = (),
        aside: frozenset[str] = frozenset(),
        factor: str = "",
        own: Sequence[Row] = (),
        counterparts: Mapping[Relation, Mapping[str, str]] = MappingProxyType({}),
        giving: Mapping[tuple[str, Kind], str] = MappingProxyType({}),
    ) -> None:
        self.conventional = conventional
        self.synonyms = synonyms
        self.operators = dict(operators)
        self.tables = tables
        self.aside = aside
        self.factor = factor
        self._same = same
        self._editions: tuple[Edition, ...] = ()
        self._counterparts = {relation: dict(names) for relation, names in counterparts.items()}
        self._giving = dict(giving)
        self._loaded: dict[str, tuple[Row, ...]] = {}
        self._rows: dict[str, Row] = {}
        self._methods: dict[str, tuple[Function | SameAs, ...]] = {}
        self._properties: dict[str, Function | SameAs] = {}
        self._own_methods: dict[str, Mapping[str, str]] = {}
        self._homes: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._house(homes)
        self.hands_out: frozenset[str] = frozenset()
        self._own = tuple(name for row in own for name in _names(row))
        for row in chain(own, rows):
            self._add(row)
        bases = [row for row in self._rows.values() if isinstance(row, Base)]
        self.calls = (*dict.fromkeys((*(row.calls for row in bases), *calls)), "__call__")
        self.keeps = frozenset(name for row in bases for name in row.keeps)
        self.wrappers = frozenset(name for row in bases for name in row.wrappers)
        self.roots = frozenset(row.name for row in bases)
        self.altered_by = {name: row.name for row in bases for name in row.altered_by}
        self.alters = frozenset(name for row in bases for name in row.alters)
        self.adds = frozenset(name for row in bases for name in row.adds)
        self.registers = {name: option for row in bases for name, option in row.registers.items()}
        self.sets = self.adds | self.registers.keys()
        self.shows = frozenset(name for row in bases for name in row.shows)
        self.namespaces = frozenset(name for row in bases for name in row.namespaces)
        owners = {row.name.rpartition(".")[0] for row in self._rows.values() if isinstance(row, Method)}
        self.signs = {
            name.rpartition(".")[2]: sign for name, sign in operators.items() if name.rpartition(".")[0] in owners
        }
        self.lasts = frozenset(name.rpartition(".")[2] for name in self._rows)
        self.judges = _last(self._rows.values())
        self._first = tuple(self._rows.values())
        self._sinks: dict[frozenset[str], Sinks] = {}
        self.libraries = (
            frozenset(name.partition(".")[0] for name in self._rows) - sys.stdlib_module_names
        ) | tables.keys()
        self.libraries |= {name.rpartition(".")[2] for name in self._own}

    def _add(self, row: Row) -> None:
        for name in _names(row):
            self._rows.setdefault(name, row)
        last = row.name.rpartition(".")[2]
        if isinstance(row, Method):
            self._methods[last] = (*self._methods.get(last, ()), row.row)
        elif isinstance(row, Property):
            self._properties.setdefault(last, row.row)
        elif isinstance(row, Base):
            self.hands_out |= row.hands_out

    def _house(self, homes: Mapping[str, str]) -> None:
        self._homes.update(homes)
        self._parents.update((home[:-2], documented) for home, documented in homes.items() if home.endswith(".*"))

    def _load(self, library: str) -> tuple[Row, ...]:
        table = self.tables[library]
        if table not in self._loaded:
            module = import_module(f"logitlint.frameworks.{table}")
            rows: tuple[Row, ...] = module.ROWS
            self._loaded[table] = rows
            self.operators.update(getattr(module, "OPERATORS", {}))
            self._own_methods[library] = getattr(module, "METHODS", {})
            self._house(getattr(module, "HOMES", {}))
            self._editions += getattr(module, "EDITIONS", ())
            self._giving.update(getattr(module, "GIVING", {}))
            for relation, names in getattr(module, "COUNTERPARTS", {}).items():
                self._counterparts.setdefault(relation, {}).update(names)
            for row in rows:
                self._add(row)
        return self._loaded[table]

    def known_as(self, path: str) -> str | None:
        """The path under the first name of its module, None when it is that already."""
        parts = path.split(".")
        for length in range(len(parts) - 1, 0, -1):
            first = self._same.get(".".join(parts[:length]))
            if first is not None:
                return ".".join((first, *parts[length:]))
        return None

    def __iter__(self) -> Iterator[Row]:
        for library in self.tables:
            self._load(library)
        return iter({id(row): row for row in self._rows.values()}.values())

    def row(self, path: str) -> Row | None:
        """The row of a qualified name, an alias, or the private path behind it (``torch.nn.modules.loss.BCELoss``)."""
        found = self._rows.get(path)
        if found is not None:
            return found
        if self._loads(path):
            return self.row(path)
        if (known_as := self.known_as(path)) is not None:
            return self.row(known_as)
        module, _, name = path.rpartition(".")
        home = self._homes.get(module) or self._parents.get(module.rpartition(".")[0])
        return self.row(f"{home}.{name}") if home is not None else None

    def dated(self, path: str, names: Callable[[str], frozenset[str]]) -> str:
        """The path of a name in the edition of its library for which a program was written, where the two differ.

        `names` says which names of a package the program uses.
        """
        self._loads(path)
        library, _, rest = path.partition(".")
        for edition in self._editions:
            other = f"{edition.rows}.{rest}"
            if edition.library == library and other in self._rows and edition.names & names(library):
                return other
        return path

    def undated(self, path: str) -> str:
        """The path of a row as its library itself names it: without the edition in which it means something else."""
        for edition in self._editions:
            if path.startswith(f"{edition.rows}."):
                return edition.library + path.removeprefix(edition.rows)
        return path

    def may_mean(self, path: str, name: str) -> bool:
        """Whether a path is that of the row of that name, in whatever edition of its library."""
        rest = path.partition(".")[2]
        others = [f"{edition.rows}.{rest}" for edition in self._editions if path.startswith(f"{edition.library}.")]
        for each in (path, *others):
            found = self.row(each)
            if getattr(found.row if isinstance(found, Method) else found, "name", None) == name:
                return True
        return False

    def names_of(self, path: str) -> Iterator[str]:
        """All that is meant by a qualified name: itself, its aliases, and the same under other names of the module."""
        row = self.row(path)
        own = (path, *(_names(row) if row is not None else ()))
        for name in dict.fromkeys(own):
            yield name
            for other, first in self._same.items():
                if name.startswith(f"{first}."):
                    yield other + name[len(first) :]

    def family(self, path: str) -> str:
        """The name of the module by which a path is reached, where it is another's second name; else the library."""
        found = [other for other in self._same if path == other or path.startswith(f"{other}.")]
        return max(found, key=len, default=path.partition(".")[0])

    def is_whole(self, family: str) -> bool:
        """Whether it stands for a whole library, not for one of its modules."""
        return "." not in self._same.get(family, family)

    def described(self, file: str, name: str) -> str | None:
        """The name under which the user describes what a module calls `name`, given the module's file; None otherwise.

        A path says less than an import does of where a package begins: its last parts decide.
        """
        return next((own for own in self._own if _ends_so(file, name, own.split("."))), None)

    def operator(self, path: str) -> str | None:
        """The sign of the operator that a function is by another name (``torch.add``), under whatever name."""
        self._loads(path)
        return self.operators.get(path) or ((known_as := self.known_as(path)) and self.operator(known_as))

    def _loads(self, path: str) -> bool:
        """Whether the table of a path's library had still to be loaded; now it is."""
        library = path.partition(".")[0]
        if library not in self.tables or self.tables[library] in self._loaded:
            return False
        self._load(library)
        return True

    def counterpart(self, name: str, relation: Relation) -> str | None:
        """The qualified name that stands in a relation to a row's; None when there is none."""
        self._loads(name)
        names = self._counterparts.get(relation, {})
        return names.get(name) or names.get(f"{name.partition('.')[0]}.*")

    def doing(self, name: str) -> Iterator[Function]:
        """The functions that do what a row does, or what its instances do, by whatever name: ``F.softmax``."""
        called = self.counterpart(name, Relation.CALLED)
        others = self._counterparts.get(Relation.CALLED, {}).items()
        again = [other for other, to in others if to in (name, called)]
        for each in dict.fromkeys(filter(None, (name, called, *again))):
            row = self.row(each)
            if isinstance(row, Function):
                yield row

    def giving(self, kind: Kind, library: str) -> str | None:
        """The function of a library that stands for a kind: softmax, sigmoid, log_softmax; None when there is none."""
        self._loads(f"{library}.")
        return self._giving.get((library, kind))

    def compiling(self, name: str) -> Compile | None:
        """What a method of that name is given that compiles a model; None when none does."""
        rows = (row.methods.get(name) for row in self._rows.values() if isinstance(row, Layer))
        return next((row for row in rows if isinstance(row, Compile)), None)

    def runs_by(self, name: str) -> bool:
        """Whether a method of that name runs the object it is asked of, and takes arguments of its own."""
        rows = (row for row in self._rows.values() if isinstance(row, Base | Layer))
        return any(isinstance(row.methods.get(name), Runs) for row in rows)

    def judges_of(self, library: str) -> frozenset[str]:
        """The `judges` of one of the `tables`."""
        return _last(self._load(library))

    def sinks(self, libraries: frozenset[str]) -> Sinks:
        """Of the `judges`, with those of some of the `tables`, which can show what."""
        known = self._sinks.get(libraries)
        if known is None:
            loaded = [row for library in sorted(libraries) for row in self._load(library)]
            rows = {id(row): row for row in (*self._first, *loaded)}.values()
            known = self._sinks[libraries] = Sinks(
                losses=_last(rows, _is_loss),
                activations=_last(rows, _speaks_alone),
                constructed=_last(rows, _activates),
                affine=_last(rows, _is_affine),
                extremes=_last(rows, _is_extreme),
                thresholds=_last(rows, _thresholds),
                running=frozenset(name for row in rows if isinstance(row, Base) for name in _running(row)),
                stepping=_stepping(rows),
            )
        return known

    def methods(self, name: str, made_by: str = "") -> tuple[Function | SameAs, ...]:
        """The rows of the tensor methods of that name, one for each library that has it.

        made_by
            The library that made the tensor, by its import name: what its own tensors have comes first.
        """
        others = self._methods.get(name, ())
        path = self._own_methods.get(made_by, {}).get(name)
        own = self.row(path) if path is not None else None
        return (own, *others) if isinstance(own, Function | SameAs) else others

    def properties(self, name: str) -> Function | SameAs | None:
        """The row of the computed attribute of that name, which takes the tensor alone."""
        return self._properties.get(name)


def _stepping(rows: Iterable[Row]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        for name, method in row.methods.items() if isinstance(row, Layer) else ():
            if isinstance(method, Steps):
                found[name] = found.get(name, frozenset()).union(method.runs)
    return found


def in_place(name: str) -> bool:
    """Whether what has that name writes over what it is applied to: PyTorch marks it with an underscore, ``relu_``."""
    return name.endswith("_") and not name.endswith("__") and name != "_"


def _ends_so(file: str, name: str, parts: Sequence[str]) -> bool:
    """Whether the parts are the last of the path of a module's name."""
    path = PurePath(file).with_suffix("")
    return (*(path.parent if path.name == "__init__" else path).parts, name)[-len(parts) :] == tuple(parts)


def _names(row: Row) -> tuple[str, ...]:
    if isinstance(row, Result):
        return (row.name, *(f"{row.name}.{maker}" for maker in row.makers))
    return (row.name,) if isinstance(row, Method | Property) else (row.name, *row.aliases)


def _judges(row: Row) -> bool:
    """Whether a rule may speak at a use of this row: without one of these no finding can arise."""
    return _is_loss(row) or _speaks_alone(row) or Fact.DECIDES in getattr(_called(row), "facts", ())


def _last(rows: Iterable[Row], which: Callable[[Row], bool] = _judges) -> frozenset[str]:
    """The last parts of the names of some of the rows: those at whose uses a rule may speak."""
    return frozenset(name.rpartition(".")[2] for row in rows if which(row) for name in _names(row))


def _called(row: Row) -> Row | None:
    """The row of the function that is run by calling what a row names, or its instance."""
    if isinstance(row, Method | Property):
        row = row.row
    return row.call if isinstance(row, Layer) else row


def _is_loss(row: Row) -> bool:
    """Whether a row wants its arguments on some scale: losses, metrics, distributions, and what is handed them."""
    if isinstance(row, Base):
        return row.evaluates is not None
    if isinstance(row, Receiver) or (isinstance(row, Layer) and row.takes):
        return True
    called = _called(row)
    if not isinstance(called, Function):
        return False
    return Fact.LOSS in called.facts or any(takes.want is not None for takes in called.takes.values())


def _speaks_alone(row: Row) -> bool:
    """Whether a rule may speak at a use of this row in a program without losses."""
    called = _called(row)
    if not isinstance(called, Function):
        return False
    gives = called.gives
    normalises = isinstance(gives, Kind) and bool(gives & _NORMALISED)
    exponential = isinstance(gives, Mapping) and gives.get(Kind.LOG_SOFTMAX) == Kind.SOFTMAX
    several = gives if isinstance(gives, tuple) else ()
    # ``max`` along an axis gives the largest, and which it was.
    picks = any(isinstance(each, Mapping) for each in several) or (
        Fact.DECIDES in called.facts and called.axes is Axes.PICKED
    )
    return normalises or exponential or picks


def _thresholds(row: Row) -> bool:
    """Whether a row compares with 0.5."""
    return Fact.THRESHOLDS in getattr(_called(row), "facts", ())


def _activates(row: Row) -> bool:
    """Whether a row names a layer that activates."""
    gives = row.call.gives if isinstance(row, Layer) and isinstance(row.call, Function) else None
    return isinstance(gives, Kind) and gives.certainly(_ACTIVATED)


def _running(row: Base) -> Iterator[str]:
    """The methods of a class that run an instance of it."""
    yield row.calls
    yield from (name for name, method in row.methods.items() if isinstance(method, Runs))


def _is_affine(row: Row) -> bool:
    """Whether a row names a layer that gives scores: it speaks nowhere by itself."""
    gives = row.call.gives if isinstance(row, Layer) and isinstance(row.call, Function) else None
    return isinstance(gives, Kind) and bool(gives & Kind.LOGITS)


def _is_extreme(row: Row) -> bool:
    """Whether a row picks the largest along an axis, and may tell which it was."""
    return getattr(_called(row), "axes", None) is Axes.PICKED


_NORMALISED: Final = Kind.SOFTMAX | Kind.SIGMOID | Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID
_ACTIVATED: Final = Kind.ACTIVATED | PROBABILITIES | LOG_PROBABILITIES


def catalog(own: Sequence[Row] = ()) -> Catalog:
    """The rows of all tables, and those of the user."""
    return _catalog(own) if own else _standard()


@functools.cache
def _standard() -> Catalog:
    return _catalog(())


def _catalog(own: Sequence[Row]) -> Catalog:
    return Catalog(
        (*python.ROWS, *torch.ROWS, *numpy.ROWS),
        conventional={**torch.CONVENTIONAL, **numpy.CONVENTIONAL, **_CONVENTIONAL},
        synonyms={**_SYNONYMS, **torch.SYNONYMS},
        operators={**torch.OPERATORS, **numpy.OPERATORS},
        homes=torch.HOMES,
        tables=_TABLES,
        same=_SAME,
        calls=_CALLS,
        aside=_ASIDE,
        factor=torch.FACTOR,
        own=own,
        counterparts=torch.COUNTERPARTS,
        giving=torch.GIVING,
    )
