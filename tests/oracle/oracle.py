"""Compares what the tool says of programs with what happens when they are run.

    python tests/oracle/oracle.py --programs 21000 --jobs 2 --write docs

runs that many, a third of them for each framework, prints the programs over which the two disagree on the certain side,
and writes the tables of what was missed. The programs for Keras are dealt out to its three backends.
The same programs are drawn each time.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))

from programs import SCALED, Program
from sorts import ACTIVATIONS, METRICS, RIGHT, WRONG, Seen, lines_run

from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.run import analyse
from logitlint.kinds import NOTHING, UNKNOWN, Kind, describe
from logitlint.linter import Linter
from logitlint.lowering.walk import spans
from logitlint.rules import RULES
from logitlint.settings import Settings

PAGES: Final = {
    "torch": ("", "accuracy.md"),
    "jax": (": JAX", "accuracy-jax.md"),
    "keras": (": Keras", "accuracy-keras.md"),
}
"""By framework: what the title of its page ends with, and the name of the page."""
BACKENDS: Final = ("tensorflow", "jax", "torch")
"""Of Keras. A process has one."""
CERTAIN: Final = frozenset(
    {"LGT101", "LGT102", "LGT103", "LGT104", "LGT201", "LGT202", "LGT203", "LGT204", "LGT301", "LGT303", "LGT401"}
)
"""The rules about a prediction of the wrong kind."""
ALONE: Final = "LGT105"
"""The rule about an activation of the wrong input, which speaks where no loss is."""
OF_ACTIVATIONS: Final = frozenset({ALONE, "LGT401"})
"""The rules that may speak of what an activation is given."""
_SETTINGS: Final = Settings(enabled=frozenset(rule.code for rule in RULES if rule.code in {*CERTAIN, ALONE}))
_KINDS: Final = {
    "constant": UNKNOWN,
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
    measured: int = 0
    rated: int = 0
    disagreements: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    mistaken: Counter[str] = field(default_factory=Counter)
    """By idiom: mistakes that were missed, and mistakes there were."""
    backends: Counter[str] = field(default_factory=Counter)
    """By backend of Keras: the programs run on it."""
    examples: dict[str, Program] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take in what came of other programs."""
        for name in ("programs", "losses", "resolved", "wrong", "found", "right", "measured", "rated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.disagreements += other.disagreements
        self.missed.update(other.missed)
        self.mistaken.update(other.mistaken)
        self.backends.update(other.backends)
        self.examples = {**other.examples, **self.examples}


def compare(seeds: Iterable[int], framework: str = "torch") -> Tally:
    """Draw the programs of these seeds, run them, and ask the tool."""
    whole = Tally()
    for batch in _batches(seeds):
        whole.add(_compared(framework, batch))
    return whole


def spread(seeds: Sequence[int], framework: str, *, jobs: int, backends: Sequence[str] = BACKENDS) -> Tally:
    """The same, in processes of their own; those for Keras are dealt out to its backends."""
    whole = Tally()
    lanes = {backend: seeds[place :: len(backends)] for place, backend in enumerate(backends)}
    for backend, own in (lanes if framework == "keras" else {"": seeds}).items():
        with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (backend,)) as processes:
            for tally in processes.map(_compared, itertools.repeat(framework), _batches(own)):
                whole.add(tally)
    return whole


def _begin(backend: str) -> None:
    """Before a process loads its framework: the arrays are small, and threads would wait for each other."""
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = "1"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if backend:
        os.environ["KERAS_BACKEND"] = backend


def _compared(framework: str, seeds: list[int]) -> Tally:
    draw, run = library(framework)
    tally = judged([draw(seed) for seed in seeds], run)
    if framework == "keras":
        tally.backends[_backend()] += tally.programs
    return tally


