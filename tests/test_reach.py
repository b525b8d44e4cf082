"""What judging a function may show, by what its words lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Layer
from logitlint.inference.trace import Trace, Use, Via
from logitlint.inference.values import Origin, Tensor
from logitlint.kinds import Kind
from logitlint.project.modules import Project
from logitlint.project.reach import MOST_BY_NAME, Outlook
from logitlint.project.sieve import Sieve
from logitlint.rules.loss_constructed_with_tensors import RULE

LOSSES = """
import torch.nn as nn
import torch.nn.functional as F


def focal(x, y):
    return F.cross_entropy(x, y)


def harmless(x):
    \"\"\"Not a cross_entropy.\"\"\"
    return x + 1


class Criterion(nn.Module):
    weight = 1

    def __init__(self):
        self.inner = nn.CrossEntropyLoss()
        self.scale = 2

    def step(self, x, y):
        return self.inner(x, y)

    def scaled(self, x):
        return x * self.scale

    def forward(self, x, y):
        return self.step(x, y)
"""
FILES = {
    "losses": LOSSES,
    "exports/__init__": "from .things import *\nfrom . import inner as renamed\n",
    "exports/things": "from losses import focal\nTABLE = {}\nTABLE['focal'] = focal\n",
    "exports/inner": "from losses import focal as deep\n",
    "main": """
import torch
import losses
import exports
from exports import focal, TABLE, renamed
from losses import Criterion, harmless as quiet


def direct(x, y): return torch.nn.functional.nll_loss(x, y)
def through_module(x, y): return losses.focal(x, y)
def through_exports(x, y): return focal(x, y)
def through_a_table(x, y): return TABLE['focal'](x, y)
def through_a_renamed_module(x, y): return renamed.deep(x, y)
def through_a_class(x, y): return Criterion()(x, y)
def inside_out(x, y):
    from losses import focal as f
    return f(x, y)
def harmless_module(x): return losses.harmless(x)
def harmless_name(x): return quiet(x)
def normalises(x): return x.softmax(1)
def through_its_own_file(x): return normalises(x)
def compares(x): return torch.where(x > 1, x, -x)
def builds_what_is_affine(): return torch.nn.Linear(1, 2)
def picks_the_largest(x): return torch.max(torch.nn.Linear(8, 1)(x), 1)
def builds_what_activates(): return torch.nn.Sequential(torch.nn.ReLU(inplace=True), torch.nn.LeakyReLU(0.1))
def builds_it_with_a_tensor(x): return torch.nn.ReLU(x)


class Mine(Criterion):
    def uses(self, x, y): return self.inner(x, y)
    def calls(self, x, y): return self.step(x, y)
    def scales(self, x): return self.scaled(x)
""",
}

FILES["zoo/__init__"] = "from . import parts\n"
FILES["zoo/registry"] = """
class Registry:
    def __init__(self): self.held = {}
    def register(self, cls): self.held[cls.__name__] = cls


LOSSES = Registry()
_MODELS = {}
OTHERS = {}


def register_model(cls): _MODELS[cls.__name__] = cls
def create_model(name): return _MODELS[name]()
def build_loss(name): return LOSSES.held[name]()
def other(name): return OTHERS[name]()
"""
FILES["zoo/plain"] = """
import logging
import torch
from .registry import LOSSES, build_loss, register_model

logger = logging.getLogger('zoo')


def register_hook(name): logger.warning(name)
def cross_entropy(x, y):
    return x - y
def of_its_own(x, y): return x.step(x, y)
def prose(x): raise ValueError('not for cross_entropy')  # nor nll_loss
def prose_around_code(x, y): return f'the loss {torch.nn.functional.cross_entropy(x, y)}'
def names(x): return x['cross_entropy']
def buffers(x): x.register_buffer('mean', x)
def who_buffers(x): return buffers(x)
def logs(x): logger.info(x)
def looks_up_what_is_written(x): return getattr(torch, 'harmless')
@register_model
def registered(x): return x
@LOSSES.register(name='harmless')
class Registered: pass
@LOSSES.register
def uses_a_registry(x, y): return build_loss('it')(x, y)
def activates(name):
    if name == 'relu':
        return torch.relu
    return torch.nn.SiLU
def makes_a_layer(name):
    return torch.nn.SiLU()
"""
FILES["handed"] = """
from zoo.plain import activates, makes_a_layer


