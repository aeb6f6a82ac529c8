"""Read a file's rows as raw records, in chunks, as the notebook's own reading would."""

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from runtime.frames import to_records
from runtime.schema import Column, Schema

_WHOLE = re.compile(r"\s*[+-]?\d{1,400}\s*")
_BOOLEANS = {
    **dict.fromkeys(("True", "TRUE", "true"), True),
    **dict.fromkeys(("False", "FALSE", "false"), False),
}


class UnreadableTable(ValueError):
    """A file that cannot be read as a table of such records; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file.

    Attributes:
        first: Number of its first row, 1 for the file's first.
        rows: The rows as read, with the file's columns.
        records: The same rows as raw records.
    """

    first: int
    rows: pd.DataFrame
    records: list[dict[str, object]]


def read_chunks(path: Path, schema: Schema, *, size: int, separator: str) -> Iterator[Chunk]:
    """Read a CSV or Parquet file; columns that the schema has not are ignored.

    A null in a CSV file is what pandas' ``read_csv`` takes for one by default.

    Args:
        path: The file; its suffix says which kind it is.
        schema: The columns to read.
        size: Most rows in a chunk.
        separator: What stands between a CSV file's fields.

    Raises:
        UnreadableTable: It is no such file, or lacks columns.
    """
    is_parquet = path.suffix.lower() in {".parquet", ".pq"}
    first = 1
    for rows in _parquet(path, size) if is_parquet else _csv(path, size, separator):
        absent = [column.name for column in schema.columns if column.name not in rows.columns]
        if absent:
            raise UnreadableTable(f"{path.name} lacks the columns {', '.join(map(repr, absent))}")
        records = to_records(schema, rows) if is_parquet else _from_text(schema, rows)
        yield Chunk(first, rows, records)
        first += len(rows)


def _csv(path: Path, size: int, separator: str) -> Iterator[pd.DataFrame]:
    try:
        with pd.read_csv(path, dtype="str", chunksize=size, sep=separator) as chunks:
            yield from chunks
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnreadableTable(f"{path.name} cannot be read as CSV: {error}") from error


def _parquet(path: Path, size: int) -> Iterator[pd.DataFrame]:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise UnreadableTable("Parquet files need pyarrow: pip install pyarrow") from error
    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=size):
            yield batch.to_pandas()
    except (OSError, ValueError) as error:
        raise UnreadableTable(f"{path.name} cannot be read as Parquet: {error}") from error


def _from_text(schema: Schema, rows: pd.DataFrame) -> list[dict[str, object]]:
    columns = {column.name: _values(column, rows[column.name]) for column in schema.columns}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _values(column: Column, texts: pd.Series) -> list[object]:
    """Turn a column's texts into values; a text that is none stays, for the check to refuse."""
    kind = _number_kind(column)
    listed: list[object] = [None if isinstance(text, float) else text for text in texts.tolist()]
    if kind == "boolean":
        return [_BOOLEANS.get(str(text), text) for text in listed]
    if kind == "text":
        return listed
    # pandas' own parser, since the notebook's numbers came through it too.
    numbers: list[float] = pd.to_numeric(texts, errors="coerce").astype(float).tolist()
    values: Mapping[int, object] = {
        position: number
        for position, number in enumerate(numbers)
        if listed[position] is not None and number == number
    }
    if kind == "integer":
        # A float cannot hold every integer.
        whole = {i: int(str(t)) for i, t in enumerate(listed) if _WHOLE.fullmatch(str(t))}
        values = {**values, **whole}
    return [values.get(position, text) for position, text in enumerate(listed)]


def _number_kind(column: Column) -> str:
    if column.kind in {"number", "integer", "boolean"}:
        return column.kind
    kinds = {type(category) for category in column.categories or ()}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    return "number" if kinds and kinds <= {int, float} else "text"
