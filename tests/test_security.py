"""A tree that is checked may be hostile: nothing of it is run, nothing outside of it is read or written, nothing it
says reaches a terminal, a browser or a runner as a command.
"""

from __future__ import annotations

import html.parser
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from commands import commit

from logitlint.settings.configuration import FORMATS

BAD = """\
import torch.nn as nn
import torch.nn.functional as F
from helper import probs
from package import *
import setup, conftest, sitecustomize, torch_model

open("sprung", "w")
__import__("os").system("touch sprung")


class Meta(type):
    def __new__(cls, *given):
        open("sprung", "w")
        return super().__new__(cls, *given)


class Net(nn.Module, metaclass=Meta):
    __class_getitem__ = open("sprung", "w")

    def forward(self, x):
        return probs(x)


@(lambda function: open("sprung", "w"))
def step(x, y, z=open("sprung", "w")) -> open("sprung", "w"):
    return F.cross_entropy(Net()(x), y)
"""
HELPER = """\
import torch.nn.functional as F
open("sprung", "w")
exec('open("sprung", "w")')
eval('open("sprung", "w")')


def probs(x):
    return F.softmax(x, dim=1)
"""
TRAP = "open('sprung', 'w')\nraise SystemExit('sprung')\n"
CONFIGURATION = """\
[tool.logitlint]
exclude = ["$(touch sprung)", "`touch sprung`", "__import__('os')"]
keras-backend = "jax"

[tool.logitlint.functions."os.system"]
signature = "command"
gives = "logits"

[tool.pytest.ini_options]
addopts = "-p trap"

[build-system]
build-backend = "trap"
requires = []
"""
MODULES = ("setup", "conftest", "sitecustomize", "usercustomize", "torch_model", "torch", "numpy", "msgspec", "trap")
"""Modules of the tree; some have names of modules that are looked for elsewhere."""

HOOK = """
def watch(event, arguments):
    words = [repr(each) for each in arguments]
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else mode != "r"
        if isinstance(path, (str, bytes)) and writes:
            seen.append(["write", os.path.realpath(os.fsdecode(path))])
        elif isinstance(path, (str, bytes)) and not WHOLE:
            seen.append(["read", os.path.realpath(os.fsdecode(path))])
    elif event == "import":
        # the place, where it is known already: names alone say nothing
        seen.append(["import", str(arguments[0]), str(arguments[1])])
    elif event == "exec":
        name = arguments[0].co_filename
        seen.append(["exec", name if name.startswith("<") else os.path.realpath(name)])
    elif event.startswith(("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "socket.",
                           "pty.", "ctypes.", "webbrowser.", "urllib.", "pickle.")):
        seen.append([event, *words])
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown",
                   "os.truncate", "shutil.rmtree", "shutil.move"):
        seen.append(["write", os.path.realpath(os.fsdecode(arguments[0]))])
sys.addaudithook(watch)
"""
WATCH = f"""
import json, os, sys
folder = os.path.realpath(os.getcwd())
seen = []
{HOOK}
sys.path[:] = [each for each in sys.path if each not in ("", folder)]
from logitlint.cli import main
sys.argv = ["logitlint", *GIVEN]
try:
    main()
finally:
    with os.fdopen(os.dup(2), "w") as out:
        json.dump(seen, out)
"""


IN_OTHERS = f"""
import json, os, sys
if any("multiprocessing" in word for word in sys.orig_argv):
    log = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    class seen:
        @staticmethod
        def append(each):
            os.write(log, json.dumps(each).encode() + b"\\n")
{textwrap.indent(HOOK.replace("WHOLE", "False"), "    ")}
"""
"""What the processes that a run starts do, line by line: they end without a word."""


