"""How many of the labelled places in public code are found, and how many look-alikes that are right are reported.

``places.jsonl`` holds a line for each place: the repository, the commit, the file (and the cell of a notebook, counted
from 0), the row of the loss, and where the value at fault is made. It holds nothing of the code itself, which is taken
from ``--mirror FOLDER`` (``OWNER+NAME`` or ``OWNER/NAME`` below it, a checkout or a bare repository) or fetched from
GitHub. Of a repository only the programs and notebooks are read; nothing of it is run.

A mistake is found when a finding of a rule that its kind names, or a step of its trace, lies within three rows of the
loss or of where the value is made. A look-alike is reported when a finding stands at its row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

HERE = Path(__file__).parent
NEAR = 3
SECONDS = 900
SUFFIXES = (".py", ".ipynb")
QUIET = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}

Json = Mapping[str, Any]


class Spot(NamedTuple):
    """Where something stands: a file, a cell from 0, a row. Without a cell it is meant of any."""

    path: str
    cell: int | None
    row: int

    def near(self, other: Spot, rows: int) -> bool:
        return self.path == other.path and self.cell in (None, other.cell) and abs(self.row - other.row) <= rows


class Place(NamedTuple):
    """A labelled place."""

    repository: str
    commit: str
    kind: str
    is_mistake: bool
    loss: Spot
    maker: Spot | None
    crosses: bool

    @classmethod
    def of(cls, line: Json) -> Place:
        maker = None
        if "producer_line" in line:
            path = line.get("producer_path", line["path"])
            maker = Spot(path, line.get("producer_cell"), line["producer_line"])
        loss = Spot(line["path"], line.get("cell"), line["line"])
        is_mistake = line["label"] == "positive"
        return cls(line["repo"], line["commit"], line["kind"], is_mistake, loss, maker, line.get("cross_file", False))


class Found(NamedTuple):
    """A finding: its code, and where it and the steps of its trace stand."""

    code: str
    spots: Sequence[Spot]

    @classmethod
    def of(cls, finding: Json) -> Found:
        steps = [finding, *finding["trace"]]
        return cls(finding["code"], [_spot(step) for step in steps])


class Verdict(NamedTuple):
    """What became of a place; the code that was reported there, an accepted one where there is one."""

    place: Place
    code: str | None
    is_right: bool


def _spot(step: Json) -> Spot:
    cell = step["cell"]
    path = PurePosixPath(step["filename"]).as_posix()
    return Spot(path, None if cell is None else cell - 1, step["location"]["row"])


def judged(place: Place, found: Iterable[Found], accepted: Sequence[str]) -> Verdict:
    """What became of a place."""
    if not place.is_mistake:
        code = next((each.code for each in found if place.loss.near(each.spots[0], 0)), None)
        return Verdict(place, code, code is None)
    wanted = [spot for spot in (place.loss, place.maker) if spot is not None]
    codes = [each.code for each in found if any(one.near(other, NEAR) for one in wanted for other in each.spots)]
    exact = next((code for code in codes if code in accepted), None)
    return Verdict(place, exact or next(iter(codes), None), exact is not None)


# -- the code ----------------------------------------------------------------------------------------------------------


def _git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, env=QUIET, check=True, capture_output=True).stdout


def mirrored(mirror: Path, repository: str) -> Path | None:
    """Where a mirror holds a repository."""
    for name in (repository.replace("/", "+"), repository):
        for folder in (mirror / name / "repo", mirror / name, mirror / f"{name}.git"):
            if (folder / "HEAD").exists() or (folder / ".git").exists():
                return folder
    return None


def fetched(work: Path, repository: str, commit: str) -> Path:
    """One commit of a repository on GitHub."""
    folder = work / "fetched"
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--bare")
    _git(folder, "fetch", "--quiet", "--depth=1", f"https://github.com/{repository}", commit)
    return folder


def written(git: Path, commit: str, tree: Path) -> None:
    """Write the programs and notebooks of a commit; what the repository lacks is left out."""
    listed: dict[str, str] = {}
    for entry in _git(git, "ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = entry.partition("\t")
        if path.endswith(SUFFIXES) and ".." not in PurePosixPath(path).parts and head.split()[1] == "blob":
            listed[path] = head.split()[2]
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=git, env=QUIET, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as batch:
        assert batch.stdin is not None
        assert batch.stdout is not None
        for path, blob in listed.items():
            batch.stdin.write(f"{blob}\n".encode())
            batch.stdin.flush()
            head_of = batch.stdout.readline().split()
            if len(head_of) == 3:
                place = tree / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(batch.stdout.read(int(head_of[2])))
                batch.stdout.read(1)
        batch.stdin.close()


def checked(tree: Path) -> list[Found]:
    """What is reported in a tree. Raises CalledProcessError where the run fails."""
    command = [sys.executable, "-m", "logitlint", "check", "--output-format", "json", "--no-cache", "."]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode not in (0, 1):
        raise subprocess.CalledProcessError(done.returncode, command, stderr=done.stderr)
    return [Found.of(each) for each in json.loads(done.stdout)]


# -- the figures -------------------------------------------------------------------------------------------------------


def scored(places: Sequence[Place], mirror: Path | None, kinds: Mapping[str, Json]) -> Iterator[Verdict]:
    """What became of some places, repository by repository; one that cannot be had or checked is told on stderr."""
    by_commit: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        by_commit[place.repository, place.commit].append(place)
    for (repository, commit), own in by_commit.items():
        with tempfile.TemporaryDirectory() as work:
            try:
                git = mirrored(mirror, repository) if mirror is not None else fetched(Path(work), repository, commit)
                if git is None:
                    raise FileNotFoundError("it is not in the mirror")
                (tree := Path(work) / "tree").mkdir()
                written(git, commit, tree)
                found = checked(tree)
            except (OSError, subprocess.SubprocessError) as error:
                print(f"skipped: {repository}: {error}", file=sys.stderr)
                continue
        for place in own:
            yield judged(place, found, kinds.get(place.kind, {}).get("codes", ()))


def figures(verdicts: Sequence[Verdict], kinds: Mapping[str, Json]) -> Iterator[str]:
    """The lines of the report."""
    mistakes = [each for each in verdicts if each.place.is_mistake]
    alike = [each for each in verdicts if not each.place.is_mistake]
    by_kind: dict[str, list[Verdict]] = defaultdict(list)
    for each in mistakes:
        by_kind[each.place.kind].append(each)
    for kind in sorted(by_kind, key=lambda kind: (kind[0], int(kind[1:]))):
        yield f"{kind:4} {_share(by_kind[kind])}  {kinds[kind]['name']}"
    core = [each for each in mistakes if kinds[each.place.kind]["core"]]
    yield f"mistakes found: {_share(mistakes)}; core ones: {_share(core)}"
    yield f"of those across files: {_share([each for each in core if each.place.crosses])}"
    yield f"of those in notebooks: {_share([each for each in core if each.place.loss.cell is not None])}"
    yield f"look-alikes that are right and reported: {sum(not each.is_right for each in alike)} of {len(alike)}"


def _share(verdicts: Sequence[Verdict]) -> str:
    return f"{sum(each.is_right for each in verdicts)} of {len(verdicts)}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirror", type=Path, help="where the repositories lie (default: GitHub)")
    parser.add_argument("--places", type=Path, default=HERE / "places.jsonl")
    parser.add_argument("--repository", action="append", help="only this one, OWNER/NAME; may be repeated")
    parser.add_argument("--list", action="store_true", help="name what is missed, and what is reported and right")
    given = parser.parse_args(arguments)
    kinds: Mapping[str, Json] = json.loads((HERE / "kinds.json").read_text())
    places = [Place.of(json.loads(line)) for line in given.places.read_text().splitlines()]
    asked = [each for each in places if not given.repository or each.repository in given.repository]
    mirror = None if given.mirror is None else given.mirror.resolve()
    verdicts = list(scored(asked, mirror, kinds))
    for each in verdicts if given.list else ():
        if not each.is_right:
            word = "missed" if each.place.is_mistake else "reported and right"
            loss = each.place.loss
            cell = "" if loss.cell is None else f"cell {loss.cell}: "
            print(f"{word}: {each.place.kind} {each.place.repository} {loss.path}: {cell}{loss.row}: {each.code}")
    print("\n".join(figures(verdicts, kinds)))
    alarms = [each for each in verdicts if not each.is_right and not each.place.is_mistake]
    return 1 if alarms or len(verdicts) < len(asked) else 0


if __name__ == "__main__":
    sys.exit(main())
