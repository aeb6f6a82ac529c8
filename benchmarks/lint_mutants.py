"""How well lint tells that a changed notebook would stop at a name, and where.

Usage: python benchmarks/lint_mutants.py [FOLDER] [--mutants N] [--seed N]

Notebooks that run are broken in the ways in which people break them: a cell is deleted, moved, swapped or wrapped in a
magic, a name is changed, a definition is put into a function. Each mutant is run in IPython, in a process of its own:
that is the truth. Mutants that stop for another reason than a name are left out. Without a folder, the notebooks of
the tests are taken.
"""

import argparse
import ast
import contextlib
import io
import json
import os
import random
import re
import select
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nb2prod.lint import lint  # noqa: E402 - the tests are found from the root
from nb2prod.notebook import read  # noqa: E402 - as above
from nb2prod.notebook.model import Cell, Notebook  # noqa: E402 - as above
from tests.corpus.frames import csv_of  # noqa: E402 - as above
from tests.corpus.percent import read_sources  # noqa: E402 - as above
from tests.scoping.truth import Failure, first_failure  # noqa: E402 - as above

_NAMES = ("NBH001", "NBH002", "NBH003", "NBH008")
_SECONDS = 60
_BOUNDS = {"recall": 0.99, "precision": 0.995, "right cell": 0.98}
Cells = tuple[str, ...]


def main() -> int:
    """Make mutants, run and lint them, and print how often lint was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--mutants", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print each mutant that lint misjudged")
    options = parser.parse_args()
    _warm_up()
    rng = random.Random(options.seed)  # noqa: S311 - chooses mutants
    with tempfile.TemporaryDirectory() as folder:
        notebooks = list(_notebooks(options.folder, Path(folder)))
        rng.shuffle(notebooks)
        counts = _judge(_mutants(notebooks, options.mutants, rng), show=options.show)
    return _report(counts)


def _warm_up() -> None:
    """Import what notebooks import, so that each mutant's process need not."""
    os.environ["MPLBACKEND"] = "Agg"
    with contextlib.suppress(ImportError):
        import matplotlib.pyplot  # noqa: F401, ICN001 - only to have it loaded
        import pandas  # noqa: F401, ICN001 - only to have it loaded
        import sklearn.ensemble
        import sklearn.model_selection  # noqa: F401 - only to have it loaded


def _notebooks(folder: str | None, scratch: Path) -> Iterator[tuple[Path, Cells]]:
    """Yield the folder in which each notebook runs, and its code cells."""
    if folder is not None:
        for path in sorted(Path(folder).rglob("*.ipynb")):
            yield path.parent, tuple(cell.source for cell in read(path).executed_cells)
        return
    for source in read_sources(ROOT / "tests" / "corpus" / "notebooks").values():
        for name in source.tables():
            with contextlib.suppress(KeyError):
                place = scratch / f"{name}.csv"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(csv_of(Path(name).name))
        yield scratch, tuple(text for text, tags in source.cells if "[markdown]" not in tags)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield path.parent, tuple(cell.source for cell in read(path).executed_cells)


def _mutants(
    notebooks: Sequence[tuple[Path, Cells]], count: int, rng: random.Random
) -> Iterator[tuple[str, Path, Cells]]:
    """Yield mutants of notebooks that run, each with the way in which it was made."""
    runs: dict[Cells, bool] = {}
    made = 0
    for round_ in range(count):
        folder, cells = notebooks[round_ % len(notebooks)]
        if made == count or round_ == 4 * count:
            return
        if cells not in runs:
            runs[cells] = _truth(folder, cells) == "fine"
        if runs[cells] and len(cells) > 2:
            way = rng.choice(list(_WAYS))
            mutant = _WAYS[way](cells, rng)
            if mutant is not None and mutant != cells:
                made += 1
                yield way, folder, mutant


def _delete(cells: Cells, rng: random.Random) -> Cells | None:
    place = rng.randrange(len(cells) - 1)
    return cells[:place] + cells[place + 1 :]


def _move(cells: Cells, rng: random.Random) -> Cells | None:
    start, end = rng.sample(range(len(cells)), 2)
    left = [*cells[:start], *cells[start + 1 :]]
    left.insert(end, cells[start])
    return tuple(left)


def _swap(cells: Cells, rng: random.Random) -> Cells | None:
    first, second = rng.sample(range(len(cells)), 2)
    mixed = list(cells)
    mixed[first], mixed[second] = mixed[second], mixed[first]
    return tuple(mixed)


