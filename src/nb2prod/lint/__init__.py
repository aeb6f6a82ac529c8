"""Find what a clean run would hit or a build cannot take, without executing anything."""

from nb2prod.lint.engine import blocking, lint
from nb2prod.lint.environment import Environment
from nb2prod.lint.rule import Rule

__all__ = ["Environment", "Rule", "blocking", "lint"]