def calls_a_class(x, name): return activates(name)(x)
def calls_a_layer(x, name): return makes_a_layer(name)(x)
"""
FILES["zoo/parts"] = """
from losses import Criterion
from .registry import LOSSES, register_model

LOSSES.register(Criterion)


@register_model
class Made(Criterion): pass
"""
FILES["builds"] = """
import torch
from losses import harmless


class Base(torch.nn.Module):
    def __init__(self, norm_layer):
        super().__init__()
        layer = norm_layer or torch.nn.LayerNorm
        self.norm = layer(8)
        self.build()


class Net(Base):
    def __init__(self, norm_layer=torch.nn.LayerNorm, **options):
        super().__init__(norm_layer)
        self.fc = torch.nn.Linear(8, options.pop('classes', 1))

    def build(self):
        self.more = harmless(1)

    def forward(self, x):
        return self.fc(x).softmax(1)


class Eager(Net):
    def __init__(self):
        super().__init__()
        self.size = self.fc(torch.zeros(8)).shape


class Normalises(Net):
    def build(self):
        self.more = torch.softmax(harmless(1), 0)


net = Net()


def helper(kind, **options): return kind(**options)
def builds(**options): return Net(classes=options.get('classes'))
def builds_by_another(**options): return builds(**options).eval()
def runs(x): return Net()(x)
def runs_its_method(x): return Net().forward(x)
def runs_what_it_holds(x):
    made = builds()
    return made(x)
def runs_an_element(x): return [builds()][0](x)
def runs_what_it_is_given(x): return helper(Net)
def runs_a_variable(x): return net(x)
def runs_while_it_builds(): return Eager()
def normalises_while_it_builds(): return Normalises()
"""
FILES["names"] = """
import torch
import exports
import losses


def by_a_name_that_is_given(x, y, name): return getattr(losses, name)(x, y)
def by_vars(x, y, name): return vars(losses)[name](x, y)
def by_a_name_that_is_written(x): return getattr(losses, 'harmless')(x)
def by_a_name_in_something_else(x, name): return getattr(losses.harmless(x), name) + getattr(x, name)
class Itself:
    def __init__(self): self.inner = losses.harmless
    def by_its_own_name(self, name): return getattr(self, name), losses.harmless(1)
"""
FILES["registers"] = """
import torch
from importlib import import_module
from zoo.registry import build_loss, create_model, other


