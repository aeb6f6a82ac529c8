import errno
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.registry import audit
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.locking import registry_lock


def _append(service: Path, times: int) -> None:
    for _ in range(times):
        with registry_lock(service):
            AuditLog(service).append("gate", by="Ada", version="v1")


def test_entries_come_back_as_they_were_written(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    written = [
        log.append("register", by="Zoë", version="v1", facts={"alias": None, "n": 1}),
        log.append("promote", by="Ada\n", version="v1", reason='she said: "go"\t', facts={}),
    ]
    assert log.entries() == written
    assert log.path.read_bytes().count(b"\n") == 2


def test_several_processes_lose_and_double_nothing(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        for done in [pool.submit(_append, tmp_path, 10) for _ in range(4)]:
            done.result()
    assert [entry.seq for entry in AuditLog(tmp_path).entries()] == list(range(1, 41))


def test_a_line_that_was_never_completed_is_replaced(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    first = log.append("register", by="Ada", version="v1")
    with log.path.open("ab") as stream:
        stream.write(b'{"action":"promote","by')
    second = log.append("gate", by="Ada", version="v1")
    assert log.entries() == [first, second]


def test_a_changed_log_is_not_gone_on_with(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    log.append("register", by="Ada", version="v1")
    log.path.write_bytes(log.path.read_bytes().replace(b"Ada", b"Eve"))
    before = log.path.read_bytes()
    with pytest.raises(ArtifactFault, match=r"line 1 of .* is not as it was written"):
        log.append("gate", by="Ada", version="v1")
    assert log.path.read_bytes() == before


@pytest.mark.parametrize("written", [0, 7])
def test_a_full_disk_leaves_the_log_as_it_was(
    written: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AuditLog(tmp_path)
    log.append("register", by="Ada", version="v1")
    before = log.path.read_bytes()
    write = os.pwrite

    def fail(descriptor: int, data: bytes, offset: int) -> int:
        if len(data) > written and written and offset == len(before):
            return write(descriptor, data[:written], offset)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("os.pwrite", fail)
        with pytest.raises(EnvironmentFault, match="the disk is full"):
            log.append("gate", by="Ada", version="v1")
    assert log.path.read_bytes() == before


def test_a_clock_that_goes_back_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    log = AuditLog(tmp_path)
    log.append("register", by="Ada", version="v1")

    class Earlier:
        @staticmethod
        def now(tz: Any) -> datetime:
            return datetime(2001, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(audit, "datetime", Earlier)
    log.append("gate", by="Ada", version="v1")
    assert [entry.seq for entry in log.entries()] == [1, 2]
    assert log.entries()[1].time.startswith("2001")


def test_a_held_lock_is_waited_for_and_told(tmp_path: Path) -> None:
    with (
        registry_lock(tmp_path),
        pytest.raises(EnvironmentFault, match="another command"),
        registry_lock(tmp_path, wait_seconds=0.05),
    ):
        pass
