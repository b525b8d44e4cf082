import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOUR = Path("fixtures") / "tour"
EXPECTED = re.compile(r"# expect: (LGT\d+)")


def check(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "logitlint", "check", *options, str(TOUR)], cwd=ROOT, capture_output=True, text=True
    )


def expected() -> set[tuple[str, int, str]]:
    return {
        (str(file.relative_to(ROOT)), row, code)
        for file in (ROOT / TOUR).glob("*.py")
        for row, line in enumerate(file.read_text().splitlines(), start=1)
        for code in EXPECTED.findall(line)
    }


def test_the_tour_finds_what_its_comments_promise() -> None:
    run = check("--output-format", "json")
    found = {(each["filename"], each["location"]["row"], each["code"]) for each in json.loads(run.stdout)}
    assert found == expected()
    assert run.returncode == 1
    assert len({code for _, _, code in found}) >= 12


def test_the_tour_follows_a_value_through_a_view_a_helper_and_a_file() -> None:
    records = json.loads(check("--output-format", "json", "--select", "LGT101").stdout)
    [record] = records
    way = [(Path(step["filename"]).name, step["message"]) for step in record["trace"]]
    assert way[0] == ("model.py", "softmax makes softmax probabilities")
    assert ("train.py", "view keeps it") in way
    assert way[-1] == ("train.py", "CrossEntropyLoss takes it for raw logits; it applies softmax itself")


def test_every_loss_of_the_tour_is_resolved() -> None:
    lines = check().stdout.splitlines()
    seen, resolved = re.fullmatch(r"(\d+) losses seen, (\d+) resolved", lines[-1]).groups()  # type: ignore[union-attr]
    assert seen == resolved
    assert int(seen) >= 8


def test_the_readme_shows_what_is_really_printed() -> None:
    shown = re.search(r"<!-- example -->\n```\n(.*?)\n```\n<!-- /example -->", (ROOT / "README.md").read_text(), re.S)
    assert shown is not None
    printed = check().stdout
    for part in shown[1].split("\n...\n"):
        assert part.strip("\n") in printed