def by_registry(x, y): return build_loss('Criterion')(x, y)
def by_filling(x, y): return create_model('it')(x, y)
def by_another_dict(x, y): return other('it')(x, y)
def by_name(x, y, name): return import_module(f'exports.{name}').deep(x, y)
def by_getattr(x, y, name): return getattr(import_module('exports.things'), name)(x, y)
def by_no_name(x): return import_module('exports.things').harmless(x)
"""


@pytest.fixture
def sieve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sieve:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        path = Path(f"{name}.py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return Sieve(Project(), catalog())


def test_whatever_a_rule_may_speak_of_when_it_is_built_is_looked_at() -> None:
    constructed = catalog().sinks(frozenset()).constructed
    layers = [row for row in catalog() if isinstance(row, Layer) and row.name.startswith("torch.nn.")]
    spoken = {row.name for row in layers if list(RULE.check(_built(row), Trace()))}
    assert {"torch.nn.ReLU", "torch.nn.Softmax"} < spoken
    assert {name.rpartition(".")[2] for name in spoken} <= constructed | catalog().sinks(frozenset()).losses


def _built(row: Layer) -> Use:
    """A use of a layer that is given a model's output and data where its options belong."""
    given = {"a": Tensor(Kind.LOGITS, 1), "b": Tensor(Kind.CLASS_INDEX, 2)}
    return Use(row, Via.CONSTRUCT, (), given, Origin("", 0))


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("direct", Outlook.LOSS),
        ("through_module", Outlook.LOSS),
        ("through_exports", Outlook.LOSS),
        ("through_a_table", Outlook.LOSS),
        ("through_a_renamed_module", Outlook.LOSS),
        ("through_a_class", Outlook.LOSS),
        ("inside_out", Outlook.LOSS),
        ("harmless_module", Outlook.NOTHING),
        ("harmless_name", Outlook.NOTHING),
        ("normalises", Outlook.ACTIVATION),
        ("through_its_own_file", Outlook.ACTIVATION),
        ("compares", Outlook.NOTHING),
        ("builds_what_is_affine", Outlook.NOTHING),
        ("builds_what_activates", Outlook.NOTHING),
        ("builds_it_with_a_tensor", Outlook.ACTIVATION),
        ("picks_the_largest", Outlook.ACTIVATION),
        ("Mine.uses", Outlook.LOSS),
        ("Mine.calls", Outlook.LOSS),
        ("Mine.scales", Outlook.NOTHING),
        ("unheard_of", Outlook.LOSS),
    ],
)
def test_what_a_function_may_show(sieve: Sieve, name: str, outlook: Outlook) -> None:
    cls, _, method = name.rpartition(".")
    assert sieve.outlook("main.py", cls or method, method if cls else "") is outlook


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("by_registry", Outlook.LOSS),
        ("by_filling", Outlook.LOSS),
        ("by_another_dict", Outlook.NOTHING),
        ("by_name", Outlook.LOSS),
        ("by_getattr", Outlook.LOSS),
        ("by_no_name", Outlook.NOTHING),
    ],
)
def test_what_a_name_made_at_run_time_may_show(sieve: Sieve, name: str, outlook: Outlook) -> None:
    assert sieve.outlook("registers.py", name) is outlook


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("cross_entropy", Outlook.NOTHING),
        ("of_its_own", Outlook.NOTHING),
        ("prose", Outlook.NOTHING),
        ("prose_around_code", Outlook.LOSS),
        ("names", Outlook.LOSS),
        ("buffers", Outlook.NOTHING),
        ("who_buffers", Outlook.NOTHING),
        ("logs", Outlook.NOTHING),
        ("registered", Outlook.NOTHING),
        ("Registered", Outlook.NOTHING),
        ("uses_a_registry", Outlook.LOSS),
    ],
)
def test_who_registers_or_says_something_does_not_look_it_up(sieve: Sieve, name: str, outlook: Outlook) -> None:
    assert sieve.outlook("zoo/plain.py", name) is outlook


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("by_a_name_that_is_given", Outlook.LOSS),
        ("by_vars", Outlook.LOSS),
        ("by_a_name_that_is_written", Outlook.NOTHING),
        ("by_a_name_in_something_else", Outlook.LOSS),
        ("Itself", Outlook.NOTHING),
    ],
)
def test_a_name_made_at_run_time_is_looked_up_where_the_program_says(sieve: Sieve, name: str, outlook: Outlook) -> None:
    assert sieve.outlook("names.py", name) is outlook


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("builds", Outlook.NOTHING),
        ("builds_by_another", Outlook.NOTHING),
        ("runs", Outlook.ACTIVATION),
        ("runs_its_method", Outlook.ACTIVATION),
        ("runs_what_it_holds", Outlook.ACTIVATION),
        ("runs_an_element", Outlook.ACTIVATION),
        ("runs_what_it_is_given", Outlook.ACTIVATION),
        ("runs_a_variable", Outlook.ACTIVATION),
        ("runs_while_it_builds", Outlook.ACTIVATION),
        ("normalises_while_it_builds", Outlook.ACTIVATION),
    ],
)
def test_what_is_only_built_shows_nothing(sieve: Sieve, name: str, outlook: Outlook) -> None:
    assert sieve.outlook("builds.py", name) is outlook


def test_a_class_that_is_handed_out_may_be_called_with_a_tensor_elsewhere(sieve: Sieve) -> None:
    assert sieve.outlook("handed.py", "calls_a_class") is Outlook.LOSS
    assert sieve.outlook("handed.py", "calls_a_layer") is Outlook.NOTHING


