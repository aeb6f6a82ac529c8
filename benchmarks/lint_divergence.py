"""How well lint tells from execution counts that a saved session computed something else than a clean run.

Usage: python benchmarks/lint_divergence.py [--sessions N] [--seed N]

Sessions are simulated: small notebooks of assignments, updates, lists, functions and prints are run in a random order,
some cells twice, and each cell's last count and output are kept, as Jupyter keeps them. The truth is whether a kept
output differs from the one of a clean run, cell by cell; the finding counts for the notebook.
"""

import argparse
import contextlib
import io
import random
import sys
from collections import Counter
from typing import Any

from nb2prod.lint import lint
from nb2prod.notebook.model import Cell, Notebook

_BOUNDS = {"precision": 0.9, "recall": 0.8}
_NAMES = ("price", "rate", "total", "rows", "limit", "scale")


def main() -> int:
    """Simulate sessions and print precision and recall of NBO002."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311 - simulates people
    counts: Counter[str] = Counter()
    for _ in range(options.sessions):
        notebook, is_different = _session(rng)
        if notebook is None:
            counts["stopped"] += 1
            continue
        is_told = any(one.code == "NBO002" for one in lint(notebook))
        counts["out of order"] += not _is_in_order(notebook)
        counts[f"{'different' if is_different else 'same'}, {'told' if is_told else 'silent'}"] += 1
    for key, count in sorted(counts.items()):
        print(f"{count:6} {key}")
    told, right = counts["different, told"] + counts["same, told"], counts["different, told"]
    figures = {
        "precision": right / told if told else 1.0,
        "recall": right / max(1, right + counts["different, silent"]),
    }
    for name, figure in figures.items():
        print(f"{name:10} {figure:.3f}  (bound {_BOUNDS[name]})")
    return int(any(figures[name] < bound for name, bound in _BOUNDS.items()))


def _cells(rng: random.Random) -> list[str]:
    """Make the cells of a notebook that runs from top to bottom."""
    known: list[str] = []
    cells: list[str] = []
    functions: list[str] = []
    for number in range(rng.randrange(4, 11)):
        kinds = ["bind", "print", "compute", "list", "function", "grow", "branch"]
        kind = rng.choice(kinds) if known else "bind"
        name = rng.choice(_NAMES)
        other = rng.choice(known) if known else name
        if kind == "bind":
            cells.append(f"{name} = {rng.randrange(2, 90)}")
        elif kind == "compute":
            cells.append(f"{name} = {other} * {rng.randrange(2, 9)} + {rng.choice(known)}")
        elif kind == "branch":
            cells.append(f"if {other} > {rng.randrange(50)}:\n    {other} = {rng.randrange(90)}")
            name = other
        elif kind == "list":
            cells.append(
                f"items{number} = [{other}, {rng.randrange(9)}]\nprint(sum(items{number}))"
            )
            continue
        elif kind == "grow":
            cells.append(f"{other} = {other} + 1\nprint({other})")
            continue
        elif kind == "function":
            cells.append(f"def f{number}():\n    return {other} + {rng.randrange(9)}")
            functions.append(f"f{number}")
            continue
        else:
            shown = rng.choice([f"print({other})", f"print({other} - 1)"])
            shown = (
                f"print({rng.choice(functions)}())" if functions and rng.random() < 0.3 else shown
            )
            cells.append(shown)
            continue
        if name not in known:
            known.append(name)
    cells.append(f"print({', '.join(known)})")
    return cells


def _session(rng: random.Random) -> tuple[Notebook | None, bool]:
    """Run a notebook as a person might; return it as saved, and whether an output differs."""
    sources = _cells(rng)
    order = list(range(len(sources)))
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        chosen = rng.choice(order)
        if rng.random() < 0.5:
            order.append(chosen)
        else:
            order.insert(rng.randrange(len(order) + 1), order.pop(order.index(chosen)))
    saved, counts = _run(sources, order)
    clean, _ = _run(sources, list(range(len(sources))))
    if saved is None or clean is None:
        return None, False
    cells = tuple(
        Cell(
            number,
            None,
            "code",
            source,
            execution_count=counts[number - 1],
            outputs=_outputs(saved[number - 1]),
        )
        for number, source in enumerate(sources, 1)
    )
    notebook = Notebook("a.ipynb", cells, "python", "python3", 4, {})
    return notebook, any(saved[place] != clean[place] for place in saved)


def _outputs(text: str) -> tuple[dict[str, object], ...]:
    return ({"output_type": "stream", "name": "stdout", "text": text},) if text else ()


def _run(sources: list[str], order: list[int]) -> tuple[dict[int, str] | None, dict[int, int]]:
    """Run cells in an order; return each cell's last output and count, or None when one stops."""
    names: dict[str, Any] = {}
    outputs: dict[int, str] = {}
    counts: dict[int, int] = {}
    for count, place in enumerate(order, 1):
        shown = io.StringIO()
        try:
            with contextlib.redirect_stdout(shown):
                exec(compile(sources[place], "<cell>", "exec"), names)  # noqa: S102 - cells made above
        except NameError:
            return None, {}
        outputs[place], counts[place] = shown.getvalue(), count
    return outputs, counts


def _is_in_order(notebook: Notebook) -> bool:
    counts = [cell.execution_count or 0 for cell in notebook.cells]
    return counts == sorted(counts)


if __name__ == "__main__":
    sys.exit(main())
