"""Names and what they are bound to, with the loops around the current statement."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from nb2prod.compile.spec import Spec


@dataclass(slots=True)
class Loop:
    """A loop that the current statement stands in.

    Attributes:
        variables: The names that it binds each time.
        changes: Names that its body binds or changes.
        before: Training statements that must run before it.
    """

    variables: tuple[str, ...]
    changes: frozenset[str]
    before: list[ast.stmt] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """The names of a module or of one function call.

    Attributes:
        parent: The module's scope, seen from a function.
        path: Places of the calls that lead here, as the recorder writes them.
        names: What is bound here.
        loops: Loops around the current statement, outermost first.
        before: Training statements that must run before the current statement.
        after: Training statements that must run after it.
        serve_before: Serving statements that must run before it.
        versions: How often each name was bound or changed.
        prefix: Put before names of frozen values, to tell helpers apart.
        outer_keys: Loop variables of the caller that a helper receives as arguments.
        caller: The scope that a function is called from.
        rebound: Names that were bound by statements.
        serial: Tells scopes apart for as long as the compilation lasts.
        arguments: What the caller passes, by parameter.
        freezer: Freezes a value of what a library hands to a function, or returns None where that is not needed.
    """

    parent: Scope | None = None
    path: tuple[str, ...] = ()
    names: dict[str, Spec] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    before: list[ast.stmt] = field(default_factory=list)
    after: list[ast.stmt] = field(default_factory=list)
    serve_before: list[ast.stmt] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    prefix: str = ""
    outer_keys: tuple[str, ...] = ()
    caller: Scope | None = None
    rebound: set[str] = field(default_factory=set)
    serial: int = field(default_factory=itertools.count().__next__)
    arguments: dict[str, Spec] = field(default_factory=dict)
    freezer: Callable[[Spec, ast.expr], Spec | None] | None = None

    def find(self, name: str) -> tuple[Spec, Scope] | None:
        """Return what a name is bound to, and where."""
        if name in self.names:
            return self.names[name], self
        return self.parent.find(name) if self.parent is not None else None

    def is_inner(self, code: ast.AST) -> bool:
        """Tell whether code reads a variable of a comprehension or lambda, which nothing outside can read."""
        names = (n.id for n in ast.walk(code) if isinstance(n, ast.Name))
        owners = (found[1] for name in names if (found := self.find(name)) is not None)
        return any(owner.parent is not None and owner.caller is None for owner in owners)

    @property
    def root(self) -> Scope:
        """Return the module's scope."""
        return self if self.parent is None else self.parent.root

    def bind(self, name: str, spec: Spec) -> None:
        """Bind a name."""
        self.names[name] = spec
        self.rebound.add(name)
        self.touch(name)

    def touch(self, name: str) -> None:
        """Note that a name's value changed."""
        found = self.find(name)
        scope = found[1] if found is not None else self
        scope.versions[name] = scope.versions.get(name, 0) + 1

    def from_caller(self, spec: Spec, *, may_change: bool = False) -> Spec | None:
        """Follow a parameter to what the outermost caller passed for it.

        Args:
            spec: A value of this scope.
            may_change: Whether the object may have been changed in place, as a model is by ``fit``.

        Returns:
            The caller's value, or None where the parameter stands for something else by now.
        """
        if self.caller is None:
            return spec
        if not isinstance(spec.fit, ast.Name) or spec.fit.id in self.rebound:
            return None
        if self.versions.get(spec.fit.id, 0) and not may_change:
            return None
        passed = self.arguments.get(spec.fit.id)
        return (
            self.caller.from_caller(passed, may_change=may_change) if passed is not None else None
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the loop variables that a value frozen here is kept by."""
        own = tuple(variable for loop in self.loops for variable in loop.variables)
        return (*self.outer_keys, *own)
