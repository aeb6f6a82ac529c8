"""What is taken for IPython syntax is what IPython takes for it."""

import ast
import itertools

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nb2prod.notebook.magics import translate

_LINES = [
    *("%time x = 1", "!ls", "x = 1", "'''", '"""', "(", ")", "  %who", "if x:", "    %who"),
    *("obj?", "x = %time f()", "files = !ls -l", "# c", "y = a %\\", "% b", "é = %time f()"),
    *("x = [1,", "]", "df['a'].b?", "print('a = %s' % x)", "a, b = !ls", "d['k'] = !ls", "?df"),
    *("!!ls", "x = '?'", "    !ls \\", "  -l", "*.x?", "x = f'''{y}", ""),
]


def _tree(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except SyntaxError:
        return None


def _is_odd(lines: list[str]) -> bool:
    """Name what no run survives: a magic without a name, and a ``?`` that throws away an open bracket above it."""
    is_open = any(line in ("(", "x = [1,", "y = a %\\") for line in lines[:-1])
    return any(line.startswith("% ") for line in lines) or (
        is_open and any(line.endswith("?") for line in lines[1:])
    )


@pytest.mark.parametrize("first", _LINES)
def test_the_same_lines_are_special(first: str) -> None:
    ipython = TransformerManager()  # type: ignore[no-untyped-call]  # IPython has no types here
    for second, third in itertools.product(_LINES, repeat=2):
        lines = [first, second, third]
        source = "\n".join(lines)
        try:
            expected = ipython.transform_cell(source)
        except SyntaxError:
            continue
        if _tree(expected) is None or _is_odd(lines):
            continue
        translated = translate(source)
        assert _tree(translated.code) is not None, source
        is_special = bool(translated.dropped or translated.problems)
        assert is_special == ("get_ipython()" in expected), source