def watched(folder: Path, *arguments: str) -> tuple[int, list[list[str]]]:
    """Run the command line under an audit hook, and what it starts under another: its exit code, and what they did."""
    code = WATCH.replace("GIVEN", repr(list(arguments))).replace("WHOLE", "False")
    command = [sys.executable, "-c", code]
    hooks = folder.parent / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(IN_OTHERS)
    others = hooks / "seen"
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(hooks), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "WATCHED": str(others),
    }
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    seen = json.loads(done.stderr[done.stderr.index("[[") :])
    told = others.read_text().splitlines() if others.exists() else []
    assert bool(told) is ("-j" in arguments)
    return done.returncode, [*seen, *map(json.loads, told)]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree that would like to be run."""
    folder = tmp_path / "tree"
    (folder / "package").mkdir(parents=True)
    (folder / "a.py").write_text(BAD)
    (folder / "helper.py").write_text(HELPER)
    (folder / "package" / "__init__.py").write_text(TRAP)
    (folder / "package" / "__main__.py").write_text(TRAP)
    for name in MODULES:
        (folder / f"{name}.py").write_text(TRAP)
    (folder / "logitlint").mkdir()
    (folder / "logitlint" / "__init__.py").write_text(TRAP)
    (folder / "trap.pth").write_text("import trap\n")
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    (folder / "setup.cfg").write_text("[flake8]\nenable-extensions = trap\n")
    source = ["!touch sprung\n", "%run trap.py\n", "%load_ext trap\n", *BAD.splitlines(keepends=True)]
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "."),
        ("check", "--no-cache", "--show-unresolved", "--output-format", "json", "."),
        ("check", "--fix", "--unsafe-fixes", "--diff", "."),
        ("why", f"a.py:{len(BAD.splitlines())}"),
        ("check", "-j", "2", "--no-cache", "."),
        ("check", "--diff-base", "HEAD", "."),
    ],
    ids=" ".join,
)
def test_nothing_of_the_tree_is_run(tree: Path, arguments: tuple[str, ...]) -> None:
    if "--diff-base" in arguments:
        commit(tree)
        (tree / "a.py").write_text(f"{BAD}\n{BAD}")
    code, seen = watched(tree, *arguments)
    assert code in (0, 1)
    home = str(tree.resolve())
    assert not [each for each in seen if each[0] == "exec" and each[1].startswith(home)]
    assert not [each for each in seen if each[0] == "import" and each[2].startswith(home)]
    others = [each for each in seen if each[0] not in ("read", "write", "import", "exec")]
    assert [each for each in others if not _is_ours(each)] == []
    cache = f"{home}/.logitlint_cache"
    own = f"{Path(os.environ['XDG_CACHE_HOME']).resolve()}/logitlint"  # where the key of the cache lies
    devices = ("/dev/", "/proc/")
    assert not [each for each in seen if each[0] == "write" and not each[1].startswith((cache, own, *devices))]
    assert not (tree / "sprung").exists()
    imported = {each[1] for each in seen if each[0] == "import"}
    assert imported.isdisjoint({"trap", "helper", "package", "conftest", "sitecustomize", "torch"})


def _is_ours(event: list[str]) -> bool:
    """Whether something is done that is ours to do: processes are given work, and git is asked."""
    name, *words = event
    if name == "pickle.find_class":
        module = words[0].strip("'").partition(".")[0]
        return module in ("logitlint", "msgspec", *sys.stdlib_module_names)
    return name == "subprocess.Popen" and words[0] == "'git'"


def test_the_findings_in_such_a_tree_are_found(tree: Path) -> None:
    script = str(Path(sys.executable).with_name("logitlint"))
    command = [sys.executable, "-P", "-m", "logitlint"] if sys.version_info >= (3, 11) else [script]
    done = subprocess.run(
        [*command, "--output-format", "concise", "a.py"], cwd=tree, capture_output=True, text=True, check=False
    )
    assert [line.split()[1] for line in done.stdout.splitlines() if " LGT" in line] == ["LGT101"]


def test_the_hook_would_see_it(tree: Path) -> None:
    code = WATCH.replace("GIVEN", "[]").replace("WHOLE", "False")
    code = code.replace("main()", "sys.path.append(folder); import socket, subprocess, helper; socket.socket()", 1)
    code = code.replace("from logitlint.cli import main", "main = None")
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=False)
    seen, _ = json.JSONDecoder().raw_decode(done.stderr, done.stderr.index("[["))  # what was run speaks at its end
    kinds = {each[0] for each in seen}
    assert {"exec", "import", "read"} <= kinds
    assert [each for each in seen if each[0] == "exec" and each[1].startswith(str(tree.resolve()))]


# -- configuration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../known.json", "{outside}/known.json", "link.json", "inside/../../known.json"])
def test_a_configuration_leads_to_no_file_outside(tmp_path: Path, name: str) -> None:
    tree, outside = tmp_path / "tree", tmp_path
    tree.mkdir()
    (outside / "known.json").write_text('{"version": 1, "findings": []}')
    (tree / "link.json").symlink_to(outside / "known.json")
    (tree / "a.py").write_text("x = 1\n")
    named = name.replace("{outside}", outside.as_posix())
    (tree / "pyproject.toml").write_text(f'[tool.logitlint]\nbaseline = "{named}"\n')
    command = [sys.executable, "-m", "logitlint", "."]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "`baseline` must name a file inside the folder of the pyproject.toml" in done.stderr


@pytest.mark.parametrize("text", ["[tool.logitlint]\nsecret = 1\n", "[tool.logitlint\nsecret", "secret", None])
@pytest.mark.parametrize("start", [".", "inner"])
def test_a_configuration_that_is_a_link_out_is_not_read(tmp_path: Path, text: str | None, start: str) -> None:
    tree = tmp_path / "tree"
    (tree / "inner").mkdir(parents=True)
    (tree / "a.py").write_text("x = 1\n")
    outside = tmp_path / "secret.toml"
    if text is not None:
        outside.write_text(text)
    (tree / "link.toml").symlink_to(outside)
    (tree / "pyproject.toml").symlink_to("link.toml")
    command = [sys.executable, "-m", "logitlint", "check", start]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    words = "is a link to a file outside of its repository, or of its folder"
    assert (done.returncode, done.stderr) == (2, f"Error: {tree / 'pyproject.toml'}: {words}\n")
    assert str(outside.resolve()) not in read_by(tree, "check", start)
    assert str(tree.resolve() / "a.py") in read_by(tree, "check", "--isolated", ".")


def read_by(folder: Path, *arguments: str) -> set[str]:
    """What files a run reads."""
    code = WATCH.replace("GIVEN", repr(list(arguments))).replace("WHOLE", "False")
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    return {each[1] for each in json.loads(done.stderr[done.stderr.index("[[") :]) if each[0] == "read"}


def test_a_configuration_may_be_a_link_inside_of_the_repository(tmp_path: Path) -> None:
    package = tmp_path / "packages" / "one"
    package.mkdir(parents=True)
    (tmp_path / "shared.toml").write_text("[tool.logitlint]\nselct = []\n")
    (package / "pyproject.toml").symlink_to("../../shared.toml")
    command = [sys.executable, "-m", "logitlint", "check", "."]
    for is_repository, words in ((False, "is a link to a file outside"), (True, "unknown key `selct`")):
        if is_repository:
            (tmp_path / ".git").mkdir()
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert words in done.stderr
    (package / "pyproject.toml").unlink()
    (package / "own.toml").write_text("[tool.logitlint]\nselct = []\n")
    (package / "pyproject.toml").symlink_to("own.toml")
    (tmp_path / ".git").rmdir()
    (tmp_path / "way").symlink_to(package)  # the folder may be a link: whoever names it means what is there
    done = subprocess.run([*command[:-1], "way"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "unknown key `selct`" in done.stderr


def test_a_configuration_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "pyproject.toml").symlink_to("/dev/zero")
    command = [sys.executable, "-m", "logitlint", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"{tmp_path / 'pyproject.toml'}: is a link to a file outside" in done.stderr


# -- what is said -----------------------------------------------------------------------------------------------------

FOLDER = "\x1b]0;t\x07"
NAME = "\x1b[2J<img src=x onerror=alert(1)>`|\n::error::x"
SAID = """\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)  # \x1b[2J \x9b2J \u202e <script>alert(1)</script> ::error::x
"""


def test_what_is_told_on_stderr_is_escaped_too(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name, text in {
        f"{NAME}.py".replace("/", ""): SAID,
        "\x1b[2J_note.py": f"{SAID}x = 1  # logitlint: \x1b[2Jlogitz\n",
        "\x1b[2J_broken.py": "x = (\x1b[2J\n",
    }.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "logitlint"]
    for arguments in (
        ["check", "."],
        ["check", "--show-unresolved", "--output-format", "concise", "."],
        ["check", "--statistics", "."],
        ["check", "--add-noqa", "."],
        ["check", "--write-baseline", "\x1b[2Jknown.json", "."],
        ["check", "--baseline", "\x1b[2Jnone.json", "."],
        ["check", "--output-file", "\x1b[2J/none.txt", "."],
        ["check", "\x1b[2Jnone.py"],
        ["check", "--select", "\x1b[2J", "."],
        ["check", "--output-format", "\x1b[2J", "."],
        ["check", "--diff-base", "\x1b[2J", "."],
        ["check", "--\x1b[2J", "."],
        ["rule", "\x1b[2J"],
        ["why", "\x1b[2J.py:1"],
        ["why", "\x1b[2J_note.py:6"],
        ["why", f"{NAME}.py:6".replace("/", "")],
        ["verify", "."],
        *(["check", "--output-format", each, "."] for each in FORMATS),
        ["check", "--fix", "."],
    ):
        done = subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said), (arguments, said)
        assert "Traceback" not in said
        assert "is no place" not in said or ".py:1" in said
        # GitHub's own format says commands; nothing else begins a line so
        commands = [line for line in said.splitlines() if line.lstrip().startswith("::")]
        assert not [line for line in commands if not line.startswith(("::error title=logitlint", "::warning title=lo"))]
        assert not commands or "github" in arguments


def test_flake8_is_handed_no_escape(tmp_path: Path) -> None:
    folder = tmp_path / "\x1b[2Jd"
    folder.mkdir()
    (folder / "mm.py").write_text("import torch\n\n\ndef probs(x):\n    return torch.softmax(x, dim=1)\n")
    (tmp_path / "a.py").write_text(
        "import sys\n\nimport torch.nn.functional as F\n\n"
        "sys.path.append('\\x1b[2Jd')\nfrom mm import probs  # noqa: E402\n\n\n"
        "def step(x, y):\n    return F.cross_entropy(probs(x), y)\n"
    )
    command = [sys.executable, "-m", "flake8", "--isolated", "-j1", "--max-line-length", "999", "a.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    (line,) = done.stdout.splitlines()
    assert line.endswith(r"made softmax probabilities at \x1b[2Jd/mm.py:5"), line
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint]\n"\\u001b[2J" = 1\n')
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert r"\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no terminal to pretend to be")
@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(("arguments", "code"), [(["--diff", "a.py"], 1), (["--fix", "-"], 0)], ids=["patch", "text"])
def test_no_escape_is_shown_to_who_reads_and_a_program_gets_the_bytes(
    tmp_path: Path, arguments: list[str], code: int, terminal: bool
) -> None:
    (tmp_path / "a.py").write_text(SAID)
    ours, theirs = os.openpty() if terminal else os.pipe()
    command = [sys.executable, "-m", "logitlint", "check", *arguments]
    environment = {**os.environ, "NO_COLOR": "1"}
    with (
        (tmp_path / "a.py").open("rb") as given,
        subprocess.Popen(
            command, cwd=tmp_path, stdin=given, stdout=theirs, stderr=subprocess.DEVNULL, env=environment
        ) as process,
    ):
        os.close(theirs)
        said = b""
        while chunk := _read(ours):
            said += chunk
    os.close(ours)
    assert process.returncode == code
    text = said.decode()
    assert "cross_entropy(" in text
    assert bool(re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text)) is not terminal


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what Linux says of a terminal nobody holds any more
        return b""


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_page_of_proofs_has_no_tag_but_its_own() -> None:
    from logitlint.findings import Finding, Fix, Span, Verified
    from logitlint.fixes.safety import Applicability, Effect
    from logitlint.runtime import page
    from logitlint.runtime.verify import Proof

    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;"
    fix = Fix(Applicability.SAFE, Effect.CHANGES_LOSS, hostile, ())
    finding = Finding("LGT101", "name", hostile, Span(hostile, None, 1, 1, 1, 2), fix=fix)
    text = page.render([Proof(finding, Verified("inconclusive", hostile), (), (hostile,))])
    tags = _Tags()
    tags.feed(text)
    assert not tags.tags & {"script", "img"}
    assert not [name for name in tags.attributes if name.startswith("on")]
    assert text.count("&lt;script&gt;") >= 4
    span = Span("\x1b[2J\u202e\n::error::x.py", None, 1, 1, 1, 2)
    moved = Finding("LGT101", "name", "about \x1b[2J\u202e", span, fix=fix)
    text = page.render([Proof(moved, Verified("inconclusive", "\x9b2J"), (), ("\x1b",))])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


@pytest.mark.parametrize("name", ["pickle", "socket", "multiprocessing"])
def test_processes_run_nothing_of_the_working_directory(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text(TRAP)
    for number in range(3):
        (tmp_path / f"a{number}.py").write_text("import torch.nn.functional as F\n")
    program = "import sys; sys.path[:1] = []; from logitlint.cli import main; main()"
    command = [sys.executable, "-c", program, "check", "-j", "2", "--no-cache", "."]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert not (tmp_path / "sprung").exists()