def judged(programs: Sequence[Program], run: Callable[..., Seen]) -> Tally:
    """What came of some programs, which `run` runs."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, about what the programs do
        files = [Path(folder) / f"program_{program.seed}.py" for program in programs]
        for file, program in zip(files, programs, strict=True):
            for name, text in {file.stem: program.text, **program.beside}.items():
                file.with_name(f"{name}.py").write_text(text)
        linter = Linter(_SETTINGS)
        said = _said(linter, files)
        for file, program in zip(files, programs, strict=True):
            again = functools.partial(run, program.text, images=program.images, beside=program.beside)
            _judge(tally, program, again, said[file], _kinds(linter, file))
    return tally


def _backend() -> str:
    import keras

    return str(keras.backend.backend())


def library(name: str) -> tuple[Callable[..., Program], Callable[..., Seen]]:
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


def _said(linter: Linter, files: list[Path]) -> dict[Path, dict[int, set[str]]]:
    """By file and line: the codes reported there."""
    said: dict[Path, dict[int, set[str]]] = {file: {} for file in files}
    for report in linter.check_paths([str(file) for file in files]):
        assert not report.failures, report.failures
        for finding in report.findings:
            said[Path(finding.span.filename)].setdefault(finding.span.row, set()).add(finding.code)
    return said


def _kinds(linter: Linter, file: Path) -> dict[int, Kind]:
    """By line: the kinds that may reach the losses there."""
    trace = analyse(linter.project, linter.sieve, str(file)).trace
    here = [use for use in trace if use.origin.file == str(file)]
    uses = [use for use in here if use.has(Fact.LOSS) and use.first(Role.PREDICTION) is not None]
    rows = spans(linter.project.text(str(file)), {use.origin.node for use in uses})
    found: dict[int, Kind] = {}
    for use in uses:
        taken = use.first(Role.PREDICTION)
        row = rows[use.origin.node][0]
        found[row] = found.get(row, NOTHING) | (taken.kind if taken else UNKNOWN)
    return found


def _judge(
    tally: Tally, program: Program, run: Callable[[], Seen], said: dict[int, set[str]], kinds: dict[int, Kind]
) -> None:
    tally.programs += 1
    tally.measured += program.measured
    seen = run()
    applied = {line for line, met in seen.items() if _reads(met) <= ACTIVATIONS}
    losses = {line: met for line, met in seen.items() if not (program.measured or line in applied)}
    if program.measured and any(codes & CERTAIN for line, codes in said.items() if line not in applied):
        _disagree(tally, program, f"{said}, but it is no loss")
    _judge_others(tally, program, run, {line: codes for line, codes in said.items() if line not in losses})
    for line, met in losses.items():
        rated = _reads(met) <= METRICS
        tally.rated += rated
        tally.losses += not rated
        kind = kinds.get(line, UNKNOWN)
        tally.resolved += kind != UNKNOWN and not rated
        for loss, sort in met:
            if not kind & (_KINDS[sort] | Kind.ACTIVATED):
                _disagree(tally, program, f"line {line}: {loss} was given {sort}, not {describe(kind)}")
        wrong = any(sort in WRONG[loss] for loss, sort in met)
        if all(sort in RIGHT[loss] for loss, sort in met):
            tally.right += not rated
            if line in said:
                _disagree(tally, program, f"line {line}: {', '.join(sorted(said[line]))}, but it is right: {met}")
        elif wrong and not rated:
            _count(tally, program, found=line in said)


def _reads(met: set[tuple[str, str]]) -> set[str]:
    return {reads for reads, _ in met}


def _judge_others(tally: Tally, program: Program, run: Callable[[], Seen], said: dict[int, set[str]]) -> None:
    """What is reported of a line without a loss must belong to a mistake: of an activation to one on that line."""
    if not said:
        return
    seen: Seen = {}
    lines = lines_run(lambda: seen.update(run()))
    whole = {each for every in seen.values() for each in every if not program.measured or each[0] in ACTIVATIONS}
    for line, codes in said.items():
        met = seen.get(line, whole) if codes <= OF_ACTIVATIONS else whole
        if line in lines and all(sort in RIGHT[reads] for reads, sort in met):
            _disagree(tally, program, f"line {line}: {', '.join(sorted(codes))}, but all is right: {met}")


def _count(tally: Tally, program: Program, *, found: bool) -> None:
    """A mistake; what was scaled or shifted may be meant to be where it is, and is counted by itself."""
    tally.wrong += not program.scaled
    tally.found += found and not program.scaled
    for idiom in (SCALED,) if program.scaled else program.idioms:
        tally.mistaken[idiom] += 1
        tally.missed[idiom] += not found
        if not found:
            tally.examples.setdefault(idiom, program)


def _disagree(tally: Tally, program: Program, words: str) -> None:
    tally.disagreements.append(f"program {program.seed}, {words}\n\n{program.text}")


def page(tally: Tally, framework: str = "torch", command: str = "--programs 21000 --jobs 2 --write docs") -> str:
    """The table, as Markdown; `command` are the options that made it."""
    rows = [
        f"| {idiom} | {total:,} | {1 - tally.missed[idiom] / total:.1%} |"
        for idiom, total in sorted(tally.mistaken.items(), key=lambda pair: (tally.missed[pair[0]] / -pair[1], pair[0]))
    ]
    title, _ = PAGES[framework]
    shares = "".join(f"| of these on the backend {name} | {count:,} |\n" for name, count in tally.backends.items())
    picking = f"| that pick numbers at the labels for no loss | {tally.measured:,} |\n" if tally.measured else ""
    rating = f"| that rate it by a metric | {tally.rated:,} |\n" if tally.rated else ""
    return f"""# Accuracy{title}

