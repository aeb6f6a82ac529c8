r"""Small notebooks about names: forms of binding in every placement, and single traps.

Nothing here says what is right: `truth.py` runs each notebook in IPython and sees. In `traps.txt` ` ## ` stands
between cells and `\n` between lines.
"""

from collections.abc import Iterator
from pathlib import Path

_BINDERS = {
    "assignment": "x = 1",
    "tuple": "x, other = 1, 2",
    "starred": "first, *x = 1, 2, 3",
    "chained": "other = x = 1",
    "annotated": "x: int = 1",
    "for target": "for x in [1]:\n    pass",
    "with target": "import io\nwith io.StringIO('1') as x:\n    pass",
    "import": "import math as x",
    "from import": "from math import pi as x",
    "function": "def x():\n    return 1",
    "class": "class x:\n    pass",
    "walrus": "print(x := 1)",
    "walrus in comprehension": "[x := n for n in [1]]",
    "in branch": "if 1 > 0:\n    x = 1",
    "in try": "try:\n    x = 1\nexcept OSError:\n    pass",
    "match": "match [1]:\n    case [x]:\n        pass",
    "match star": "match [1, 2]:\n    case [_, *x]:\n        pass",
    "global in function": "def setter():\n    global x\n    x = 1\nsetter()",
    "time": "%time x = 1",
    "cell time": "%%time\nx = 1",
    "capture": "%%capture x\nprint(1)",
    "shell": "x = !echo 1",
    "magic value": "x = %pwd",
    "bash out": "%%bash --out x\necho 1",
    "exec": "exec('x = 1')",
    "globals store": "globals()['x'] = 1",
    "indented cell": "    x = 1",
    "lambda": "x = lambda: 1",
}
_PLACEMENTS = {
    "read below": ("{bind}", "str(x)"),
    "read above": ("str(x)", "{bind}"),
    "read in a function called below": ("def f():\n    return str(x)", "{bind}", "f()"),
    "read in a function called above": ("def f():\n    return str(x)", "f()", "{bind}"),
    "read in a method called above": (
        "class C:\n    def m(self):\n        return str(x)",
        "C().m()",
        "{bind}",
    ),
    "deleted": ("{bind}", "del x", "str(x)"),
    "deleted and bound again": ("{bind}", "del x", "{bind}", "str(x)"),
}
_TRAPS = Path(__file__).with_name("traps.txt")


def cases() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each notebook's name and the sources of its cells."""
    for binder, bind in _BINDERS.items():
        for placement, cells in _PLACEMENTS.items():
            yield f"{binder}: {placement}", tuple(cell.replace("{bind}", bind) for cell in cells)
    for line in _TRAPS.read_text(encoding="utf-8").splitlines():
        name, _, text = line.partition(" | ")
        yield name, tuple(text.replace("\\n", "\n").split(" ## "))
