"""Calls whose value is not decided by the code or the table: clocks, random draws, files and networks.

Names are the fallback here: such a call has no rows among its operands, so its behaviour in one run says nothing.
"""

from __future__ import annotations

import ast

_CLOCK = frozenset({"now", "today", "utcnow", "time", "localtime", "gmtime", "time_ns"})
_CLOCK_OWNERS = frozenset(
    {"datetime", "date", "Timestamp", "time", "dt", "pd", "pendulum", "arrow"}
)
_DRAWS = frozenset(
    {
        "rand", "randn", "randint", "random", "random_sample", "normal", "uniform", "choice", "permutation",
        "sample", "binomial", "poisson", "integers", "standard_normal", "exponential", "beta", "gamma", "shuffle",
        "uuid1", "uuid4", "token_hex", "choices", "randrange", "gauss", "betavariate",
    }
)  # fmt: skip
_DRAW_OWNERS = frozenset(
    {"random", "np", "numpy", "rng", "uuid", "secrets", "generator", "default_rng"}
)
_READS = frozenset(
    {
        "read_csv", "read_parquet", "read_sql", "read_sql_query", "read_sql_table", "read_excel", "read_json",
        "read_html", "read_table", "read_feather", "read_pickle", "open", "urlopen", "get", "post", "request",
        "loadtxt", "genfromtxt", "execute", "fetchall",
    }
)  # fmt: skip
_READ_OWNERS = frozenset(
    {
        "pd",
        "pandas",
        "requests",
        "httpx",
        "urllib",
        "cursor",
        "conn",
        "connection",
        "np",
        "numpy",
        "session",
    }
)


A_DRAW = "a random draw"


def outside_world(call: ast.Call) -> str | None:
    """Return what a call takes from outside, in words, or None."""
    names = _dotted(call.func)
    if not names:
        return None
    last, owners = names[-1], set(names[:-1])
    if last == "open" and not owners:
        return "a file"
    if not owners:
        return None
    if last in _CLOCK and owners & _CLOCK_OWNERS:
        return "the clock"
    if last in _DRAWS and owners & _DRAW_OWNERS:
        return A_DRAW
    if last in _READS and owners & _READ_OWNERS:
        return "a file, a database or the network"
    return None


def _dotted(node: ast.expr) -> list[str]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=attribute):
            return [*_dotted(value), attribute]
        case ast.Call(func=function):
            return _dotted(function)
        case _:
            return []


_SEEDING = frozenset({"seed", "set_seed", "manual_seed"})
_SHOWING = ("display", "plotting", "styler", "io", "precision", "print_changed_only", "max_")
_SETTING = frozenset({"set_config", "set_option"})


def is_seeding(node: ast.stmt) -> bool:
    """Tell whether a statement seeds a generator: training must do it at the same point."""
    return _last_name(node) in _SEEDING


def is_setting(node: ast.stmt) -> bool:
    """Tell whether a statement changes what a library computes from then on; how it shows things does not count."""
    if _last_name(node) not in _SETTING or not isinstance(node, ast.Expr):
        return False
    call = node.value
    assert isinstance(call, ast.Call)
    names = [a.value for a in call.args[:1] if isinstance(a, ast.Constant)]
    names += [keyword.arg for keyword in call.keywords]
    return not all(str(name).startswith(_SHOWING) for name in names)


def _last_name(node: ast.stmt) -> str | None:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return None
    names = _dotted(node.value.func)
    return names[-1] if names else None
