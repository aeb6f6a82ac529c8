"""Compare what two runs of one notebook showed: the recorder must not change it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from nb2prod.execute.preparing import NotebookNode, original_number

_VARYING = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x..."),
    (re.compile(r"/\S*?(?:ipykernel_\d+|nb2prod-run-\w+)\S*"), "/..."),
    (re.compile(r"(?m)^(CPU times|Wall time|Compiler *: ?).*$"), r"\1"),
    (re.compile(r"(?m)^.*\bper loop \(mean .*$"), "per loop"),
    (
        re.compile(
            r"\b\d+(?:\.\d+)?(?:e[+-]?\d+)? ?(?:ns|us|µs|ms|s|secs?|seconds?|min|mins|minutes?)\b"
        ),
        "<time>",
    ),
)
"""What differs between two runs of any notebook: addresses, temporary files and durations."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that showed something else.

    Attributes:
        cell: Its number in the notebook.
        recorded: What the first run showed, without what varies anyway.
        plain: What the second run showed.
    """

    cell: int
    recorded: tuple[str, ...]
    plain: tuple[str, ...]


def compare(recorded: Path, plain: Path) -> tuple[Difference, ...]:
    """Return the cells whose outputs differ between two executed notebooks.

    Texts must be equal but for addresses, paths of temporary files, durations and times of the
    day that the notebook ran on. Images, HTML and the like must be there in both. What goes to
    standard error is no output: warnings and progress bars hold places and timings.
    """
    first, second = _shown(recorded), _shown(plain)
    numbers = sorted(first.keys() | second.keys())
    return tuple(
        Difference(number, first.get(number, ()), second.get(number, ()))
        for number in numbers
        if first.get(number, ()) != second.get(number, ())
    )


def _shown(path: Path) -> dict[int, tuple[str, ...]]:
    node: NotebookNode = nbformat.read(path, as_version=4)
    today = str(node.metadata.get("papermill", {}).get("start_time", ""))[:10]
    shown = {}
    for cell in node.cells:
        number = original_number(cell)
        if number is not None and cell.cell_type == "code":
            shown[number] = tuple(_steady(text, today) for text in _texts(cell.outputs))
    return shown


def _texts(outputs: Iterable[NotebookNode]) -> list[str]:
    """Return outputs as texts; stream chunks are joined, for their borders are chance."""
    texts: list[str] = []
    stream = ""
    for output in outputs:
        if output.output_type == "stream":
            stream += output.text if output.name == "stdout" else ""
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            texts.append("\n".join([*_other_types(output), output.data.get("text/plain", "")]))
    return [stream, *texts]


def _other_types(output: NotebookNode) -> list[str]:
    return sorted(f"<{kind}>" for kind in output.data if kind != "text/plain")


def _steady(text: str, today: str) -> str:
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    if today:
        text = re.sub(rf"{re.escape(today)}[ T]?\d\d:\d\d[:\d.]*", "<now>", text)
    return text
