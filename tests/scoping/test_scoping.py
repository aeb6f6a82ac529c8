"""Lint finds the name at which a clean run stops, as IPython itself says."""

from pathlib import Path

import pytest

from nb2prod.lint import lint
from nb2prod.notebook.model import Cell, Notebook
from tests.scoping.cases import cases
from tests.scoping.truth import Failure, first_failure

CASES = dict(cases())
NAMES = {"NBH001", "NBH002", "NBH003", "NBH008"}
MISSES = {
    "exec: deleted": "after exec nothing is said about names",
    "generator consumed early": "a generator that a name holds is not followed",
    "double underscore name": "IPython binds these only after the first result",
    "ternary in comprehension": "which branch is taken depends on values",
}
"""What is known to be judged wrongly, and why."""


def found(sources: tuple[str, ...]) -> Failure | None:
    """Return the first name that lint says a clean run would not find."""
    cells = tuple(Cell(number, None, "code", source) for number, source in enumerate(sources, 1))
    notebook = Notebook("a.ipynb", cells, "python", None, 4, {})
    for one in lint(notebook):
        if one.code in NAMES and one.subject is not None and one.cell is not None:
            return one.subject, one.cell
    return None


@pytest.mark.parametrize("name", CASES)
def test_as_ipython(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    is_exact = found(CASES[name]) == first_failure(CASES[name])
    assert is_exact is (name not in MISSES)


def test_the_suite_is_large_and_nearly_all_of_it_exact() -> None:
    assert len(CASES) >= 200
    assert set(MISSES) <= set(CASES)
    assert 1 - len(MISSES) / len(CASES) >= 0.98
