import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

Row = dict[str, Any]
HEADER = ["row", "prediction", "probability_Adelie", "probability_Gentoo", "unusual_fields"]


@pytest.fixture(scope="module")
def golden(built_service: Path) -> list[Row]:
    text = (built_service / "versions" / "v2" / "golden.json").read_text()
    rows: list[Row] = json.loads(text)["rows"]
    return rows


@pytest.fixture
def source(tmp_path: Path, golden: list[Row]) -> Path:
    path = tmp_path / "in.csv"
    frame = pd.DataFrame([row["record"] for row in golden]).astype({"ring": "int64"})
    frame.assign(species="?").to_csv(path, index=False)
    return path


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    said: str


Batch = Callable[..., Done]


@pytest.fixture
def batch(app_module: Callable[[str], ModuleType], capsys: pytest.CaptureFixture[str]) -> Batch:
    """Return a function that scores as ``python -m app.batch`` does."""

    def run(*arguments: object) -> Done:
        status = app_module("batch").main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert captured.out == ""
        return Done(status, captured.err)

    return run


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("rows", [7, 1000], ids=["several chunks", "one chunk"])
def test_a_file_gets_the_notebook_s_answers(
    batch: Batch, source: Path, golden: list[Row], rows: int
) -> None:
    output = source.with_name("out.csv")
    done = batch(source, "-o", output, "--chunk-rows", rows)
    assert done.status == 0
    found = read(output)
    assert list(found[0]) == HEADER
    assert [row["prediction"] for row in found] == [row["prediction"] for row in golden]
    for answer, row in zip(found, golden, strict=True):
        expected = row["probabilities"]["Adelie"]
        assert float(answer["probability_Adelie"]) == pytest.approx(expected, rel=1e-9)
    assert {path.name for path in source.parent.iterdir()} == {"in.csv", "out.csv"}


def test_bad_rows_are_kept_apart_with_reasons(
    batch: Batch, source: Path, golden: list[Row]
) -> None:
    lines = source.read_text().splitlines()
    lines[3] = lines[3].replace(",m,", ",?,").replace(",f,", ",?,")
    lines[5] = "Dream,many,1.5,never,maybe,1e3,f,?"
    lines[6] = "Dream,-1,1,,True,9007199254740993,f,?"
    source.write_text("\n".join(lines) + "\n")
    output = source.with_name("out.csv")
    done = batch(source, "-o", output, "--keep", "ring")
    assert done.status == 1
    assert "57 rows" in done.said
    numbers = [int(row["row"]) for row in read(output)]
    assert numbers == [n for n in range(1, len(golden) + 1) if n not in {3, 5, 6}]
    assert read(output)[0]["ring"] == str(golden[0]["record"]["ring"])
    rejected = read(output.with_name("out.csv.quarantine.csv"))
    assert [row["row"] for row in rejected] == ["3", "5", "6"]
    assert "the model has no answer" in rejected[0]["reasons"]
    assert [part.split()[0] for part in rejected[1]["reasons"].split("; ")] == [
        "mass",
        "eggs",
        "seen",
        "tagged",
    ]
    assert rejected[1]["mass"] == "many"
    assert rejected[2]["reasons"] == "mass must be above 0"


def test_a_quarantine_of_an_earlier_run_goes(batch: Batch, source: Path) -> None:
    stale = source.with_name("out.csv.quarantine.csv")
    stale.write_text("old\n")
    assert batch(source, "-o", source.with_name("out.csv")).status == 0
    assert not stale.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("island,mass\nDream,1\n", "lacks the columns 'eggs'"),
        ("", "cannot be read as CSV"),
        ("a,b\n1,2,3,4\n", "lacks the columns"),
        (None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_scored(
    batch: Batch, tmp_path: Path, content: str | None, said: str
) -> None:
    source = tmp_path / "in.csv"
    if content is not None:
        source.write_text(content)
    done = batch(source, "-o", tmp_path / "out.csv")
    assert done.status == 2
    assert said in done.said
    assert [path.name for path in tmp_path.iterdir() if path != source] == []


def test_a_header_without_rows(batch: Batch, source: Path) -> None:
    source.write_text(source.read_text().splitlines()[0] + "\n")
    output = source.with_name("out.csv")
    assert batch(source, "-o", output).status == 0
    assert output.read_text().strip() == ",".join(HEADER)


def test_an_older_version_scores(batch: Batch, source: Path) -> None:
    output = source.with_name("out.csv")
    assert batch(source, "-o", output, "--version", "v1").status == 0
    done = batch(source, "-o", output, "--version", "v9")
    assert done.status == 2
    assert "has no version v9" in done.said


def test_parquet_without_its_reader_is_told(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_bytes(b"no")
    done = batch(tmp_path / "in.parquet", "-o", tmp_path / "out.csv")
    assert done.status == 2
    assert "Parquet" in done.said


def test_it_is_a_command(built_service: Path, source: Path) -> None:
    output = str(source.with_name("out.csv"))
    command = [sys.executable, "-m", "app.batch", str(source), "-o", output]
    done = subprocess.run(command, cwd=built_service, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("60 rows in ")