def test_of_what_is_registered_in_very_many_modules_nothing_is_looked_up(
    sieve: Sieve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logitlint.project.sieve.MOST_REGISTERING", 0)
    assert sieve.outlook("registers.py", "by_registry") is Outlook.NOTHING
    assert sieve.outlook("registers.py", "by_name") is Outlook.LOSS


def test_ways_that_were_forgotten_are_found_again(sieve: Sieve, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [sieve.outlook("main.py", *place) for place in sieve._project.outline("main.py").definitions()]
    monkeypatch.setattr("logitlint.project.leads.MOST_EDGES", 0)
    other = Sieve(Project(), catalog())
    assert [other.outlook("main.py", *place) for place in other._project.outline("main.py").definitions()] == kept
    assert len(other._reach_of._leads._edges) == 1


def test_registries_that_hold_no_loss_lead_nowhere(sieve: Sieve) -> None:
    Path("zoo/parts.py").write_text("from .registry import LOSSES\nLOSSES.register(len)\n")
    assert sieve.outlook("registers.py", "by_registry") is Outlook.NOTHING


@pytest.mark.parametrize(
    ("registered", "by_registry", "by_filling"),
    [
        ("LOSSES.register(Criterion)", Outlook.LOSS, Outlook.NOTHING),
        ("register_model(Criterion)", Outlook.NOTHING, Outlook.LOSS),
        ("register_elsewhere(Criterion)", Outlook.LOSS, Outlook.LOSS),
        ("torch.register_module('criterion', Criterion)", Outlook.NOTHING, Outlook.NOTHING),
    ],
)
def test_what_is_registered_lies_in_the_registry_that_is_filled(
    sieve: Sieve, registered: str, by_registry: Outlook, by_filling: Outlook
) -> None:
    """And in each of them where it is not seen which."""
    Path("zoo/hidden.py").write_text("def register_elsewhere(cls): cls.keep()\n")
    head = "import torch\nfrom losses import Criterion\nfrom .registry import LOSSES, register_model\n"
    Path("zoo/parts.py").write_text(f"{head}from .hidden import register_elsewhere\n{registered}\n")
    assert sieve.outlook("registers.py", "by_registry") is by_registry
    assert sieve.outlook("registers.py", "by_filling") is by_filling


def test_who_uses_a_registry_imports_the_packages_around_it(sieve: Sieve) -> None:
    assert {"zoo/__init__.py", "exports/inner.py", "exports/things.py"} <= set(sieve.imports("registers.py"))
    assert "zoo/parts.py" in sieve.closure("registers.py")
    assert sieve.registering("registers.py") == ("zoo/parts.py",)
    assert "zoo/__init__.py" not in sieve.imports("main.py")


def test_a_file_that_only_defines_what_is_harmless_shows_nothing(sieve: Sieve) -> None:
    assert sieve.may_show("main.py")
    Path("quiet.py").write_text("import torch\nimport losses\n\n\ndef f(x):\n    return losses.harmless(x)\n")
    assert sieve.passes("quiet.py")
    assert not sieve.may_show("quiet.py")
    Path("loud.py").write_text("import torch\nimport losses\nloss = losses.focal(1, 2)\n")
    assert sieve.may_show("loud.py")


def test_what_decides_at_a_half_is_judged_where_the_file_has_a_loss(tmp_path: Path) -> None:
    """And nowhere else: 0.5 alone says nothing."""
    defined = ("def decide(x): return x > .5", "def rounds(x): return torch.round(x)", "def third(x): return x > 0.33")
    decides = "\n".join(("import torch", *defined, ""))
    (tmp_path / "alone.py").write_text(decides)
    (tmp_path / "beside.py").write_text(decides + "def loss(x, y): return torch.nn.functional.cross_entropy(x, y)\n")
    sieve = Sieve(Project(), catalog())
    seen = {
        name: [sieve.outlook(str(tmp_path / f"{name}.py"), each) for each in ("decide", "rounds", "third")]
        for name in ("alone", "beside")
    }
    assert seen["alone"] == [Outlook.NOTHING] * 3
    assert seen["beside"] == [Outlook.ACTIVATION, Outlook.ACTIVATION, Outlook.NOTHING]


VARIABLES = """
import jax
import jax.random as draws
from jax.random import choice as drawn

def a_variable(them): return [choice for choice in them]
def an_attribute(p): return jax.random.choice(key, 3, p=p)
def of_a_module(p): return draws.choice(3, p=p)
def a_text(p): return getattr(jax.random, 'choice')(3, p=p)
def imported(p): return drawn(3, p=p)
"""


@pytest.mark.parametrize("name", ["an_attribute", "of_a_module", "a_text", "imported"])
def test_what_is_called_as_a_thing_of_a_library_is_may_be_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "draws.py").write_text(VARIABLES)
    assert Sieve(Project(), catalog()).outlook(str(tmp_path / "draws.py"), name) is Outlook.LOSS


def test_a_variable_is_nothing_of_a_library(tmp_path: Path) -> None:
    alone = VARIABLES[: VARIABLES.index("def an_attribute")].replace("from jax.random import choice as drawn", "")
    for rows, outlook in ((alone, Outlook.NOTHING), (f"from jax.random import *\n{alone}", Outlook.LOSS)):
        (tmp_path / "draws.py").write_text(rows)
        assert Sieve(Project(), catalog()).outlook(str(tmp_path / "draws.py"), "a_variable") is outlook


def test_files_that_take_all_names_of_one_another_are_each_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [f"part{n}" for n in range(14)]
    for name in names:
        stars = "".join(f"from {other} import *\n" for other in names if other != name)
        Path(f"{name}.py").write_text(f"import torch\n{stars}\n\ndef of_{name}(x): return x\n")
    Path("part13.py").write_text("import torch.nn.functional as F\n\n\ndef last(x, y): return F.cross_entropy(x, y)\n")
    Path("main.py").write_text(
        "from part0 import *\n\n\ndef reaches(x, y): return last(x, y)\ndef stays(x): return of_part7(x)\n"
    )
    searched: list[str] = []
    project = Project()
    find = project.find

    def counted(name: str, origin: str, level: int = 0) -> str | None:
        searched.append(name)
        assert len(searched) < 2_000, "paths are walked, not files"
        return find(name, origin, level)

    monkeypatch.setattr(project, "find", counted)
    sieve = Sieve(project, catalog())
    assert sieve.outlook("main.py", "reaches") is Outlook.LOSS
    assert sieve.outlook("main.py", "stays") is Outlook.NOTHING


TYPES = """
import torch
from losses import deep
from torch.nn import BCELoss, CrossEntropyLoss


def annotated(x, loss: BCELoss, *more: "BCELoss", y: deep = None) -> CrossEntropyLoss: return x
def ä(x, löss: BCELoss, y=torch.ones(1)): return x
def over_rows(
    x: dict[
        str, BCELoss
    ],
) -> (
    CrossEntropyLoss
):
    return x
def inside(x):
    kept: BCELoss | None = x
    def inner(y: BCELoss): return y
    return inner(kept)
def asks(x): return isinstance(x, BCELoss) or isinstance(x.of(1, 2), (torch.nn.BCELoss, CrossEntropyLoss))
def asks_for_classes(x): return issubclass(x, BCELoss | CrossEntropyLoss) and isinstance(
    x,
    CrossEntropyLoss,
)
def annotated_and_called(x: BCELoss, y): return BCELoss()(x, y)
def given_by_default(x, y, loss: CrossEntropyLoss = BCELoss()): return loss(x, y)
def asks_and_calls(x, y): return isinstance(x, BCELoss) and deep(x, y)
def asks_for_what_is_made(x): return isinstance(x, type(BCELoss()))
def asks_of_what_is_made(x, y): return isinstance(BCELoss()(x, y), CrossEntropyLoss)
def noted(x: Annotated[torch.Tensor, "softmax"]): return x
class Holds:
    criterion: BCELoss
    def holds(self): return self.criterion
class Has:
    criterion: torch.nn.Module = BCELoss()
"""


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("annotated", Outlook.NOTHING),
        ("ä", Outlook.NOTHING),
        ("over_rows", Outlook.NOTHING),
        ("inside", Outlook.NOTHING),
        ("asks", Outlook.NOTHING),
        ("asks_for_classes", Outlook.NOTHING),
        ("annotated_and_called", Outlook.LOSS),
        ("given_by_default", Outlook.LOSS),
        ("asks_and_calls", Outlook.LOSS),
        ("asks_for_what_is_made", Outlook.LOSS),
        ("asks_of_what_is_made", Outlook.LOSS),
        ("noted", Outlook.ACTIVATION),
        ("Holds.holds", Outlook.NOTHING),
        ("Has", Outlook.LOSS),
    ],
)
def test_what_only_names_a_type_leads_nowhere(tmp_path: Path, name: str, outlook: Outlook) -> None:
    (tmp_path / "types_only.py").write_text(TYPES, encoding="utf-8")
    (tmp_path / "losses.py").write_text(
        "import torch.nn.functional as F\n\n\ndef deep(x, y):\n    return F.nll_loss(x, y)\n"
    )
    sieve = Sieve(Project(), catalog())
    cls, _, method = name.rpartition(".")
    assert sieve.outlook(str(tmp_path / "types_only.py"), cls or method, method if cls else "") is outlook


