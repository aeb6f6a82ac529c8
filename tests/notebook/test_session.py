"""What a clean run finds at each use of a name; every label is checked by running the cells."""

from typing import Any

import pytest

from nb2prod.lint.failures import Cause, failures_of
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.percent import from_percent
from nb2prod.notebook.session import play


def _failing(notebook: Notebook) -> list[tuple[str, int]]:
    return [(one.use.name, one.use.cell) for one in failures_of(play(notebook))]


def _run(notebook: Notebook) -> list[tuple[str, int]]:
    """Run the cells and return the name and cell of the first NameError."""
    namespace: dict[str, Any] = {"__name__": "__main__", "display": print, "_": ""}
    for cell in notebook.executed_cells:
        try:
            exec(compile(cell.source, f"cell {cell.number}", "exec"), namespace)
        except NameError as error:
            return [(str(error.name), cell.number)]
    return []


FINE = {
    "plain": "# %%\nx = 1\n# %%\nx + 1",
    "may be bound": "# %%\nif 1 > 0:\n    x = 1\n# %%\nx",
    "loop variable afterwards": "# %%\nfor i in [1]: pass\n# %%\ni",
    "walrus in comprehension": "# %%\n[y := i for i in [1]]\ny",
    "comprehension scope": "# %%\n[i for i in [1]]\n# %%\ni = 2\ni",
    "class scope": "# %%\nclass C:\n    a = 1\n    b = a + 1\nC.b",
    "function defined before what it needs": "# %%\ndef f(): return k\n# %%\nk = 1\n# %%\nf()",
    "mutual functions": (
        "# %%\ndef f(n): return g(n - 1) if n else 0\ndef g(n): return f(n - 1) if n else 1\nf(3)"
    ),
    "never called": "# %%\ndef f(): return nothing_here\nx = f",
    "try NameError": "# %%\ntry:\n    x\nexcept NameError:\n    x = 1\n# %%\nx",
    "try Exception": "# %%\ntry:\n    nope\nexcept Exception:\n    pass",
    "bare except": "# %%\ntry:\n    nope()\nexcept:\n    pass",
    "handler that never runs": "# %%\ntry:\n    x = 1\nexcept OSError:\n    nope",
    "suppress": "# %%\nfrom contextlib import suppress\nwith suppress(NameError):\n    nope",
    "globals guard": '# %%\nif "x" in globals():\n    print(x)\nelse:\n    x = 1\nx',
    "not in guard": '# %%\nif "x" not in globals():\n    x = 1\n# %%\nx',
    "guarded expression": '# %%\ny = x if "x" in globals() else 1',
    "guarded and": '# %%\n"x" in dir() and print(x)',
    "star import": "# %%\nfrom math import *\n# %%\nsqrt(4)",
    "exec": "# %%\nexec('q = 1')\n# %%\nq",
    "globals store": "# %%\nglobals()['q'] = 1\n# %%\nq",
    "globals update": "# %%\nglobals().update(q=1)\n# %%\nq",
    "conditional del": "# %%\nx = 1\nif 1 > 2:\n    del x\n# %%\nx",
    "del and bind again": "# %%\nx = 1\ndel x\nx = 2\n# %%\nx",
    "former pass of a loop": (
        "# %%\nfor i in range(3):\n    if i > 0:\n        print(prev)\n    prev = i"
    ),
    "global statement": "# %%\ndef f():\n    global q\n    q = 1\nf()\n# %%\nq",
    "if False": "# %%\nif False:\n    nope",
    "main guard": '# %%\nif __name__ == "__main__":\n    x = 1\n# %%\nx',
    "future annotations": (
        "# %%\nfrom __future__ import annotations\ndef f(a: Nope) -> Nope: pass\nf(1)"
    ),
    "future annotations of an inner function": (
        "# %%\nfrom __future__ import annotations\n"
        "def deco(f):\n    def inner(a: Nope): return f\n    return inner\n"
        "@deco\ndef g(): pass\n# %%\nNope = 1"
    ),
    "quoted annotation": "# %%\ndef f(a: 'Nope'): pass\nf(1)",
    "local annotation": "# %%\ndef f():\n    x: int = 1\n    return x\nf()",
    "type checking": (
        "# %%\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nope\nx: 'nope.T' = 1"
    ),
    "match": (
        "# %%\nmatch [1, 2]:\n    case [a, *b]: c = a\n    case {'k': v, **r}: c = v\n# %%\nc, b"
    ),
    "except name afterwards when bound before": (
        "# %%\ne = 1\ntry:\n    pass\nexcept OSError as e:\n    pass\n# %%\ne"
    ),
    "with": "# %%\nimport io\nwith io.StringIO() as f: pass\n# %%\nf",
    "nested function": "# %%\ndef f():\n    y = 1\n    def g(): return y\n    return g()\nf()",
    "closure kept": (
        "# %%\ndef f():\n    def g(): return later\n    return g\nh = f()\n# %%\nlater = 1\nh()"
    ),
    "nonlocal": (
        "# %%\ndef f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n"
        "    return g()\nf()"
    ),
    "default argument": "# %%\nk = 1\ndef f(a=k): return a\nf()",
    "lambda stored": "# %%\nf = lambda: later\n# %%\nlater = 1\nf()",
    "lambda in dict": "# %%\nd = {'a': lambda: later}\n# %%\nlater = 1\nd['a']()",
    "method": ("# %%\nclass C:\n    def m(self): return k\nc = C()\n# %%\nk = 1\n# %%\nc.m()"),
    "super and class cell": (
        "# %%\nclass A:\n    def f(self): return 1\n"
        "class B(A):\n    def f(self): return super().f(), __class__\nB().f()"
    ),
    "builtins": "# %%\nprint(len([1]), __name__, __doc__, _)",
    "skipped cell": '# %% tags=["skip"]\nnope\n# %%\nx = 1',
    "generator": "# %%\nx = 1\nsum(x for _ in range(3))",
    "decorator": "# %%\ndef deco(f): return f\n@deco\ndef g(): return 1\ng()",
    "dataclass": (
        "# %%\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int = 2\nP(1)"
    ),
    "imports": "# %%\nimport os.path as p, sys\nfrom json import loads as l\n# %%\np, sys, l",
    "unpacking": "# %%\n(a, *b), c = [1, 2], 3\n# %%\na, b, c",
    "while True": "# %%\nwhile True:\n    x = 1\n    break\n# %%\nx",
    "sorted key": "# %%\ndef key(v): return k * v\nk = 2\nsorted([2, 1], key=key)",
    "chained comparison": "# %%\nx = 1\n0 < x < 2",
    "conditional import": "# %%\ntry:\n    import nope_nope as j\nexcept ImportError:\n    import json as j\nj",
}

