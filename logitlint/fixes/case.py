"""One mistake, as a verb sees it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator

import msgspec

from logitlint.fixes import calls
from logitlint.fixes.changes import Uncertain
from logitlint.fixes.importers import Importers
from logitlint.fixes.imports import Names
from logitlint.fixes.rereading import read_too_often
from logitlint.fixes.scopes import Scopes
from logitlint.fixes.sight import Sight
from logitlint.fixes.tree import Tree
from logitlint.frameworks.catalog import Catalog
from logitlint.frameworks.vocabulary import Function, Layer
from logitlint.inference.lineage import before, makers
from logitlint.inference.trace import Taken, Use
from logitlint.inference.values import Origin, Tensor
from logitlint.kinds import LOG_PROBABILITIES, PROBABILITIES, Kind
from logitlint.lowering import ir
from logitlint.project.modules import Project
from logitlint.source.size import REPAIRED

_ACTIVATED = PROBABILITIES | LOG_PROBABILITIES | Kind.ACTIVATED


def last(use: Use) -> str:
    """The last word of the name of what is used."""
    return use.row.name.rpartition(".")[2]


def _new_names(*, raw: bool) -> Iterator[str]:
    """Names for raw scores, or for others, the best first."""
    yield from ("logits", "raw_logits", "raw_scores") if raw else ("scores", "all_scores")
    yield from (f"{'logits' if raw else 'scores'}_{number}" for number in itertools.count(2))


class Files:
    """The files of a project that repairs look at, each prepared once."""

    def __init__(
        self, project: Project, catalog: Catalog, importing: Callable[[str], Collection[str]] = lambda _: ()
    ) -> None:
        """`importing` gives the files, of those that are to be repaired together, that import a file."""
        self._project = project
        self._catalog = catalog
        self.importers = Importers(project, importing, self.tree)
        self._trees: dict[str, Tree] = {}
        self._scopes: dict[str, Scopes] = {}
        self._names: dict[str, Names] = {}
        self._given: dict[str, dict[int, tuple[str, ir.Node]]] = {}
        """The names that repairs have given to raw scores, by file and statement."""
        self._walking: dict[str, bool] = {}

    def tree(self, file: str) -> Tree:
        """A file's trees. Raises `Uncertain` for one that is too long to be repaired, or nests where LibCST is slow."""
        if file not in self._trees:
            project = self._project
            if REPAIRED.exceeded(project.text(file)):
                raise Uncertain("the file is too long")
            module, record = project.require(file), project.record(file)
            if read_too_often(record):
                raise Uncertain("the file nests where LibCST is slow")
            self._trees[file] = Tree(file, project.text(file), module, record)
        return self._trees[file]

    def scopes(self, tree: Tree) -> Scopes:
        """A file's scopes."""
        if tree.file not in self._scopes:
            self._scopes[tree.file] = Scopes(tree)
        return self._scopes[tree.file]

    def names(self, tree: Tree) -> Names:
        """A file's library names."""
        if tree.file not in self._names:
            self._names[tree.file] = Names(tree, self.scopes(tree), self._catalog)
        return self._names[tree.file]

    def new_name(self, tree: Tree, statement: ir.Node, *, raw: bool = True) -> str:
        """A name for scores that means nothing yet where a statement stands, nor to another repair of these files:
        both may be made at once.
        """
        scopes = self.scopes(tree)
        given = self._given.setdefault(tree.file, {})
        if statement.origin not in given:
            taken = {name for name, other in given.values() if scopes.share(statement, other)}
            free = (name for name in _new_names(raw=raw) if name not in taken and scopes.is_free(name, statement))
            given[statement.origin] = next(free), statement
        return given[statement.origin][0]

    def is_activation(self, tree: Tree, node: ir.Node | None) -> bool:
        """Whether an expression constructs a layer that only activates."""
        path = self.names(tree).path(node.callee) if isinstance(node, ir.Call) else None
        row = self._catalog.row(path) if path is not None else None
        gives = row.call.gives if isinstance(row, Layer) and isinstance(row.call, Function) else None
        return isinstance(gives, Kind) and gives.certainly(_ACTIVATED)

    def mentions(self, name: str, file: str, *, besides: int = 0) -> bool:
        """Whether a file says an attribute's name in quotes (more often than `besides`), or another that is known reads
        an attribute of it.
        """
        text = self._project.text(file)
        if text.count(f'"{name}"') + text.count(f"'{name}'") > besides:
            return True
        return any(other != file and f".{name}" in self._project.text(other) for other in self._project.files())

    def saying(self, text: str, home: str) -> list[str]:
        """The files in which a text stands, `home` and of the others those that are known."""
        return [home, *(each for each in self._project.files() if each != home and text in self._project.text(each))]

    def walks_over_parts(self) -> bool:
        """Whether a file that is known goes through what objects hold, or asks for it by names that are not written."""
        for file in self._project.files():
            if file not in self._walking:
                self._walking[file] = _WALKING.search(self._project.text(file)) is not None
        return any(self._walking.values())


_WALKING = re.compile(
    r"\.(?:named_)?(?:children|modules)\(|\b(?:_modules|__dict__|__getattr__|__getattribute__|attrgetter)\b|\bvars\("
    r"""|\bgetattr\((?!\s*[\w.]+\s*,\s*(?:"[^"\n]*"|'[^'\n]*')\s*[,)])"""
)
"""What goes through the parts of an object, or finds one by a name that is computed."""


class Place(msgspec.Struct, frozen=True):
    """An expression, and the file it stands in."""

    tree: Tree
    node: ir.Node


def _as_made(tensor: Tensor) -> Tensor:
    """What a tensor was before its type was changed."""
    while len(tensor.made) == 1 and tensor.made[0].is_cast and (earlier := before(tensor.made[0])) is not None:
        tensor = earlier
    return tensor


class Case(msgspec.Struct, frozen=True):
    """One mistake: the use, the argument at fault, and where to look."""

    files: Files
    sight: Sight
    catalog: Catalog
    use: Use
    taken: Taken | None

    @property
    def tensor(self) -> Tensor:
        """The value at fault."""
        if self.taken is None or self.taken.tensor is None:
            raise Uncertain("no value is at fault")
        return self.taken.tensor

    def at(self, origin: Origin) -> Place:
        """The expression an origin names."""
        return Place(self.sight.tree(origin.file), self.sight.at(origin))

    def here(self) -> Place:
        """The use."""
        return self.at(self.use.origin)

    def given(self) -> ir.Expression:
        """The expression at fault, as it is given to the use."""
        if self.taken is None:
            raise Uncertain("no value is at fault")
        place = self.here()
        return calls.argument(self.names(place.tree), self.use, place.node, self.taken.parameter)

    def names(self, tree: Tree) -> Names:
        """The library names of a file."""
        return self.files.names(tree)

    def makers(self) -> list[Use]:
        """What made the value, one use for each place. Raises `Uncertain` when that is not known."""
        found = {(use.origin, use.row.name): use for use in makers(_as_made(self.tensor))}
        if not found:
            raise Uncertain("what made the value is not known")
        return list(found.values())

    def maker(self) -> Use:
        """What made the value, in the one place where it was made."""
        found = self.makers()
        if len(found) > 1:
            raise Uncertain("the value was made in several places")
        return found[0]
