"""NBT013: a tagged cell that does too much."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.model import Cell
from nb2prod.notebook.roles import Role

_MOST = 80
_FREE = frozenset({Role.FUNCTIONS, Role.PARAMETERS, Role.IMPORTS})


@register
class LongCell(Rule):
    """A tagged cell has more than 80 lines of code.

    ## What it does
    Counts the lines of tagged cells that hold code. Cells of functions and parameters may be long.

    ## Why is this bad?
    A role holds for a whole cell. A long one mostly does several things, of which only some belong
    into the service, and a refusal or a difference is hard to find in it.

    ## Example
    ```python
    # %% tags=["features"]
    LINES = [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        18,
        19,
        20,
        21,
        22,
        23,
        24,
        25,
        26,
        27,
        28,
        29,
        30,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        38,
        39,
        40,
        41,
        42,
        43,
        44,
        45,
        46,
        47,
        48,
        49,
        50,
        51,
        52,
        53,
        54,
        55,
        56,
        57,
        58,
        59,
        60,
        61,
        62,
        63,
        64,
        65,
        66,
        67,
        68,
        69,
        70,
        71,
        72,
        73,
        74,
        75,
        76,
        77,
        78,
        79,
        80,
    ]
    ```

    ## Use instead
    ```python
    # %% tags=["features"]
    LINES = list(range(100))
    ```
    """

    code = "NBT013"
    name = "long-cell"
    severity = Severity.INFO
    stops_build = False
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such cells."""
        for cell in context.cells:
            lines = _code_lines(cell) if cell.roles else 0
            if lines > _MOST and _FREE.isdisjoint(cell.roles):
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    f"This cell has {lines} lines of code: its role holds for all of them, "
                    "though some may not belong into the service.",
                    hint="Divide it (Ctrl+Shift+Minus in JupyterLab), and tag the parts.",
                )


def _code_lines(cell: Cell) -> int:
    if cell.source.count("\n") < _MOST:
        return 0
    lines = (line.strip() for line in cell.source.split("\n"))
    return sum(bool(line) and not line.startswith("#") for line in lines)
