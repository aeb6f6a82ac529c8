"""Score a file: ``python -m app.batch INPUT.csv -o OUT.csv``.

Rows are checked and answered by the same code as requests. What cannot be answered goes to
``OUT.csv.quarantine.csv`` with the reasons. Both files appear complete or not at all.

Exit status: 0 all rows were scored, 1 some are in quarantine, 2 the file or the model cannot be
read.
"""

import argparse
import contextlib
import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from runtime.checks import InvalidRecords, Remark
from runtime.faults import ArtifactError
from runtime.loading import load_version
from runtime.policy import read_policy
from runtime.predictor import Answer, Predictor
from runtime.selection import choose_version

from .settings import Settings
from .tables import Chunk, UnreadableTable, read_chunks


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a file as the command line says, and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        service = Settings().folder
        version = load_version(choose_version(service, options.version))
        predictor = Predictor(version, read_policy(service))
        scored, faulty = score(
            predictor,
            options.input,
            options.output,
            keep=options.keep,
            size=options.chunk_rows,
            separator=options.separator,
        )
    except (ArtifactError, UnreadableTable, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return 130
    where = f", {faulty} in {_quarantine(options.output)}" if faulty else ""
    print(f"{scored} rows in {options.output}{where}", file=sys.stderr)
    return 1 if faulty else 0


def score(
    predictor: Predictor,
    source: Path,
    output: Path,
    *,
    keep: Sequence[str] = (),
    size: int = 10_000,
    separator: str = ",",
) -> tuple[int, int]:
    """Score a file's rows into another file, and return how many were answered and how many not.

    Args:
        predictor: The loaded version.
        source: CSV or Parquet with at least the schema's columns.
        output: CSV to write: row number, kept columns, prediction, probabilities, and the fields
            whose values training never saw, or would have dropped the row for.
        keep: Columns of the source to copy into the output, such as an identifier.
        size: Rows that are in memory at once.
        separator: What stands between a CSV source's fields.

    Raises:
        UnreadableTable: The source is no such file.
        OSError: The output cannot be written.
    """
    schema = predictor.version.schema
    names = [column.name for column in schema.columns]
    labels = predictor.labels or ()
    scored = faulty = 0
    with _replacing(output) as results, _replacing(_quarantine(output)) as rejects:
        good, bad = csv.writer(results), csv.writer(rejects)
        scores = ["prediction", *(f"probability_{label}" for label in labels)]
        good.writerow(["row", *keep, *scores, "unusual_fields"])
        bad.writerow(["row", "reasons", *names])
        for chunk in read_chunks(source, schema, size=size, separator=separator):
            answers, faults = answer_chunk(predictor, chunk)
            _check_kept(chunk, keep)
            kept = chunk.rows[list(keep)].astype(object).to_numpy()
            rows = chunk.rows[names].astype(object).to_numpy()
            for position, answer in answers:
                good.writerow([chunk.first + position, *kept[position], *_cells(answer, labels)])
            for position, remarks in faults.items():
                reasons = "; ".join(f"{remark.field} {remark.reason}" for remark in remarks)
                bad.writerow([chunk.first + position, reasons, *rows[position]])
            scored, faulty = scored + len(answers), faulty + len(faults)
    if not faulty:
        _quarantine(output).unlink()
    return scored, faulty


def answer_chunk(
    predictor: Predictor, chunk: Chunk
) -> tuple[list[tuple[int, Answer]], dict[int, list[Remark]]]:
    """Answer what can be answered of a chunk.

    Returns:
        The answers with their positions in the chunk, and by position why others have none.
    """
    checked = [predictor.check(record) for record in chunk.records]
    faults = {i: list(one.errors) for i, one in enumerate(checked) if one.errors}
    while True:
        positions = [i for i in range(len(checked)) if i not in faults]
        try:
            answers = predictor.answer([checked[i] for i in positions])
        except InvalidRecords as refused:
            for position, remark in refused.errors:
                faults.setdefault(positions[position], []).append(remark)
        else:
            return list(zip(positions, answers, strict=True)), dict(sorted(faults.items()))


def _check_kept(chunk: Chunk, keep: Iterable[str]) -> None:
    absent = [name for name in keep if name not in chunk.rows.columns]
    if absent:
        raise UnreadableTable(f"the input has no column {absent[0]!r} to keep")


def _cells(answer: Answer, labels: Iterable[str]) -> list[object]:
    found = answer.probabilities or {}
    # csv writes Python's own shortest text of a float, which reads back as the same float.
    prediction = answer.prediction
    value = json.dumps(prediction) if isinstance(prediction, dict) else prediction
    unusual = ";".join(dict.fromkeys(warning.field or "row" for warning in answer.warnings))
    return [value, *(found.get(label) for label in labels), unusual]


def _quarantine(output: Path) -> Path:
    return output.with_name(output.name + ".quarantine.csv")


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Give a file that takes the path's place once the block ends well."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.batch", description="Score a file.")
    parser.add_argument("input", type=Path, help="CSV or Parquet with the schema's columns")
    parser.add_argument("-o", "--output", type=Path, required=True, help="CSV to write")
    parser.add_argument("--version", default=os.environ.get("MODEL_VERSION"), help="such as v1")
    parser.add_argument("--keep", action="append", default=[], help="column to copy; repeatable")
    parser.add_argument("--chunk-rows", type=int, default=10_000, help="rows in memory at once")
    parser.add_argument("--separator", default=",", help="between a CSV file's fields")
    return parser


if __name__ == "__main__":
    sys.exit(main())