NAMED = "\n".join(f"def f{each}(x): return x" for each in range(40))
SOUGHT = {
    "many": f"from losses import focal as NetLoss, focal as other\n{NAMED}\n",
    "builder": """
import torch
import many
from importlib import import_module


def build(name): return getattr(many, name)
def with_suffix(name): return getattr(many, f"{name}Loss")
def of_torch(name): return getattr(torch, name)
def imports(name): return import_module(name)
""",
    "says": "from builder import build\ndef made(x): return build('other')(x)\n",
    "silent": "from builder import build\ndef made(x, name): return build(name)(x)\n",
}


def test_of_many_names_only_those_that_the_program_says_are_looked_for(sieve: Sieve) -> None:
    for name, text in SOUGHT.items():
        Path(f"{name}.py").write_text(text)
    assert sieve.outlook("says.py", "made") is Outlook.LOSS
    assert sieve.outlook("silent.py", "made") is Outlook.NOTHING
    assert sieve.outlook("builder.py", "with_suffix") is Outlook.LOSS
    assert sieve.outlook("builder.py", "of_torch") is Outlook.NOTHING


LOOKING = """
from builder import build
OTHER = 'other'


def looks(x, name): return plain(x), build(name)(x)
def plain(x): return circle(x)
def circle(x): return plain(x)
"""


