"""Kill commands at random moments: ``python -m tests.faults.killing JOB``, which writes a report."""

import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from nb2prod.runtime.selection import version_names
from tests.faults.bench import Bench
from tests.faults.forking import ended, killed_after, start, warm_up

RESET_AFTER = 12
"""Kills between two fresh services: a registry with many versions is slow."""


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Kill so many times, check after each, and return what was seen."""
    bench = Bench(*(Path(job[name]) for name in ("template", "build", "retrain", "folder")))
    log = Path(job["log"])
    generator = random.Random(job["seed"])
    warm_up()
    bench.reset()
    seconds = {kind: _timed(bench, kind, log) for kind in ("build", "promote", "retrain")}
    outcomes: Counter[str] = Counter()
    faults = []
    for number in range(job["kills"]):
        if number % RESET_AFTER == 0:
            bench.reset()
        kind = ("build", "promote", "retrain")[number % 3]
        moment = generator.uniform(0.0, seconds[kind])
        code = killed_after(start(_action(bench, kind, 100 + number), log), moment)
        outcomes[f"{kind} {'killed' if code == -9 else f'ended with {code}'}"] += 1
        # A kill between log and alias is finished by the next command, so the check is one.
        if ended(start(bench.check, log)):
            faults.append(f"{number}: {kind} killed after {moment:.3f} s: the check failed")
        elif ended(start(_action(bench, kind, 100 + number), log)):
            faults.append(f"{number}: {kind} killed after {moment:.3f} s: it cannot be done again")
    return {"outcomes": dict(outcomes), "faults": faults, "seconds": seconds}


def _timed(bench: Bench, kind: str, log: Path) -> float:
    """Return how long a command takes when nobody ends it."""
    begin = time.monotonic()
    code = ended(start(_action(bench, kind, 99), log))
    assert code == 0, f"{kind} ends with {code} by itself"
    return time.monotonic() - begin


def _action(bench: Bench, kind: str, number: int) -> Any:
    if kind == "promote":
        names = version_names(bench.service)
        # Two versions in turn, so that each promotion moves the alias.
        return bench.promote(names[number % len(names)] if len(names) > 1 else names[0])
    return bench.build(number) if kind == "build" else bench.retrain(number)


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[1]).read_text())
    Path(wanted["report"]).write_text(json.dumps(run(wanted)))
