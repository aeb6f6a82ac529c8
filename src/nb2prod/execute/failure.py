"""Say what went wrong in a run, and what to do about it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import EnvironmentFault, ExecutionFailed, Nb2prodError, Place
from nb2prod.execute.preparing import NotebookNode, original_number
from nb2prod.notebook import Notebook

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)(?:, in (\w+))?")
_TIMED = re.compile(r"File <timed exec>:(\d+)")  # the lines below %%time
_WHY = (
    "Nobody is there to mend a cell in production: a build needs a notebook that runs "
    "from top to bottom."
)

_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "imblearn": "imbalanced-learn",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Packages that are installed under another name than they are imported by."""


@dataclass(frozen=True, slots=True)
class _Error:
    name: str
    value: str
    line: int | None
    inner: tuple[int, int, str] | None  # cell, line and function where it was raised


def failed_cell(executed: NotebookNode) -> NotebookNode | None:
    """Return the cell at which papermill stopped, or None when it did not."""
    for cell in executed.cells:
        if cell.metadata.get("papermill", {}).get("exception") is True:
            failed: NotebookNode = cell
            return failed
    return None


def raised(notebook: Notebook, executed: NotebookNode, cell: NotebookNode) -> ExecutionFailed:
    """Describe a cell that raised."""
    number = original_number(cell)
    error = _read_error(executed, cell)
    text = error.value.strip().splitlines()[0] if error.value.strip() else ""
    what = f"{error.name}: {text}" if text else error.name
    if number is None:
        return ExecutionFailed(
            f"A cell that nb2prod added failed: {what}",
            place=Place(notebook.path),
            why="The notebook itself is not at fault.",
            hint="Please report this with the executed notebook.",
        )
    why = _WHY
    if error.inner is not None:
        inner, line, function = error.inner
        where = f"cell {inner}, line {line}" if inner != number else f"line {line}"
        why = f"It was raised in `{function}`, {where}. {_WHY}"
    hint = _HINTS.get(error.name, _general_hint)(error, notebook)
    return ExecutionFailed(
        what, place=_whole_line(notebook, number, error.line), why=why, hint=hint
    )


def _whole_line(notebook: Notebook, cell: int, line: int | None) -> Place:
    """Return the place of a line; a traceback tells no columns."""
    lines = notebook.cell(cell).source.split("\n")
    if line is None or line > len(lines):
        return notebook.place(cell)
    text = lines[line - 1]
    start = len(text) - len(text.lstrip())
    return notebook.place(cell, line, start + 1, line, len(text.rstrip()) + 1)


def timed_out(notebook: Notebook, executed: NotebookNode, seconds: float | None) -> ExecutionFailed:
    """Describe a cell that took longer than it may."""
    return ExecutionFailed(
        f"The cell did not finish within {seconds:g} seconds.",
        place=_last_place(notebook, executed),
        why="A cell that waits or loops for ever would stop every build and retraining.",
        hint="Give it longer with --timeout SECONDS, or make it stop by itself.",
    )


def kernel_died(notebook: Notebook, executed: NotebookNode) -> ExecutionFailed:
    """Describe a kernel that ended while a cell was running."""
    return ExecutionFailed(
        "The kernel died while the cell was running.",
        place=_last_place(notebook, executed),
        why="Most often the machine had no memory left; compiled code that crashes does it too.",
        hint="Watch the memory while the cell runs, and try it on fewer rows or a larger machine.",
    )


def kernel_never_started(notebook: Notebook, error: Exception, log: Path) -> EnvironmentFault:
    """Describe a kernel that was not ready in time, with the last line that it printed."""
    lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
    said = next((line for line in reversed(lines) if line.strip()), str(error))
    return EnvironmentFault(
        f"The kernel did not start: {said.strip()}",
        place=Place(notebook.path),
        why="A notebook is run in a kernel of the interpreter that nb2prod runs in.",
        hint="Try `python -m ipykernel_launcher --version` there; reinstall ipykernel if it fails.",
    )


def linked_changed(notebook: Notebook, names: Iterable[str]) -> Nb2prodError:
    """Describe originals that changed while the run read them."""
    listed = ", ".join(names)
    return EnvironmentFault(
        f"{listed} changed during the run.",
        place=Place(notebook.path),
        why="The run read data that was not the same at its end: it cannot be repeated. The file "
        "is too large to be copied, so the notebook and the run share it.",
        hint="Write results to another file, and build when nothing else writes to this one.",
    )