FAILING = {
    "undefined": ("# %%\nx = 1\n# %%\ny", ("y", 2)),
    "later cell": ("# %%\nx\n# %%\nx = 1", ("x", 1)),
    "later line": ("# %%\nprint(x)\nx = 1", ("x", 1)),
    "comprehension variable": ("# %%\n[i for i in [1]]\n# %%\ni", ("i", 2)),
    "call too early": ("# %%\ndef f(): return k\n# %%\nf()\n# %%\nk = 1", ("k", 2)),
    "call through another": (
        "# %%\ndef g(): return k\ndef f(): return g()\n# %%\nf()\n# %%\nk = 1",
        ("k", 2),
    ),
    "call of an undefined function": ("# %%\ndef f(): return nope()\nf()", ("nope", 1)),
    "after del": ("# %%\nx = 1\ndel x\n# %%\nx", ("x", 2)),
    "function after del": ("# %%\nk = 1\ndef f(): return k\nf()\ndel k\n# %%\nf()", ("k", 2)),
    "del of nothing": ("# %%\ndel x", ("x", 1)),
    "augmented": ("# %%\nx += 1", ("x", 1)),
    "loop before binding": ("# %%\nfor i in [1]:\n    t = t + i", ("t", 1)),
    "except name afterwards": (
        "# %%\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    pass\n# %%\ne",
        ("e", 2),
    ),
    "default argument": ("# %%\ndef f(a=k): return a\n# %%\nk = 1", ("k", 1)),
    "decorator": ("# %%\n@deco\ndef f(): pass\n# %%\ndef deco(f): return f", ("deco", 1)),
    "base class": ("# %%\nclass C(B): pass\n# %%\nclass B: pass", ("B", 1)),
    "annotation": ("# %%\ndef f(a: T): pass\n# %%\nclass T: pass", ("T", 1)),
    "class variable outside": ("# %%\nclass C:\n    a = 1\n# %%\na", ("a", 2)),
    "method": (
        "# %%\nclass C:\n    def m(self): return k\nc = C()\n# %%\nc.m()\n# %%\nk = 1",
        ("k", 2),
    ),
    "method through self": (
        (
            "# %%\nclass C:\n    def a(self): return self.b()\n    def b(self): return k\n"
            "c = C()\n# %%\nc.a()\n# %%\nk = 1"
        ),
        ("k", 2),
    ),
    "constructor": (
        "# %%\nclass C:\n    def __init__(self): self.k = k\n# %%\nC()\n# %%\nk = 1",
        ("k", 2),
    ),
    "lambda": ("# %%\nf = lambda: k\n# %%\nf()\n# %%\nk = 1", ("k", 2)),
    "sorted key": ("# %%\ndef key(v): return k * v\nsorted([1], key=key)\n# %%\nk = 1", ("k", 1)),
    "sorted lambda": ("# %%\nsorted([1], key=lambda v: k * v)\n# %%\nk = 1", ("k", 1)),
    "inner function": (
        "# %%\ndef f():\n    def g(): return k\n    return g()\n# %%\nf()\n# %%\nk = 1",
        ("k", 2),
    ),
    "file": ("# %%\nprint(__file__)", ("__file__", 1)),
    "other branch": ("# %%\nif 1 > 0:\n    y = x\nelse:\n    x = 1", ("x", 1)),
    "try of another error": ("# %%\ntry:\n    x\nexcept OSError:\n    pass\n# %%\nx = 1", ("x", 1)),
    "finally": ("# %%\ntry:\n    pass\nfinally:\n    x\n# %%\nx = 1", ("x", 1)),
    "skipped cell": ('# %% tags=["skip"]\nx = 1\n# %%\nx', ("x", 2)),
    "recursion": (
        "# %%\ndef f(n): return k if n == 0 else f(n - 1)\n# %%\nf(2)\n# %%\nk = 1",
        ("k", 2),
    ),
    "subscript store": ("# %%\nd['a'] = 1\n# %%\nd = {}", ("d", 1)),
    "with": ("# %%\nimport io\nwith io.StringIO(t) as f: pass\n# %%\nt = ''", ("t", 1)),
    "match": ("# %%\nmatch v:\n    case 1: pass\n# %%\nv = 1", ("v", 1)),
    "f-string": ("# %%\nf'{x}'\n# %%\nx = 1", ("x", 1)),
    "global bound by a call that did not happen": (
        "# %%\nq\n# %%\ndef f():\n    global q\n    q = 1\nf()",
        ("q", 1),
    ),
    "comprehension condition": ("# %%\n[i for i in [1] if k]\n# %%\nk = 1", ("k", 1)),
    "class body": ("# %%\nclass C:\n    a = k\n# %%\nk = 1", ("k", 1)),
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE.keys())
def test_nothing_is_said_about_what_works(text: str) -> None:
    notebook = from_percent(text)
    assert _run(notebook) == []
    assert _failing(notebook) == []


