"""Compares what the tool says of programs with what happens when they are run.

    python tests/oracle/oracle.py --programs 20000 --write docs/accuracy.md

runs that many, prints the programs over which the two disagree on the certain side, and writes the table of what was
missed.
The same programs are drawn each time.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))

from programs import Program
from sorts import RIGHT, WRONG, Seen

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.run import analyse
from logitlint.kinds import NOTHING, UNKNOWN, Kind, describe
from logitlint.linter import Linter
from logitlint.lowering.walk import spans
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.rules import RULES
from logitlint.settings import Settings

_TITLES: Final = {
    "torch": ("", "accuracy.md", ""),
    "jax": (": JAX", "accuracy-jax.md", "--framework jax "),
    "keras": (": Keras", "accuracy-keras.md", "--framework keras "),
}
"""By framework: what the title of its page ends with, the name of the page, the option that asks for it."""
CERTAIN: Final = frozenset(
    {"LGT101", "LGT102", "LGT103", "LGT104", "LGT201", "LGT202", "LGT203", "LGT204", "LGT301", "LGT303", "LGT401"}
)
"""The rules about a prediction of the wrong kind."""
_SETTINGS: Final = Settings(enabled=frozenset(rule.code for rule in RULES if rule.code in CERTAIN))
_KINDS: Final = {
    "scores": Kind.LOGITS,
    "positive": Kind.LOGITS,
    "bounded": NOTHING,
    "distribution": Kind.SOFTMAX | Kind.PROBABILITY,
    "unit": Kind.SIGMOID | Kind.PROBABILITY | Kind.SOFTMAX,
    "log-distribution": Kind.LOG_SOFTMAX | Kind.LOG_PROBABILITY,
    "negative": Kind.LOG_SIGMOID | Kind.LOG_PROBABILITY | Kind.LOG_SOFTMAX,
}
"""The kinds that may give such numbers, beside activations, which may give any (of values that were squeezed before,
say); a softmax over another axis than that of the classes is no distribution of them."""
BATCH: Final = 100


@dataclass
class Tally:
    """What came of the comparison."""

    programs: int = 0
    losses: int = 0
    resolved: int = 0
    wrong: int = 0
    found: int = 0
    right: int = 0
    disagreements: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    mistaken: Counter[str] = field(default_factory=Counter)
    """By idiom: mistakes that were missed, and mistakes there were."""
    examples: dict[str, Program] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take in what came of other programs."""
        for name in ("programs", "losses", "resolved", "wrong", "found", "right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.disagreements += other.disagreements
        self.missed.update(other.missed)
        self.mistaken.update(other.mistaken)
        self.examples = {**other.examples, **self.examples}


def compare(seeds: Iterable[int], framework: str = "torch", *, jobs: int = 1) -> Tally:
    """Draw the programs of these seeds, run them, and ask the tool."""
    whole = Tally()
    if jobs == 1:
        for batch in _batches(seeds):
            whole.add(_compared(framework, batch))
        return whole
    with ProcessPoolExecutor(jobs) as processes:
        for tally in processes.map(_compared, itertools.repeat(framework), _batches(seeds)):
            whole.add(tally)
    return whole


def _compared(framework: str, seeds: list[int]) -> Tally:
    tally = Tally()
    draw, run = _framework(framework)
    programs = [draw(seed) for seed in seeds]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, about what the programs do
        files = [Path(folder) / f"program_{program.seed}.py" for program in programs]
        for file, program in zip(files, programs, strict=True):
            file.write_text(program.text)
        said = _said(files)
        for file, program in zip(files, programs, strict=True):
            _judge(tally, program, run(program.text, images=program.images), said[file], _kinds(file))
    return tally


def _framework(name: str) -> tuple[Callable[[int], Program], Callable[..., Seen]]:
    """What draws programs for a framework, and what runs them; only that framework is imported."""
    match name:
        case "jax":
            import jax_programs
            import jax_tracer

            return jax_programs.program, jax_tracer.run
        case "keras":
            import keras_programs
            import keras_tracer

            return keras_programs.program, keras_tracer.run
        case _:
            import tracer

            return Program, tracer.run


def _batches(seeds: Iterable[int]) -> Iterator[list[int]]:
    whole = list(seeds)
    for start in range(0, len(whole), BATCH):
        yield whole[start : start + BATCH]


def _said(files: list[Path]) -> dict[Path, dict[int, set[str]]]:
    """By file and line: the codes reported there."""
    said: dict[Path, dict[int, set[str]]] = {file: {} for file in files}
    for report in Linter(_SETTINGS).check_paths([str(file) for file in files]):
        assert not report.failures, report.failures
        for finding in report.findings:
            said[Path(finding.span.filename)].setdefault(finding.span.row, set()).add(finding.code)
    return said


def _kinds(file: Path) -> dict[int, Kind]:
    """By line: the kinds that may reach the losses there."""
    project = Project()
    trace = analyse(project, Sieve(project, catalog()), str(file)).trace
    uses = [use for use in trace if use.has(Fact.LOSS) and use.first(Role.PREDICTION) is not None]
    rows = spans(project.text(str(file)), {use.origin.node for use in uses})
    found: dict[int, Kind] = {}
    for use in uses:
        taken = use.first(Role.PREDICTION)
        row = rows[use.origin.node][0]
        found[row] = found.get(row, NOTHING) | (taken.kind if taken else UNKNOWN)
    return found


def _judge(tally: Tally, program: Program, seen: Seen, said: dict[int, set[str]], kinds: dict[int, Kind]) -> None:
    tally.programs += 1
    for line, met in seen.items():
        tally.losses += 1
        kind = kinds.get(line, UNKNOWN)
        tally.resolved += kind != UNKNOWN
        for loss, sort in met:
            if not kind & (_KINDS[sort] | Kind.ACTIVATED):
                _disagree(tally, program, f"line {line}: {loss} was given {sort}, not {describe(kind)}")
        wrong = any(sort in WRONG[loss] for loss, sort in met)
        if all(sort in RIGHT[loss] for loss, sort in met):
            tally.right += 1
            if line in said:
                _disagree(tally, program, f"line {line}: {', '.join(sorted(said[line]))}, but it is right: {met}")
        elif wrong and not program.scaled:
            found = line in said
            tally.wrong += 1
            tally.found += found
            for idiom in program.idioms:
                tally.mistaken[idiom] += 1
                tally.missed[idiom] += not found
                if not found:
                    tally.examples.setdefault(idiom, program)


def _disagree(tally: Tally, program: Program, words: str) -> None:
    tally.disagreements.append(f"program {program.seed}, {words}\n\n{program.text}")


def page(tally: Tally, framework: str = "torch") -> str:
    """The table, as Markdown."""
    rows = [
        f"| {idiom} | {total:,} | {1 - tally.missed[idiom] / total:.1%} |"
        for idiom, total in sorted(tally.mistaken.items(), key=lambda pair: (tally.missed[pair[0]] / -pair[1], pair[0]))
    ]
    title, name, option = _TITLES[framework]
    return f"""# Accuracy{title}

Made by `python tests/oracle/oracle.py {option}--programs {tally.programs} --write docs/{name}`; do not edit.

Programs are drawn at random: something makes a prediction, up to four idioms hide the way, a loss takes it. Each is
run, with tensors that see the loss being called; what the numbers there are is found from the numbers alone, without
the tables. A program whose numbers are surely a mistake, and one whose numbers are surely right, are compared with what
`logitlint` says of the text.

| | |
|---|---|
| programs run and compared | {tally.programs:,} |
| losses called | {tally.losses:,} |
| of these with a prediction that could be followed | {tally.resolved / tally.losses:.1%} |
| reported, but right; or of another kind than was said | {len(tally.disagreements)} |
| losses that are right | {tally.right:,} |
| mistakes | {tally.wrong:,} |
| mistakes found | {tally.found / tally.wrong:.1%} |

What was found, by what the program is made of. A program is counted in each of its rows, so what one idiom hides counts
against the others in it as well. Where branches differ, the two sides of a test on something unknown are of different
kinds: a mistake on one side only is not certain, and is not reported.

| idiom | mistakes | found |
|---|---|---|
{chr(10).join(rows)}
"""


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=20_000)
    parser.add_argument("--framework", choices=_TITLES, default="torch")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--write", type=Path, help="where the page goes")
    parser.add_argument("--missed", help="show a program with this idiom that was missed")
    given = parser.parse_args()
    begun = time.monotonic()
    tally = compare(range(given.first, given.first + given.programs), given.framework, jobs=given.jobs)
    text = page(tally, given.framework)
    print(text)
    for words in tally.disagreements[:5]:
        print(words)
    if given.missed in tally.examples:
        print(tally.examples[given.missed].text)
    print(f"{time.monotonic() - begun:.0f} seconds")
    if given.write:
        given.write.write_text(text)
    return 1 if tally.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
