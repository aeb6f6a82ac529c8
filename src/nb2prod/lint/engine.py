"""Run the rules over a notebook."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from os import PathLike

import nb2prod.lint.rules  # noqa: F401 - importing the rules registers them
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, mentioned
from nb2prod.lint.environment import Environment
from nb2prod.lint.occasion import IS_GIVEN, Occasion
from nb2prod.lint.rule import Rule, registered
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reading import read


def lint(
    notebook: Notebook | str | PathLike[str],
    environment: Environment | None = None,
    *,
    requires_roles: bool = False,
    magics: frozenset[str] = frozenset(),
) -> list[Diagnostic]:
    """Check a notebook by every rule.

    Given a `Notebook`, as an editor may hold it unsaved, it touches no disk.

    Args:
        notebook: The notebook, or the path of its file.
        environment: Facts about the machine; rules that need them are silent without.
        requires_roles: Whether the notebook must be ready for a build, even if no cell has a role.

        magics: Names of magics of the user's own, which bind nothing.

    Returns:
        The findings in the order of their places.

    Raises:
        NotebookFault: If a path holds no notebook.
    """
    if not isinstance(notebook, Notebook):
        notebook = read(notebook)
    context = Context(notebook, environment, requires_roles=requires_roles, magics=magics)
    found: list[Diagnostic] = []
    for is_given, rules in _rules():
        for rule in _concerned(rules, context) if is_given(context) else ():
            count = len(found)
            try:
                found.extend(rule.check(context))
            except RecursionError:
                # Expressions nested by the hundred, as programs write them: this rule has no say on them.
                del found[count:]
    return sorted(found, key=_order)


@cache
def _rules() -> list[tuple[Callable[[Context], bool], list[Rule]]]:
    """Return one of each rule, by the test for their occasion; they hold nothing of a notebook."""
    found: dict[Occasion, list[Rule]] = {}
    for rule in registered().values():
        found.setdefault(rule.occasion, []).append(rule())
    return [(IS_GIVEN[occasion], rules) for occasion, rules in found.items()]


def _concerned(rules: Iterable[Rule], context: Context) -> Iterator[Rule]:
    """Yield the rules about which a notebook has, calls and mentions something.

    All of them are asked in one place: for most of them the question is all that a notebook needs.
    """
    roles, called, text = context.roles, context.called, context.text
    for rule in rules:
        if rule.has_trigger:
            if rule.role is not None and rule.role not in roles:
                continue
            if rule.called and called.isdisjoint(rule.called):
                continue
            if rule.words and not mentioned(rule.words, text):
                continue
        yield rule


def blocking(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings that stop a build."""
    rules = registered()
    return [
        one
        for one in diagnostics
        if one.severity is Severity.ERROR and one.code in rules and rules[one.code].stops_build
    ]


def _order(diagnostic: Diagnostic) -> tuple[int, int, int, str]:
    return (
        diagnostic.cell or 0,
        diagnostic.line or 0,
        diagnostic.column or 0,
        diagnostic.code,
    )