@pytest.mark.parametrize(("text", "expected"), FAILING.values(), ids=FAILING.keys())
def test_the_first_failing_use_is_found(text: str, expected: tuple[str, int]) -> None:
    notebook = from_percent(text)
    assert _run(notebook) == [expected]
    assert _failing(notebook)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "# %%\n%run other.py\n# %%\nx",
        "# %%\n%unheard_of\nx",
        "# %%\nx = = 1\ny = 2\n# %%\nx, y",
        '# %% tags=["raises-exception"]\nnope',
        "# %%\n%%capture out\nx = 1\n# %%\nout, x",
        "# %%\nfiles = !ls\n# %%\nfiles",
        "# %%\nls",
        "# %%\n%time x = 1\n# %%\nx",
        "# %%\n%%html\n<b>{{x}}</b>",
        "# %%\ndf = 1\ndf.query('a > @nope')",
        "# %%\nIn, Out, _1, _i2, _ih, get_ipython, __, exit",
        "# %%\nget_ipython().run_line_magic('run', 'a.py')\nx",
    ],
)
def test_ipython_is_known(text: str) -> None:
    assert _failing(from_percent(text)) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("# %%\nx", Cause.UNDEFINED),
        ('# %% tags=["skip"]\nx = 1\n# %%\nx', Cause.SKIPPED),
        ("# %%\nx = 1\ndel x\nx", Cause.DELETED),
        ("# %%\nx\n# %%\nx = 1", Cause.LATER),
        ("# %%\ndef f(): return k\nf()\n# %%\nk = 1", Cause.LATER_THAN_CALL),
    ],
)
def test_causes(text: str, cause: Cause) -> None:
    assert [one.cause for one in failures_of(play(from_percent(text)))] == [cause]


def test_each_name_is_said_once() -> None:
    notebook = from_percent("# %%\nx\nx\n# %%\nx\ny")
    assert _failing(notebook) == [("x", 1), ("y", 2)]


def test_a_long_chain_of_functions_ends() -> None:
    functions = "\n".join(f"def f{n}(): return f{n + 1}() + f{(n * 7) % 60}()" for n in range(60))
    notebook = from_percent(f"# %%\n{functions}\ndef f60(): return k\n# %%\nf0()\n# %%\nk = 1")
    assert _failing(notebook) == [("k", 2)]