def test_what_is_used_by_one_that_looks_for_a_name_does_not_look_for_it(sieve: Sieve) -> None:
    for name, text in (SOUGHT | {"looking": LOOKING}).items():
        Path(f"{name}.py").write_text(text)
    assert sieve.outlook("looking.py", "looks") is Outlook.LOSS
    assert sieve.outlook("looking.py", "plain") is Outlook.NOTHING
    assert sieve.outlook("looking.py", "circle") is Outlook.NOTHING


ASKED = """
from losses import focal, harmless
LOSSES = {'focal': focal}


def is_in(name): return name in LOSSES
def is_asked(name):
    if name in LOSSES:
        return 1
def is_not_in(name): return 1 if name not in LOSSES else 2
def lists_them(): raise ValueError(f"one of {', '.join(LOSSES)}")
def runs_each(x, y): return [LOSSES[each](x, y) for each in LOSSES]
def looks_up(x, y, name): return LOSSES[name](x, y) if name else 0
"""


@pytest.mark.parametrize(
    ("name", "outlook"),
    [
        ("is_in", Outlook.NOTHING),
        ("is_asked", Outlook.NOTHING),
        ("is_not_in", Outlook.NOTHING),
        ("lists_them", Outlook.NOTHING),
        ("runs_each", Outlook.LOSS),
        ("looks_up", Outlook.LOSS),
    ],
)
def test_what_is_only_asked_for_its_names_leads_nowhere(sieve: Sieve, name: str, outlook: Outlook) -> None:
    Path("asked.py").write_text(ASKED)
    assert sieve.outlook("asked.py", name) is outlook


STORED = """
import torch
from losses import Criterion, harmless


class Net:
    def __init__(self, config, loss, other):
        other = Criterion()
        self.config = config
        self.loss = loss or Criterion()
        self.renamed = other
        with Criterion() as entered:
            self.entered = entered
        if (walrus := Criterion()):
            self.walrus = walrus
        def inner(x): return Criterion()(x)
        self.inner = inner

    def uses_config(self, x): return self.config(x)
    def uses_loss(self, x): return self.loss(x)
    def uses_renamed(self, x): return self.renamed(x)
    def uses_entered(self, x): return self.entered(x)
    def uses_walrus(self, x): return self.walrus(x)
    def uses_inner(self, x): return self.inner(x)
"""


@pytest.mark.parametrize("name", ["loss", "renamed", "entered", "walrus", "inner"])
def test_an_attribute_may_hold_what_its_name_was_given_in_the_constructor(sieve: Sieve, name: str) -> None:
    Path("stored.py").write_text(STORED)
    assert sieve.outlook("stored.py", "Net", f"uses_{name}") is Outlook.LOSS


def test_an_attribute_that_holds_a_parameter_holds_nothing_else_of_the_constructor(sieve: Sieve) -> None:
    Path("stored.py").write_text(STORED)
    assert sieve.outlook("stored.py", "Net", "uses_config") is Outlook.NOTHING


