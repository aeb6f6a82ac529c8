from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2prod.artifact.rows import HELD_OUT_NAME, MOST_ROWS, read_rows, row_digests, write_rows
from nb2prod.artifact.schema import describe
from nb2prod.errors import ArtifactFault
from nb2prod.runtime.schema import Schema

FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3, 4],
        "x": [0.5, np.nan, 2.0, 1e300],
        "t": pd.Series(["a", None, "", "ü"], dtype="str"),
        "d": pd.to_datetime(["2026-01-01", "NaT", "2026-01-03", "2026-01-04"]),
        "y": ["no", "yes", "no", "yes"],
    }
)


def _written(folder: Path, frame: pd.DataFrame = FRAME, **options: Any) -> Any:
    schema = Schema.from_mapping(describe(frame, ["y"]))
    settings = {"scored": [3, 1], "is_held_out": True, "is_fitted_target": True, **options}
    scored = settings.pop("scored")
    write_rows(folder, frame, schema, scored, **settings)
    return read_rows(folder)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(FRAME[["y", "d", "t", "x", "n"]], id="columns in another order"),
        pytest.param(FRAME.astype({"n": "float64"}), id="numbers no longer whole"),
        pytest.param(FRAME.astype({"t": "object", "y": "category"}), id="other text dtypes"),
        pytest.param(FRAME.assign(d=FRAME["d"].dt.as_unit("ns")), id="another unit of time"),
        pytest.param(FRAME.set_index(pd.Index([9, 8, 7, 6])), id="another index"),
    ],
)
def test_the_same_row_has_the_same_digest(other: pd.DataFrame) -> None:
    assert row_digests(other).tolist() == row_digests(FRAME).tolist()


@pytest.mark.parametrize("column", ["n", "x", "t", "d", "y"])
def test_another_value_gives_another_digest(column: str) -> None:
    other = FRAME.copy()
    other[column] = other[column].to_numpy()[::-1]
    assert (row_digests(other) != row_digests(FRAME)).any()


def test_rows_come_back(tmp_path: Path) -> None:
    found = _written(tmp_path)
    assert [record["n"] for record in found.records] == [2, 4]
    assert found.truth == ["yes", "yes"]
    digests = row_digests(FRAME)
    assert found.digests.tolist() == digests[[1, 3]].tolist()
    assert found.trained.tolist() == sorted(digests[[0, 2]].tolist())
    assert (found.columns, found.scored) == (("d", "n", "t", "x", "y"), 2)


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        _written(tmp_path / name)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


def test_rows_that_were_fitted_on_count_as_trained(tmp_path: Path) -> None:
    found = _written(tmp_path, is_held_out=False)
    assert np.isin(found.digests, found.trained).all()


def test_a_changed_target_is_no_truth(tmp_path: Path) -> None:
    assert _written(tmp_path, is_fitted_target=False).truth is None


def test_a_large_table_is_kept_as_a_spread_sample(tmp_path: Path) -> None:
    count = MOST_ROWS + 500
    frame = pd.DataFrame({"n": np.arange(count), "y": np.arange(count) % 2})
    found = _written(tmp_path, frame, scored=range(count))
    assert (len(found.records), found.scored) == (MOST_ROWS, count)
    assert (found.records[0]["n"], found.records[-1]["n"]) == (0, count - 1)


def test_a_version_without_rows_has_none(tmp_path: Path) -> None:
    assert read_rows(tmp_path) is None


def test_another_format_is_told(tmp_path: Path) -> None:
    import gzip

    _written(tmp_path)
    path = tmp_path / HELD_OUT_NAME
    text = gzip.decompress(path.read_bytes()).replace(b'"format":1', b'"format":2')
    path.write_bytes(gzip.compress(text))
    with pytest.raises(ArtifactFault, match="is of format 2"):
        read_rows(tmp_path)
