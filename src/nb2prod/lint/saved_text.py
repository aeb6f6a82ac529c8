"""The texts among a cell's saved outputs; pictures and other data are none."""

from collections.abc import Iterator

from nb2prod.notebook.model import Cell

_LONGEST = 200_000


def texts_of(cell: Cell) -> Iterator[str]:
    """Yield the texts that a cell has saved, each cut at a bound."""
    for output in cell.outputs:
        yield from _texts(output.get("text"))
        data = output.get("data")
        if isinstance(data, dict):
            yield from _texts(data.get("text/plain"))
        if output.get("output_type") == "error":
            yield from _texts(output.get("evalue"))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value[:_LONGEST]
    elif isinstance(value, list):
        yield "".join(one for one in value if isinstance(one, str))[:_LONGEST]
