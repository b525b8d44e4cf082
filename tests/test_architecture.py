import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "logitlint"
MODULES = sorted(PACKAGE.rglob("*.py"))
DRAWERS = {"utils", "util", "common", "helpers", "helper", "base", "core", "misc"}


def test_each_layer_imports_only_from_below() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_holds_one_thing(module: Path) -> None:
    assert module.stem not in DRAWERS
    assert module.parent.name not in DRAWERS
    if module.parent.name != "frameworks":  # tables are as long as the library is wide
        assert len(module.read_text().splitlines()) <= 400, "a module over 300 lines is a smell; over 400 it is a fault"


def test_no_import_of_the_code_that_is_checked(tmp_path: Path) -> None:
    (tmp_path / "trap.py").write_text("import pathlib\npathlib.Path('sprung').write_text('')\n")
    (tmp_path / "a.py").write_text(
        "import torch.nn.functional as F\nfrom trap import x\n\n\ndef f(y):\n    return F.cross_entropy(x, y)\n"
    )
    run = subprocess.run([sys.executable, "-m", "logitlint", "."], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert not (tmp_path / "sprung").exists()
