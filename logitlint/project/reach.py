"""What can be reached from a function: whether judging it alone can show anything.

Words decide. From a function, its words lead to the definitions they name, in its own file and through imports in
others; a class leads to its methods, and to those of its bases that are named. Where that meets neither a loss nor an
activation, no finding can arise.
"""

from __future__ import annotations

import builtins
import enum
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from logitlint.frameworks.catalog import Sinks
from logitlint.project.building import MAKING
from logitlint.project.circles import circles
from logitlint.project.leads import CONSTRUCTED, IMPLICIT, Leads, Node, Search
from logitlint.project.modules import Project
from logitlint.project.narrow import narrow
from logitlint.project.words import HALVES, Words, given, handed_out, named_in

Registries = frozenset[Node]
_NONE: Final[Registries] = frozenset()
_ANY: Final[Registries] = frozenset({Node("", "")})
"""It is not seen which."""


class View(NamedTuple):
    """How the ways to a loss are seen.

    filled
        The registries of which what is behind them counts as a loss.
    narrow
        Whether of a class only what is used counts, and of many files none is imported by a name made at run time.
    """

    filled: Registries
    narrow: bool = False


MOST_BY_NAME: Final = 8
"""Files imported by names made at run time, of which each counts for whoever comes to the one that does so."""
MOST_READ: Final = 64
"""Files of which the words are kept at a time: some 200 kB each."""
_NO_VARIABLE: Final = re.compile(r"""[."']\s*([^\W\d]\w*)""")
"""What is an attribute or begins a text."""


class Outlook(enum.Enum):
    """What judging a function may show."""

    NOTHING = "nothing"
    ACTIVATION = "activation"
    """It reaches no loss; but it, or what it uses of its own file, normalises or picks, or decides at 0.5 where
    the file has a loss elsewhere."""
    LOSS = "loss"
    """It reaches a loss."""


