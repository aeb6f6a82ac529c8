"""Whatever is done to a log is found, and told from what a crash does."""

import json
from collections.abc import Callable

import pytest

from nb2prod.registry.chain import Head, check_head, read_chain
from nb2prod.registry.entry import START, Entry


def _log(count: int = 6) -> list[str]:
    lines, previous = [], START
    for seq in range(1, count + 1):
        facts = {"alias": "production", "after": f"v{seq}"}
        entry = Entry(
            seq, f"2026-01-0{seq}", "promote", "Ada", f"v{seq}", facts=facts, previous=previous
        )
        lines.append(entry.to_line())
        previous = entry.digest
    return lines


def _edit(key: str, value: object) -> Callable[[str], str]:
    def edit(line: str) -> str:
        content = json.loads(line)
        content[key] = value
        return json.dumps(content, sort_keys=True, separators=(",", ":")) + "\n"

    return edit


def _resealed(line: str) -> str:
    """Edit an entry and give it a digest that fits: only the next line's chain tells."""
    content = json.loads(line)
    entry = Entry(
        content["seq"], content["time"], "promote", "Eve", "v9", previous=content["previous"]
    )
    return entry.to_line()


def test_a_whole_log_is_whole() -> None:
    entries, faults = read_chain("".join(_log()))
    assert ([entry.seq for entry in entries], faults) == ([1, 2, 3, 4, 5, 6], [])
    assert read_chain("") == ([], [])


@pytest.mark.parametrize("line", range(6))
@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        pytest.param(_edit("by", "Eve"), "edited", id="another name"),
        pytest.param(_edit("time", "2020-01-01"), "edited", id="another time"),
        pytest.param(_edit("digest", START), "edited", id="another digest"),
        pytest.param(lambda line: line.replace(":", ": ", 1), "edited", id="a blank"),
        pytest.param(lambda line: "\n", "edited", id="emptied"),
        pytest.param(lambda line: "[]\n", "edited", id="another JSON"),
    ],
)
def test_an_edited_line_is_found(line: int, edit: Callable[[str], str], kind: str) -> None:
    lines = _log()
    lines[line] = edit(lines[line])
    _, faults = read_chain("".join(lines))
    assert [(fault.kind, fault.line) for fault in faults] == [(kind, line + 1)]


@pytest.mark.parametrize("line", range(5))
def test_a_line_that_was_sealed_again_breaks_the_chain_after_it(line: int) -> None:
    lines = _log()
    lines[line] = _resealed(lines[line])
    _, faults = read_chain("".join(lines))
    assert [(fault.kind, fault.line) for fault in faults] == [("edited", line + 2)]


def test_a_last_line_that_was_sealed_again_is_told_by_the_head() -> None:
    lines = _log()
    entries, _ = read_chain("".join(lines))
    head = Head(6, entries[-1].digest)
    lines[5] = _resealed(lines[5])
    changed, faults = read_chain("".join(lines))
    found = check_head(changed, head)
    assert (faults, found is not None and found.kind) == ([], "rewritten")


@pytest.mark.parametrize("line", range(5))
def test_a_removed_line_is_found(line: int) -> None:
    lines = _log()
    del lines[line]
    _, faults = read_chain("".join(lines))
    assert [(fault.kind, fault.line) for fault in faults] == [("removed", line + 1)]


@pytest.mark.parametrize("line", range(5))
def test_swapped_lines_are_found(line: int) -> None:
    lines = _log()
    lines[line], lines[line + 1] = lines[line + 1], lines[line]
    _, faults = read_chain("".join(lines))
    assert "reordered" in {fault.kind for fault in faults}


def test_a_doubled_line_is_found() -> None:
    lines = _log()
    _, faults = read_chain("".join([*lines, lines[-1]]))
    assert [fault.kind for fault in faults] == ["reordered"]


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_a_lost_end_is_told_by_the_head(kept: int) -> None:
    lines = _log()
    entries, _ = read_chain("".join(lines))
    head = Head(6, entries[-1].digest)
    left, faults = read_chain("".join(lines[:kept]))
    found = check_head(left, head)
    assert (faults, found is not None and found.kind) == ([], "lost")


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_a_line_that_was_never_completed_is_no_tampering(cut: int) -> None:
    lines = _log()
    entries, faults = read_chain("".join(lines)[: -len(lines[-1])] + lines[-1][:cut])
    assert ([entry.seq for entry in entries], [fault.kind for fault in faults]) == (
        [1, 2, 3, 4, 5],
        ["cut"],
    )


def test_a_log_may_go_on_beyond_the_head() -> None:
    entries, _ = read_chain("".join(_log()))
    assert check_head(entries, Head(4, entries[3].digest)) is None
    assert check_head(entries, Head()) is None


def test_a_head_survives_its_text() -> None:
    head = Head(12, START)
    assert Head.from_text(head.to_text()) == head
