"""The catalog: every row of every table, found by the name a program uses."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from logitlint.frameworks import (
    allennlp,
    catalyst,
    fastai,
    focal_loss,
    fvcore,
    ignite,
    kornia,
    lightning,
    monai,
    numpy,
    python,
    segmentation_models,
    skorch,
    timm,
    torch,
    torch_geometric,
    torchmetrics,
    torchvision,
    transformers,
)
from logitlint.frameworks.vocabulary import (
    Base,
    Fact,
    Function,
    Layer,
    Method,
    Property,
    Receiver,
    Result,
    Row,
    SameAs,
)
from logitlint.kinds import Kind

_TABLES: Final[tuple[tuple[Row, ...], ...]] = (
    python.ROWS,
    torch.ROWS,
    numpy.ROWS,
    torchvision.ROWS,
    torchmetrics.ROWS,
    torch_geometric.ROWS,
    timm.ROWS,
    fvcore.ROWS,
    focal_loss.ROWS,
    monai.ROWS,
    segmentation_models.ROWS,
    kornia.ROWS,
    transformers.ROWS,
    lightning.ROWS,
    fastai.ROWS,
    ignite.ROWS,
    skorch.ROWS,
    catalyst.ROWS,
    allennlp.ROWS,
)


class Catalog:
    """Rows by name.

    conventional
        Names that stand for a library's module when a snippet never binds them: ``F`` for ``torch.nn.functional``.
    synonyms
        Keywords that a library accepts in another spelling (``axis`` for ``dim``), for those a row's signature lacks.
    operators
        Functions and methods that are an operator by another name, with its sign: ``torch.Tensor.add``.
    calls
        The methods that calling an instance of a library's model runs: ``forward``.
    judges
        The last parts of the names at whose uses a rule may speak; a program without any cannot have a finding.
    libraries
        The packages the names come from.
    keeps
        Methods of such an instance that return the instance itself: ``to``, ``cuda``.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        *,
        conventional: Mapping[str, str] = MappingProxyType({}),
        synonyms: Mapping[str, str] = MappingProxyType({}),
        operators: Mapping[str, str] = MappingProxyType({}),
        homes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.conventional = conventional
        self.synonyms = synonyms
        self.operators = operators
        self._rows: dict[str, Row] = {}
        self._methods: dict[str, tuple[Function | SameAs, ...]] = {}
        self._properties: dict[str, Function | SameAs] = {}
        self._homes = {home: documented for home, documented in homes.items() if "*" not in home}
        self._parents = {home[:-2]: documented for home, documented in homes.items() if home.endswith(".*")}
        for row in rows:
            self._add(row)
        bases = [row for row in self._rows.values() if isinstance(row, Base)]
        self.calls = tuple(dict.fromkeys(row.calls for row in bases))
        self.keeps = frozenset(name for row in bases for name in row.keeps)
        self.judges = frozenset(name.rpartition(".")[2] for name, row in self._rows.items() if _judges(row))
        self.libraries = frozenset(name.partition(".")[0] for name in self._rows) - _PYTHON

    def _add(self, row: Row) -> None:
        aliases = () if isinstance(row, Method | Property | Result) else row.aliases
        for name in (row.name, *aliases):
            self._rows.setdefault(name, row)
        last = row.name.rpartition(".")[2]
        if isinstance(row, Method):
            self._methods[last] = (*self._methods.get(last, ()), row.row)
        elif isinstance(row, Property):
            self._properties.setdefault(last, row.row)

    def __iter__(self) -> Iterator[Row]:
        return iter({id(row): row for row in self._rows.values()}.values())

    def row(self, path: str) -> Row | None:
        """The row of a qualified name, an alias, or the private path behind it (``torch.nn.modules.loss.BCELoss``)."""
        found = self._rows.get(path)
        if found is not None:
            return found
        module, _, name = path.rpartition(".")
        home = self._homes.get(module) or self._parents.get(module.rpartition(".")[0])
        return self.row(f"{home}.{name}") if home is not None and home != module else None

    def methods(self, name: str) -> tuple[Function | SameAs, ...]:
        """The rows of the tensor methods of that name, one for each library that has it."""
        return self._methods.get(name, ())

    def properties(self, name: str) -> Function | SameAs | None:
        """The row of the computed attribute of that name, which takes the tensor alone."""
        return self._properties.get(name)


def _judges(row: Row) -> bool:
    """Whether a rule may speak at a use of this row: without one of these no finding can arise."""
    if isinstance(row, Method | Property):
        row = row.row
    if isinstance(row, Receiver):
        return True
    called = row.call if isinstance(row, Layer) else row
    if Fact.LOSS in getattr(row, "facts", ()) or (isinstance(row, Layer) and row.takes):
        return True
    if not isinstance(called, Function):
        return False
    gives = called.gives
    normalises = isinstance(gives, Kind) and bool(gives & _NORMALISED)
    exponential = isinstance(gives, Mapping) and gives.get(Kind.LOG_SOFTMAX) == Kind.SOFTMAX
    samples = any(takes.want is not None for takes in called.takes.values())
    return normalises or exponential or samples or bool(called.facts & {Fact.LOSS, Fact.DECIDES, Fact.IMPLICIT_AXIS})


_NORMALISED: Final = Kind.SOFTMAX | Kind.SIGMOID | Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID
_PYTHON: Final = frozenset({"builtins", "operator", "math", "copy"})


@functools.cache
def catalog() -> Catalog:
    """The rows of all tables."""
    return Catalog(
        (row for table in _TABLES for row in table),
        conventional={**torch.CONVENTIONAL, **numpy.CONVENTIONAL},
        synonyms=torch.SYNONYMS,
        operators={**torch.OPERATORS, **numpy.OPERATORS},
        homes=torch.HOMES,
    )
