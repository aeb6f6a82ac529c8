"""Runs on disk."""

from pathlib import Path

import pytest

from nb2prod.errors import UsageError
from nb2prod.track.store import RECORD_NAME, find_run, keep, make_folder, read_record, records_of
from tests.track.records import record


def _kept(runs: Path, number: int) -> Path:
    made = record(number)
    folder = make_folder(runs, "plants", made.id)
    keep(folder, made)
    return folder


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = record(1, data=({"path": "a.csv", "sha256": "sha256:0", "bytes": 3},), sweep="s")
    folder = make_folder(tmp_path, "plants", made.id)
    keep(folder, made)
    assert read_record(folder) == made


def test_runs_are_listed_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    folders = [_kept(tmp_path, number) for number in (2, 1, 3)]
    (folders[0] / RECORD_NAME).write_text('{"format": 9}')
    make_folder(tmp_path, "plants", "still-running")
    records, unreadable = records_of(tmp_path, "plants")
    assert [one.parameters["depth"] for one in records] == [1, 3]
    assert unreadable == [str(folders[0])]


def test_a_run_is_found_by_name_and_by_folder(tmp_path: Path) -> None:
    folder = _kept(tmp_path, 1)
    assert find_run(tmp_path, folder.name) == find_run(tmp_path, str(folder)) == record(1)
    with pytest.raises(UsageError, match="there is no run nothing"):
        find_run(tmp_path, "nothing")


def test_no_runs_name_what_there_is(tmp_path: Path) -> None:
    _kept(tmp_path, 1)
    with pytest.raises(UsageError, match="there are no runs of trees") as raised:
        records_of(tmp_path, "trees")
    assert raised.value.hint is not None
    assert raised.value.hint.endswith("has runs of plants")
