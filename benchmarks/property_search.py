"""Search for notebooks that are served wrongly: random programs, each refused with its place or equal to an oracle.

Usage: python benchmarks/property_search.py [N] [--first SEED] [--show VERDICT]

Prints how many programs had which verdict, and every fault in its smallest form. Ends with an error
where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.properties.judging import Judgement, Verdict, judge
from tests.properties.programs import IMPORTS, Program, choice_of, random_program
from tests.properties.shrinking import shrunk

_SHOWN = 25


def main() -> int:
    """Search, and return 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=int, nargs="?", default=150)
    parser.add_argument("--first", type=int, default=1_000)
    parser.add_argument("--show", action="append", default=[], help="also show these verdicts")
    parser.add_argument("--skip", action="append", default=[], help="leave out such steps")
    parser.add_argument("--without", action="append", default=[], help="leave out such columns")
    options = parser.parse_args()
    verdicts: Counter[str] = Counter()
    compared = 0
    for seed in range(options.first, options.first + options.programs):
        found = _judged(seed, options.without)
        if found is None:
            continue
        program, judgement = found
        if any(text in step.name for text in options.skip for step in program.steps):
            continue
        verdicts[judgement.verdict] += 1
        compared += judgement.compared
        if judgement.verdict.is_fault or judgement.verdict in options.show:
            _report(program, judgement)
    counted = ", ".join(f"{name} {number}" for name, number in sorted(verdicts.items()))
    print(f"{sum(verdicts.values())} programs, {compared} invented rows compared: {counted}")
    return int(any(Verdict(name).is_fault for name in verdicts))


def _judged(seed: int, without: Sequence[str]) -> tuple[Program, Judgement] | None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drawn = random_program(seed, folder, without)
        return None if drawn is None else (drawn[0], _judge(*drawn))


def _judge(program: Program, choice: str) -> Judgement:
    with tempfile.TemporaryDirectory() as name:
        return judge(program, choice, Path(name))


def _report(program: Program, judgement: Judgement) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = shrunk(program, lambda p, c: _judge(p, c).verdict is judgement.verdict, folder)
        choice = choice_of(small, folder)
        assert choice is not None
        last = _judge(small, choice)
    steps = [step.name for step in (*small.steps, *small.on_features, *small.after_split)]
    print(f"==== {program.name} {last.verdict}: {', '.join(steps)}\n{last.reason}")
    print(small.source(choice).text.partition(IMPORTS)[2], flush=True)


if __name__ == "__main__":
    sys.exit(main())
