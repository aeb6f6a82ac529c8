"""What every rule has, and the register that rules enter by being imported."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from nb2prod.diagnostic import Diagnostic, Fix, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.notebook.parsing import Span
from nb2prod.notebook.roles import Role


class Rule(ABC):
    """One check. Its docstring is its page: what, why, an example, what to write instead.

    Attributes:
        code: Its code, such as ``NBH001``.
        name: The code in words, ``undefined-name``.
        severity: How much its findings weigh, unless a finding says otherwise.
        stops_build: Whether its errors stop a build: a clean run would hit them, or nothing can be
            compiled.
        occasion: What a notebook must have for the rule to have anything to look at.
        role: The role that a cell must have; None where it looks at more.
        called: Names of functions or methods of which one must be called; empty where it looks at
            more than calls.
        words: Texts of which one must stand in an executed cell; empty where it looks at more.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    stops_build: ClassVar[bool] = True
    occasion: ClassVar[Occasion] = Occasion.ALWAYS
    role: ClassVar[Role | None] = None
    called: ClassVar[frozenset[str]] = frozenset()
    words: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield what the rule finds in a notebook."""

    def __init__(self) -> None:
        self.has_trigger = bool(self.role or self.called or self.words)

    def found(
        self,
        context: Context,
        cell: int | None,
        span: Span | None,
        message: str,
        *,
        hint: str | None = None,
        subject: str | None = None,
        severity: Severity | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """Make a finding of this rule."""
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            message=message,
            hint=hint,
            subject=subject,
            cell=cell,
            cell_id=context.notebook.cell(cell).id if cell is not None else None,
            line=span.line if span else None,
            column=span.column if span else None,
            end_line=span.end_line if span else None,
            end_column=span.end_column if span else None,
            fixable=fix is not None and fix.is_safe,
            fix=fix,
        )


_RULES: dict[str, type[Rule]] = {}


def register(rule: type[Rule]) -> type[Rule]:
    """Enter a rule into the register under its code."""
    if rule.code in _RULES:
        raise ValueError(f"two rules have the code {rule.code}")
    _RULES[rule.code] = rule
    return rule


def registered() -> dict[str, type[Rule]]:
    """Return the registered rules by code, in the order of their codes."""
    return dict(sorted(_RULES.items()))