Made by `python tests/oracle/oracle.py {command}`; do not edit.

Programs are drawn at random: something makes a prediction, up to four idioms hide the way, a loss takes it. Each is
run, with tensors that see the loss being called; what the numbers there are is found from the numbers alone, without
the tables. A program whose numbers are surely a mistake, and one whose numbers are surely right, are compared with what
`logitlint` says of the text. On are the rules about a prediction of the wrong kind and about an activation of one:
{", ".join(sorted(_SETTINGS.enabled))}. Of the other rules these figures say nothing.

| | |
|---|---|
| programs run and compared | {tally.programs:,} |
{shares}{picking}{rating}| losses called | {tally.losses:,} |
| of these with a prediction that could be followed | {tally.resolved / tally.losses:.1%} |
| reported, but right; or of another kind than was said | {len(tally.disagreements)} |
| losses that are right | {tally.right:,} |
| mistakes | {tally.wrong:,} |
| mistakes found | {tally.found / tally.wrong:.1%} |

What was found, by what the program is made of. A program is counted in each of its rows, so what one idiom hides counts
against the others in it as well. Where branches differ, the two sides of a test on something unknown are of different
kinds: a mistake on one side only is not certain, and is not reported. Where there is arithmetic the numbers were scaled
or shifted on the way, and may be meant to be where they are: such a program is counted in that row alone.

| idiom | mistakes | found |
|---|---|---|
{chr(10).join(rows)}
"""


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=21_000, help="of all frameworks together")
    parser.add_argument("--framework", choices=PAGES, action="append", help="only this one")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--write", type=Path, help="the folder where the pages go")
    parser.add_argument("--missed", help="show a program with this idiom that was missed")
    given = parser.parse_args()
    frameworks = given.framework or list(PAGES)
    seeds = range(given.first, given.first + given.programs // len(frameworks))
    disagreements = []
    for framework in frameworks:
        begun = time.monotonic()
        tally = spread(seeds, framework, jobs=given.jobs)
        text = page(tally, framework, " ".join(sys.argv[1:]))
        print(text)
        if given.missed in tally.examples:
            print(tally.examples[given.missed].text)
        print(f"{framework}: {time.monotonic() - begun:.0f} seconds", flush=True)
        if given.write:
            (given.write / PAGES[framework][1]).write_text(text)
        disagreements += tally.disagreements
    for words in disagreements[:5]:
        print(words)
    print(f"{len(disagreements)} disagreements over {len(seeds) * len(frameworks):,} programs")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