def test_dinos_registers_register_nothing(sieve: Sieve) -> None:
    Path("dino.py").write_text(
        "NAMES = {'dino_with_registers': 'DinoWithRegisters'}\ndef get(name): return NAMES[name]\n"
    )
    Path("user.py").write_text("import zoo\nfrom dino import get\ndef made(x): return get('it')(x)\n")
    assert sieve._reach_of._leads.kept("dino.py") == frozenset()
    assert sieve.outlook("user.py", "made") is Outlook.NOTHING


def test_what_is_put_into_the_standard_library_is_not_in_the_module_that_puts_it(sieve: Sieve) -> None:
    Path("lazy.py").write_text("import sys\nfrom losses import focal\nsys.modules['it'] = focal\n")
    Path("user.py").write_text("import lazy\nimport sys\ndef made(x): return lazy.sys, sys\n")
    assert sieve.outlook("user.py", "made") is Outlook.NOTHING


BASES = """
import torch
from losses import Criterion, harmless


class Trainer:
    criterion: object

    def step(self, x, y): return torch.nn.functional.cross_entropy(self.net(x), y)
    def steps(self, batches): return [self.step(x, y) for x, y in batches]
    def says_its_class(self): return Trainer is not self
    def uses_another(self, x, y): return Criterion()(x, y)
    def names_a_method(self, x, y): return Criterion().step(x, y)
    def names_a_harmless_method(self, x): return Trainer().describe(x)
    def makes_one_that_trains_itself(self, x): return Run(x)
    def describe(self, x): return harmless(x)


class Run:
    def __init__(self, x): torch.nn.functional.cross_entropy(x, x)
"""


@pytest.mark.parametrize(
    ("method", "trains"),
    [
        ("step", True),
        ("steps", True),
        ("says_its_class", False),
        ("uses_another", True),
        ("names_a_method", True),
        ("names_a_harmless_method", False),
        ("makes_one_that_trains_itself", True),
    ],
)
def test_an_inherited_method_trains_by_what_it_names_of_a_class(sieve: Sieve, method: str, trains: bool) -> None:
    Path("bases.py").write_text(BASES)
    assert sieve.may_train("bases.py", "Trainer", method) is trains


NARROW = """
from bases import Derived, Run, Trainer, make_trainer


class Holder:
    def __init__(self): self.trainer = Derived()
    def run(self): return self.trainer.fit(1, 2)
    def tell(self): return self.trainer.describe(1)


def build(): return make_trainer()
def build_again(): return build()
KEPT = Derived()


def fits(): return Derived().fit(1, 2)
def fits_what_is_kept(): return KEPT.fit(1, 2)
def fits_what_another_made(): return make_trainer().fit(1, 2)
def fits_what_another_handed_on(): return build().fit(1, 2)
def fits_what_was_handed_on_twice(): return build_again().fit(1, 2)
def starts(): return Run(1)
def describes(): return Derived().describe(1)
"""


@pytest.mark.parametrize(
    ("name", "method", "outlook"),
    [
        ("Holder", "run", Outlook.LOSS),
        ("Holder", "tell", Outlook.NOTHING),
        ("fits", "", Outlook.LOSS),
        ("fits_what_is_kept", "", Outlook.LOSS),
        ("fits_what_another_made", "", Outlook.LOSS),
        ("fits_what_another_handed_on", "", Outlook.LOSS),
        ("fits_what_was_handed_on_twice", "", Outlook.NOTHING),
        ("starts", "", Outlook.LOSS),
        ("describes", "", Outlook.NOTHING),
        ("KEPT", "", Outlook.LOSS),  # run with the file, whatever of it is used
    ],
)
def test_of_a_class_counts_what_runs_and_what_is_named_with_it(
    sieve: Sieve, name: str, method: str, outlook: Outlook
) -> None:
    Path("bases.py").write_text("""
import torch


class Trainer:
    def fit(self, x, y): return torch.nn.functional.cross_entropy(x, y)


class Derived(Trainer):
    def describe(self, x): return x


class Run:
    def __init__(self, x): torch.nn.functional.cross_entropy(x, x)


def make_trainer(): return Derived()
""")
    Path("narrow.py").write_text(NARROW)
    assert sieve.outlook("narrow.py", name, method) is outlook