def _last_place(notebook: Notebook, executed: NotebookNode) -> Place:
    """Return the cell that was started last."""
    started = [
        (cell.metadata["papermill"]["start_time"], number)
        for cell in executed.cells
        if cell.cell_type == "code"
        and (number := original_number(cell)) is not None
        and cell.metadata.get("papermill", {}).get("start_time")
    ]
    return notebook.place(max(started)[1]) if started else Place(notebook.path)


def _read_error(executed: NotebookNode, cell: NotebookNode) -> _Error:
    output = next(each for each in cell.outputs if each.output_type == "error")
    by_count = {
        each.execution_count: (number, each.source)
        for each in executed.cells
        if each.cell_type == "code" and (number := original_number(each)) is not None
    }
    text = _ANSI.sub("", "\n".join(output.traceback))
    frames = [
        (int(count), int(line), function or "") for count, line, function in _FRAME.findall(text)
    ]
    timed = _TIMED.findall(text)
    own = [int(timed[0]) + 1] if timed else []
    own += [line for count, line, _ in frames if count == cell.execution_count]
    line = own[0] + _leading_blank_lines(cell.source) if own else None
    inner = None
    if len(frames) > 1 and frames[-1][2]:
        count, inner_line, function = frames[-1]
        place = by_count.get(count)
        if place is not None:
            number, source = place
            inner = (number, inner_line + _leading_blank_lines(source), function)
    return _Error(output.ename, output.evalue, line, inner)


def _leading_blank_lines(source: str) -> int:
    """Count the lines that IPython takes off before it numbers the others."""
    return next((at for at, line in enumerate(source.split("\n")) if line.strip()), 0)


def _general_hint(_: _Error, __: Notebook) -> str:
    return "In JupyterLab, choose Kernel > Restart Kernel and Run All Cells to see the same."


def _missing_module(error: _Error, _: Notebook) -> str:
    found = re.search(r"No module named '([\w.]+)'", error.value)
    if found is None:
        return "Compare the installed version of the package with the one the notebook expects."
    package = found.group(1).partition(".")[0]
    name = _DISTRIBUTIONS.get(package, package)
    return (
        f"Install it beside nb2prod: `python -m pip install {name}`. If `{package}` is a file of "
        "yours, put it into the notebook's folder."
    )


def _missing_file(error: _Error, notebook: Notebook) -> str:
    found = re.search(r"'([^']+)'\s*$", error.value)
    name = found.group(1) if found else "the file"
    folder = Path(notebook.path).absolute().parent
    if found and (folder / name).exists():
        return (
            f"`{name}` exists, but in a folder that a run leaves out (hidden folders, caches, "
            "environments): move it into a folder such as `data/`."
        )
    pointer = _dvc_pointer(folder / name)
    if found and pointer is not None:
        return f"DVC holds it, and it is not here: `dvc pull {pointer}`."
    return (
        f"Put `{name}` where the notebook looks for it, seen from {folder}. A run works on a copy "
        "of that folder and of those that the notebook names with `../`."
    )


def _dvc_pointer(path: Path) -> Path | None:
    """Return the pointer that DVC keeps in the place of a file, or of a folder above it."""
    pointers = (one.with_name(f"{one.name}.dvc") for one in (path, *path.parents) if one.name)
    return next((one for one in pointers if one.is_file()), None)


def _unknown_name(_: _Error, notebook: Notebook) -> str:
    return f"`nb2prod lint {notebook.path}` shows where the name is used before it is defined."


def _asks(_: _Error, __: Notebook) -> str:
    return "Nobody can answer in a run: make the answer a value in the `parameters` cell."


def _no_memory(_: _Error, __: Notebook) -> str:
    return "Try it on fewer rows or columns, or on a machine with more memory."


_HINTS: dict[str, Callable[[_Error, Notebook], str]] = {
    "FileNotFoundError": _missing_file,
    "ImportError": _missing_module,
    "MemoryError": _no_memory,
    "ModuleNotFoundError": _missing_module,
    "NameError": _unknown_name,
    "StdinNotImplementedError": _asks,
}