class Reach:
    """Answers for the files of one project."""

    def __init__(
        self,
        project: Project,
        sinks: Callable[[str], Sinks],
        by_name: Callable[[str], tuple[str, ...]],
        registering: Callable[[str], Sequence[str]],
    ) -> None:
        self._project = project
        self._sinks = sinks
        self._leads = Leads(project, by_name)
        self._by_name = by_name
        self._narrow = Leads(project, self._few_by_name, self._leads)
        self._registering = registering
        self._filled: dict[str, Registries] = {}
        self._judging: dict[str, Words] = {}
        self._known: dict[View, dict[Node, bool]] = defaultdict(dict)
        self._looked_for: dict[View, dict[Node, frozenset[Search]]] = defaultdict(dict)
        self._sets: dict[frozenset[Search], frozenset[Search]] = {}
        self._searched: dict[tuple[str, frozenset[Search], View], bool] = {}
        self._words: dict[str, Words] = {}
        self._with_loss: dict[tuple[str, View], bool] = {}

    def outlook(self, file: str, name: str, method: str = "") -> Outlook:
        """What judging a function of a file, or a method of one of its classes, may show."""
        node = Node(file, name, method)
        outline = self._project.outline(file)
        cls = outline.classes.get(name)
        if (cls is None and name not in outline.values) or (method and (cls is None or method not in cls.methods)):
            return Outlook.LOSS  # made in a way the outline does not see
        view = View(self._with_losses(file))
        if self._reaches_loss(node, view) and self._may_come_to_it(node, view):
            return Outlook.LOSS
        sinks = self._sinks(file)
        own = self._leads.words(node)
        if any(given(name) in own for name in own & sinks.constructed):
            return Outlook.ACTIVATION
        near = self._built(node)
        if near is None:
            near = frozenset().union(*map(self._leads.words, self._near(node)))
        if near & sinks.activations or (own & sinks.affine and near & sinks.extremes):
            return Outlook.ACTIVATION
        if (near & sinks.thresholds or near & HALVES) and self._has_loss(file, view):
            return Outlook.ACTIVATION
        return Outlook.NOTHING

    def _may_come_to_it(self, node: Node, view: View) -> bool:
        """Whether a function or method that leads to a loss does so on narrow ways; whatever else is run anyway."""
        is_run = not (node.method or self._leads.is_function(node))
        return is_run or bool(self._by_name(node.file)) or self._reaches_loss(node, View(view.filled, narrow=True))

    def _few_by_name(self, file: str) -> tuple[str, ...]:
        """The files that a file may import by names made at run time, where they are few."""
        return found if len(found := self._by_name(file)) <= MOST_BY_NAME else ()

    def may_train(self, file: str, name: str, method: str) -> bool:
        """Whether a method that a class of another file inherits may come to a loss with something of that file.

        Narrower than `outlook`: by the words alone a large base class leads everywhere.
        """
        return self._reaches_loss(Node(file, name, method), View(self._with_losses(file), narrow=True))

    def may_show(self, file: str, name: str) -> bool:
        """Whether the body of a class, or a method that it has from a class of another file, may come to a loss."""
        view = View(self._with_losses(file), narrow=True)
        return self._reaches_loss(Node(file, name, CONSTRUCTED), view) or any(
            self.may_train(base, cls, method)
            for base, cls, outline in self._leads.bases(file, name)
            if base != file
            for method in outline.methods
        )

    def _with_losses(self, file: str) -> Registries:
        """The registries in which a file may find a loss: something that a module registers there reaches one."""
        known = self._filled.get(file)
        if known is None:
            found: set[Node] = set()
            for each in self._registering(file):
                for name, by in self._project.outline(each).registered.items():
                    if self._reaches_loss(Node(each, name), View(_NONE)):
                        registries = self._leads.filled_by(each, frozenset(by))
                        found |= _ANY if registries is None else registries
            known = self._filled[file] = frozenset(found)
        return known

    def _has_loss(self, file: str, view: View) -> bool:
        """Whether anything of a file reaches a loss."""
        known = self._with_loss.get((file, view))
        if known is None:
            places = self._project.outline(file).definitions()
            known = any(self._reaches_loss(Node(file, *place), view) for place in places)
            self._with_loss[file, view] = known
        return known

    def _near(self, node: Node) -> Iterator[Node]:
        """What is reached without leaving the file."""
        seen = {node}
        pending = [node]
        while pending:
            current = pending.pop()
            yield current
            fresh = [each for each in self._leads.leads(current) if each.file == node.file and each not in seen]
            seen.update(fresh)
            pending += fresh

    def _built(self, start: Node) -> Words | None:
        """The words of what runs in its file when a function is called that only builds; None when it may do more.

        Of a class the constructor runs, and what that leads to.
        """
        outline = self._project.outline(start.file)
        if start.method or start.name not in outline.functions:
            return None
        calls = self._project.building(start.file)
        variables = outline.values.keys() - outline.functions
        said: set[str] = set()
        held: set[str] = set()
        called: set[str] = set()
        seen = {start}
        pending = [start]
        while pending:
            node = pending.pop()
            cls = outline.classes.get(node.name)
            if cls is not None and not (node.method or node.attribute):
                held |= cls.attributes.keys()
                said |= cls.body
                led = list(self._constructors(node))
            else:
                if node.method or node.name in outline.functions:
                    own = calls.get((node.name, node.method))
                    if own is None or not own.names.isdisjoint(variables):
                        return None
                    called |= own.attributes
                said |= self._leads.words(node)
                led = [each for each in self._leads.leads(node) if each.file == start.file]
            fresh = [each for each in led if each not in seen]
            seen.update(fresh)
            pending += fresh
        runs = self._sinks(start.file).running | IMPLICIT
        return frozenset(said) if called.isdisjoint(held | runs) else None

    def _constructors(self, node: Node) -> Iterator[Node]:
        """What runs of its own file when a class is instantiated: also methods that the constructor of a base calls."""
        outline = self._project.outline(node.file)
        own = outline.classes[node.name]
        for file, name, cls in [(node.file, node.name, own), *self._leads.bases(node.file, node.name)]:
            made = [method for method in MAKING if method in cls.methods]
            if file == node.file:
                yield from (Node(file, name, method) for method in made)
                yield from [Node(file, name)] if name != node.name else []
            said = frozenset().union(*(cls.methods[method] for method in made))
            yield from (Node(node.file, node.name, method) for method in own.methods.keys() & said)

    def _reaches_loss(self, start: Node, view: View) -> bool:
        """Whether a definition leads to a loss.

        A name that is made at run time may be any that the file says, or the one that looks it up.
        """
        if self._leads_to_loss(start, view):
            return True
        searches = self._looked_for[view][start]
        key = (start.file, searches, view)
        known = self._searched.get(key)
        if known is None:
            known = self._searched[key] = self._finds_loss(start.file, set(searches), view)
        return known

    def _finds_loss(self, file: str, searches: set[Search], view: View) -> bool:
        """Whether one of some searches may find a loss for a file; those that it leads to are added."""
        pending = list(searches)
        while pending:
            search = pending.pop()
            for each in self._leads.found(search, self._said(file) | self._said(search.by)):
                if self._leads_to_loss(each, view):
                    return True
                fresh = self._looked_for[view][each] - searches
                searches |= fresh
                pending += fresh
        return False

    def _leads_to_loss(self, start: Node, view: View) -> bool:
        """Likewise, but for names that are made at run time: what is looked for so is kept, if there is no loss."""
        known_of = self._known[view]
        looked_for = self._looked_for[view]
        came: dict[Node, Node | None] = {start: None}
        ways: dict[Node, tuple[Node, ...]] = {}
        leads = self._narrow if view.narrow else self._leads
        pending = [start]
        while pending:
            node = pending.pop()
            known = known_of.get(node)
            if known is False:
                continue
            if (
                known
                or not leads.words(node).isdisjoint(self._judges(node.file))
                or node in view.filled
                or (view.filled >= _ANY and node.name in leads.kept(node.file))
            ):
                way: Node | None = node
                while way is not None:
                    known_of[way] = True
                    way = came[way]
                return True
            ways[node] = self._narrowly(leads, node) if view.narrow else leads.leads(node)
            for each in ways[node]:
                if each not in came:
                    came[each] = node
                    pending.append(each)
        known_of.update(dict.fromkeys(came, False))
        for circle in circles(start, ways):
            behind = {looked_for[each] for node in circle for each in ways[node] if each in looked_for}
            behind |= {frozenset(found) for node in circle if (found := leads.searches(node))}
            whole = next(iter(behind)) if len(behind) == 1 else frozenset().union(*behind)
            # one object for each set: hundreds of searches are behind thousands of definitions
            looked_for.update(dict.fromkeys(circle, self._sets.setdefault(whole, whole)))
        return False

    def _narrowly(self, leads: Leads, node: Node) -> tuple[Node, ...]:
        return tuple(narrow(leads, node, self._sinks(node.file).stepping))

    def _said(self, file: str) -> Words:
        """The words of a file."""
        if file not in self._words:
            if len(self._words) >= MOST_READ:
                self._words.clear()
            self._words[file] = frozenset(named_in(self._project.text(file)))
        return self._words[file]

    def _judges(self, file: str) -> frozenset[str]:
        """The words of a file at which a rule may speak whatever led there: its losses.

        And the activations that a function hands out for others to call: ``return nn.SiLU``, of which they get a layer.
        """
        known = self._judging.get(file)
        if known is None:
            sinks = self._sinks(file)
            known = self._judging[file] = self._meant(file, sinks.losses).union(map(handed_out, sinks.constructed))
        return known

    def _meant(self, file: str, names: Words) -> Words:
        """Of the names of a library's things, those that may mean them in a file.

        Attributes, texts, and what is imported, defined or builtin: other words are variables (``for choice in them``).
        """
        outline = self._project.outline(file)
        if outline.stars:
            return names
        bound = {each.name for targets in outline.imports.values() for each in targets}.union(outline.imports)
        bound |= outline.functions | outline.classes.keys()
        return names & bound.union(dir(builtins), _NO_VARIABLE.findall(self._project.text(file)))
