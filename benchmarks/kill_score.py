"""Score the proof: how many mutants that change a value on a raw row does it find?

Usage: python benchmarks/kill_score.py [NOTEBOOK ...]

Without names it takes the notebooks of `tests/kill/subjects.py`. Mutants that change no raw row, and those that answer
no row at all, are not counted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.kill.judging import Fate, Judge, Judged
from tests.kill.mutants import mutants
from tests.kill.subject import make_subject
from tests.kill.subjects import ALL, source_of


def main() -> int:
    """Print the score, by kind of mutation, and every survivor; return 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", default=ALL)
    options = parser.parse_args()
    judged: list[Judged] = []
    for name in options.notebooks:
        with tempfile.TemporaryDirectory() as folder:
            subject = make_subject(source_of(name), Path(folder))
            judge = Judge(subject)
            found = [judge.judge(mutation) for mutation in mutants(subject)]
        fates = Counter(one.fate for one in found)
        print(f"{name}: {_said(fates)}", flush=True)
        for one in found:
            if one.fate is Fate.SURVIVED:
                print(f"  {one.mutation.kind} {one.mutation.place}: {one.shown_by}", flush=True)
        judged += found
    _print_kinds(judged)
    return int(any(one.fate is Fate.SURVIVED for one in judged))


def _print_kinds(judged: list[Judged]) -> None:
    for kind in sorted({one.mutation.kind for one in judged}):
        print(f"{kind:32} {_said(Counter(o.fate for o in judged if o.mutation.kind == kind))}")
    print(f"{'all':32} {_said(Counter(one.fate for one in judged))}")


def _said(fates: Counter[Fate]) -> str:
    visible = fates[Fate.KILLED] + fates[Fate.SURVIVED]
    share = f"{fates[Fate.KILLED] / visible:.1%}" if visible else "-"
    rest = f"{fates[Fate.EQUIVALENT]} change no row, {fates[Fate.BROKEN]} answer nothing"
    return f"{fates[Fate.KILLED]} of {visible} killed ({share}); {rest}"


if __name__ == "__main__":
    sys.exit(main())