@pytest.mark.parametrize(("modules", "outlook"), [(MOST_BY_NAME, Outlook.LOSS), (MOST_BY_NAME + 1, Outlook.NOTHING)])
def test_what_a_third_file_imports_by_name_is_looked_into_while_it_is_little(
    sieve: Sieve, modules: int, outlook: Outlook
) -> None:
    Path("parts").mkdir()
    for number in range(modules):
        Path(f"parts/part{number}.py").write_text("from losses import focal\n")
    load = "import importlib\ndef load(name): return importlib.import_module(f'parts.{name}').focal\n"
    Path("loads.py").write_text(load)
    Path("third.py").write_text("from loads import load\ndef loaded(x, y): return load('part0')(x, y)\n")
    assert sieve.outlook("third.py", "loaded") is outlook
    assert sieve.outlook("loads.py", "load") is Outlook.LOSS


DECORATORS = """
import functools
import inspect
from losses import focal

SEEN = {}


def documented(thing=None, *, intro=""):
    def decorate(thing):
        thing.__doc__ = intro + _described(thing)
        return _noted(thing)

    if thing:
        return decorate(thing)
    return decorate


def _noted(thing):
    SEEN[thing.__name__] = thing
    return thing


def _described(thing):
    return str(inspect.signature(thing)) + focal.__name__


def trained(thing):
    @functools.wraps(thing)
    def step(x, y):
        return focal(thing(x), y)

    return step


def patched(thing):
    _patch(thing)
    return thing


def _patch(thing):
    thing.step = focal


def exchanged(thing):
    return focal if thing is None else thing
"""


@pytest.mark.parametrize(
    ("decorator", "outlook"),
    [
        ("documented", Outlook.NOTHING),
        ("documented(intro='x')", Outlook.NOTHING),
        ("documented(intro=focal)", Outlook.LOSS),
        ("trained", Outlook.LOSS),
        ("patched", Outlook.LOSS),
        ("exchanged", Outlook.LOSS),
        ("unknown(focal)", Outlook.LOSS),
    ],
)
@pytest.mark.parametrize(
    "definition", ["def decorated(x):\n    return x", "class decorated:\n    def step(self, x): return x"]
)
def test_a_decorator_that_hands_back_what_it_is_given_is_no_way_to_a_loss(
    sieve: Sieve, decorator: str, outlook: Outlook, definition: str
) -> None:
    Path("deco.py").write_text(DECORATORS)
    head = "from deco import documented, trained, patched, exchanged\nfrom losses import focal\n"
    Path("uses.py").write_text(f"{head}@{decorator}\n{definition}\n")
    assert sieve.outlook("uses.py", "decorated") is outlook


GIVEN = """
import torch
from losses import focal


class Base(torch.nn.Module):
    def prepare(self, config): return config

    def generate(self, config, x):
        config = self.prepare(config)
        config.use_cache = True
        inner = torch.nn.Linear(2, 2)
        for make in (focal,):
            inner.loss = make
        sizes = [2]
        self.sizes = sizes
        return focal(inner(x), x)


class UsesCache(Base):
    def forward(self, x): return self.use_cache


class UsesSizes(Base):
    def forward(self, x): return self.sizes


class UsesLoss(Base):
    def forward(self, x): return self.inner.loss(x, x)
"""


@pytest.mark.parametrize(
    ("name", "outlook"),
    [("UsesCache", Outlook.NOTHING), ("UsesSizes", Outlook.NOTHING), ("UsesLoss", Outlook.LOSS)],
)
def test_an_attribute_leads_to_what_made_its_value_not_to_all_of_the_method(
    sieve: Sieve, name: str, outlook: Outlook
) -> None:
    Path("given.py").write_text(GIVEN)
    assert sieve.outlook("given.py", name, "forward") is outlook


@pytest.mark.parametrize(
    ("body", "shows"),
    [
        ("def describe(self, x): return x", False),
        ("loss = torch.nn.CrossEntropyLoss()", True),
        ("def inner(self, x): return focal(x, x)", True),
    ],
)
def test_a_class_is_run_for_its_methods_and_its_body_not_for_all_that_its_bases_say(
    sieve: Sieve, body: str, shows: bool
) -> None:
    Path("base.py").write_text("""
from losses import focal
class Trainer:
    def fit(self, x): return focal(x, x)
def carry_out(trainer, x): return trainer.fit(x)
class Base:
    def __repr__(self): return carry_out(Trainer(), self)
""")
    Path("kind.py").write_text(
        f"import torch\nfrom losses import focal\nfrom base import Base\nclass Kind(Base):\n    {body}\n"
    )
    assert sieve.may_show("kind.py") is shows
