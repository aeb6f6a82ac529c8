"""Each rule's page is true: its example fires exactly its code, what to use instead is clean."""

import inspect
import re

import pytest

from nb2prod.lint import Environment, Rule, lint
from nb2prod.lint.rule import registered
from nb2prod.notebook.percent import from_percent

_RULES = list(registered().values())
_HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead"]
_ENVIRONMENT = Environment(
    missing_modules=frozenset({"a_package_that_nobody_installed"}),
    undeclared_modules=frozenset({"a_package_that_nobody_declared"}),
    missing_files=frozenset({"a_file_that_nobody_has.csv"}),
)


def _sections(rule: type[Rule]) -> dict[str, str]:
    page = inspect.getdoc(rule) or ""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _codes(section: str) -> set[str]:
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code is not None
    notebook = from_percent(code[1])
    assert notebook.cells
    # Examples are excerpts: without all roles there is one finding more.
    needs_roles = 'tags=["train"]' in section
    found = {one.code for one in lint(notebook, _ENVIRONMENT)}
    return found if needs_roles else found - {"NBT002"}


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.code)
def test_pages_are_complete(rule: type[Rule]) -> None:
    assert list(_sections(rule)) == _HEADINGS
    assert re.fullmatch(r"NB[A-Z]\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.code)
def test_the_example_fires_its_code(rule: type[Rule]) -> None:
    assert _codes(_sections(rule)["Example"]) == {rule.code}


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.code)
def test_what_to_use_instead_is_clean(rule: type[Rule]) -> None:
    assert _codes(_sections(rule)["Use instead"]) == set()


def test_each_rule_has_its_own_file_named_by_its_code() -> None:
    files = {rule.code: rule.__module__.rpartition(".")[2] for rule in _RULES}
    assert all(name.startswith(code.lower() + "_") for code, name in files.items())
    assert len(set(files.values())) == len(files)