def _rename(cells: Cells, rng: random.Random) -> Cells | None:
    place = rng.randrange(len(cells))
    names = sorted(set(re.findall(r"^([A-Za-z_]\w*)(?=\s*=[^=])", cells[place], re.MULTILINE)))
    if not names:
        return None
    name = rng.choice(names)
    changed = re.sub(rf"\b{name}\b(?!\s*=[^=]\w*\s*[,)])", f"{name}_new", cells[place])
    return (*cells[:place], changed, *cells[place + 1 :])


def _wrap(cells: Cells, rng: random.Random) -> Cells | None:
    place = rng.randrange(len(cells))
    magic = rng.choice(("%%time", "%%capture", "%%timeit -n1 -r1", "%%capture kept"))
    return (*cells[:place], f"{magic}\n{cells[place]}", *cells[place + 1 :])


def _into_function(cells: Cells, rng: random.Random) -> Cells | None:
    """Put a cell into a function, and call it there, later, or where it stood."""
    place = rng.randrange(len(cells))
    try:
        tree = ast.parse(cells[place])
    except SyntaxError:
        return None
    is_open = any(
        isinstance(one, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
        for one in tree.body
    )
    if is_open or '"""' in cells[place] or "'''" in cells[place]:
        return None
    bound = sorted(
        {
            one.id
            for one in ast.walk(tree)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
    )
    lines = [f"    {line}" for line in cells[place].split("\n")]
    head = [f"    global {', '.join(bound)}"] if bound else []
    function = "\n".join(["def step():", *head, *lines, "    return None"])
    inside = list(cells)
    inside[place] = function
    inside.insert(rng.randrange(place + 1, len(cells) + 1), "step()")
    if rng.random() < 0.4:
        inside[0], inside[place] = (
            (inside[place], inside[0]) if place else (inside[0], inside[place])
        )
    return tuple(inside)


_WAYS: dict[str, Callable[[Cells, random.Random], Cells | None]] = {
    "delete": _delete,
    "move": _move,
    "swap": _swap,
    "rename": _rename,
    "wrap": _wrap,
    "function": _into_function,
}


def _truth(folder: Path, cells: Cells) -> Failure | str:
    """Run cells in a process of their own: the first name not found, ``fine``, or ``other``."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _run_and_tell(folder, cells, writer)
    os.close(writer)
    try:
        ready, _, _ = select.select([reader], [], [], _SECONDS)
        told = os.read(reader, 65536).decode() if ready else ""
    finally:
        os.close(reader)
        if not ready:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    found = json.loads(told) if told else "other"
    return (found[0], found[1]) if isinstance(found, list) else str(found)


def _run_and_tell(folder: Path, cells: Cells, writer: int) -> None:
    os.chdir(folder)
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            found: object = first_failure(cells) or "fine"
    except BaseException:  # noqa: BLE001 - whatever a mutant does, its process ends here
        found = "other"
    os.write(writer, json.dumps(found).encode())
    os._exit(0)


def _told(cells: Cells) -> Failure | None:
    notebook = Notebook(
        "a.ipynb",
        tuple(Cell(number, None, "code", source) for number, source in enumerate(cells, 1)),
        "python",
        None,
        4,
        {},
    )
    for one in lint(notebook):
        if one.code in _NAMES and one.subject is not None and one.cell is not None:
            return one.subject, one.cell
    return None


def _judge(mutants: Iterator[tuple[str, Path, Cells]], *, show: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for way, folder, cells in mutants:
        truth, told = _truth(folder, cells), _told(cells)
        if truth == "other":
            counts["left out"] += 1
            continue
        kind = ("failing" if truth != "fine" else "fine") + (" told" if told else " silent")
        counts[kind] += 1
        counts[f"{way}: {kind}"] += 1
        if truth != "fine" and told is not None:
            counts["right name"] += truth[0] == told[0]
            counts["right cell"] += truth[1] == told[1]
        is_wrong = kind in ("failing silent", "fine told") or (told is not None and truth != told)
        if show and is_wrong:
            print(f"--- {way}: truth {truth}, lint {told}\n" + "\n# %%\n".join(cells))
    return counts


def _report(counts: Counter[str]) -> int:
    for key, count in sorted(counts.items()):
        print(f"{count:6} {key}")
    told, failing = counts["failing told"], counts["failing told"] + counts["failing silent"]
    figures = {
        "recall": told / failing if failing else 1.0,
        "precision": told / (told + counts["fine told"]) if told else 1.0,
        "right cell": counts["right cell"] / told if told else 1.0,
    }
    for name, figure in figures.items():
        print(f"{name:10} {figure:.4f}  (bound {_BOUNDS[name]})")
    return int(any(figures[name] < bound for name, bound in _BOUNDS.items()))


if __name__ == "__main__":
    sys.exit(main())
