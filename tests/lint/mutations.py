"""Damaged and strange notebooks, made from ordinary ones."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    10**30,
    "",
    "\ud800",
    "\x00",
    "é\u202e",
    [],
    {},
    [[[[]]]],
    {"a": {"b": {}}},
    "code",
    ["x = 1\n", None],
    "x" * 100_000,
)
_LINES = (
    "print 'python 2'",
    "exec code in names",
    "x <- c(1, 2, 3)",
    "library(ggplot2)",
    "function f(x) { return x }",
    "SELECT * FROM t WHERE a = 'b';",
    "%%sql result <<",
    "%%bash --out x --err",
    "%load_ext nope",
    "!rm -rf {nope} $x",
    "%time",
    "%%time %%capture",
    "?nope",
    "nope??",
    "from . import *",
    "from nope import *",
    "def f(:",
    "class C(C): x = C",
    "lambda: (yield)",
    "async with a as b, c as d: await e",
    "match x:\n    case {'a': [*_, y], **z} if y: pass",
    "try:\n    pass\nexcept* E as e:\n    raise",
    "global x; del x; x",
    "x: int; x",
    "x = x = x",
    "[x := y for y in x for x in y]",
    "f'{x!r:{y}}' '{z'",
    "del (a, [b, c.d, e[f]])",
    "while True: break\nelse: x",
    "def f(a, /, b, *c, d=e, **g) -> h: return a, b, c, d, g",
    "@a.b(c)\nclass D(E, metaclass=F): x: G = H",
    "train_test_split(*a, **b)[c](d).e",
    "X_train, X_test = train_test_split(X, y)\nm.fit(X_test)\nm.score(X_test)",
    "from sklearn.model_selection import train_test_split",
    "df[df.a][['b']].c.fillna(0, inplace=True)",
    "open('/home/me/x', *a)",
    "password = 'aB3$xyz!!Q9w'",
    "x = '''unfinished",
    "\\",
    "\f\v",
    "\t x",
    "if x:\n\ty = 1\n        z = 2",
    "# noqa: , ,NBH # noqa",
    "£ = ¬",
    "\N{MATHEMATICAL FRAKTUR SMALL X} = 1; x",
    "-" * 3000 + "1",
    "(" * 300,
    "a" + ".b" * 3000,
    "a" + "[0]" * 2000,
    "x = " + "1 + " * 5000 + "1",
    "x = " + "[" * 90 + "]" * 90,
    "if x: pass\n" + "elif x: pass\n" * 1500,
    "a" + "(b)" * 1000,
)


def document(rng: random.Random) -> dict[str, Any]:
    """Return an ordinary notebook with outputs, counts and tags."""
    sources = [
        "import pandas as pd\nfrom sklearn.model_selection import train_test_split",
        "df = pd.read_csv('a.csv')\ndf['b'] = df['a'] * 2",
        "def f(x):\n    return x + k\nk = 1\nf(2)",
        "for i in range(3):\n    total = i\nprint(total)",
        "%matplotlib inline\n!pip install x",
    ]
    rng.shuffle(sources)
    cells = [
        {
            "cell_type": rng.choice(("code", "code", "markdown")),
            "id": f"c{number}",
            "metadata": {"tags": rng.choice(([], ["features"], ["load", "x"], ["parameters"]))},
            "execution_count": rng.choice((None, number, 3)),
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["a\n", "ann@mail.org"]},
                {"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {}},
            ],
            "source": source if number % 2 else source.splitlines(keepends=True),
        }
        for number, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def mutant(rng: random.Random) -> bytes:
    """Return the bytes of a notebook that something happened to."""
    made = document(rng)
    for _ in range(rng.randrange(1, 5)):
        rng.choice(_STRUCTURAL)(made, rng)
    text = json.dumps(made, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 1)))
    data = text.encode("utf-8", "surrogatepass")
    return rng.choice(_BYTES)(data, rng) if rng.random() < 0.3 else data


def _write_lines(made: dict[str, Any], rng: random.Random) -> None:
    cells = made.get("cells")
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, dict) and rng.random() < 0.7:
            lines = rng.choices(_LINES, k=rng.randrange(1, 5))
            cell["source"] = "\n".join(lines)


def _place_odd(made: dict[str, Any], rng: random.Random) -> None:
    holder, key = rng.choice(_places(made))
    holder[key] = copy.deepcopy(rng.choice(_ODD))


def _remove(made: dict[str, Any], rng: random.Random) -> None:
    holder, key = rng.choice(_places(made))
    del holder[key]


def _repeat(made: dict[str, Any], rng: random.Random) -> None:
    cells = made.get("cells")
    if isinstance(cells, list):
        made["cells"] = cells * rng.randrange(1, 6)


def _deepen(made: dict[str, Any], rng: random.Random) -> None:
    deep: Any = "x"
    for _ in range(rng.randrange(10, 400)):
        deep = [deep] if rng.random() < 0.5 else {"a": deep}
    holder, key = rng.choice(_places(made))
    holder[key] = deep


def _places(made: dict[str, Any]) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    pending: list[Any] = [made]
    while pending:
        value = pending.pop()
        keys: list[Any] = []
        if isinstance(value, dict):
            keys = list(value)
        elif isinstance(value, list):
            keys = list(range(len(value)))
        found += [(value, key) for key in keys]
        pending += [value[key] for key in keys]
    return found or [({"a": 1}, "a")]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _flip(data: bytes, rng: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.randrange(1, 20)):
        flipped[rng.randrange(len(flipped))] = rng.randrange(256)
    return bytes(flipped)


def _recode(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-8-sig", "latin-1", "cp1252")), "replace")


def _line_ends(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\n", b"\r\n").replace(b"\\n", rng.choice((b"\\r\\n", b"\\r", b"\\u2028")))


_STRUCTURAL: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    _write_lines,
    _write_lines,
    _write_lines,
    _place_odd,
    _remove,
    _repeat,
    _deepen,
)
_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flip, _recode, _line_ends)
