"""Read a notebook from plain JSON, or say what is wrong with the file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike, fspath

from nb2prod.errors import NotebookFault, Place
from nb2prod.notebook.model import Cell, CellKind, Notebook
from nb2prod.notebook.roles import roles_of

_KINDS: dict[str, CellKind] = {
    "code": "code",
    "markdown": "markdown",
    "raw": "raw",
    # nbformat 3 had these two beside it.
    "heading": "markdown",
    "html": "markdown",
}
_RESTORE = "Restore it from version control or a checkpoint (.ipynb_checkpoints)."
_RESAVE = "Open the notebook in JupyterLab and save it again; JupyterLab writes nbformat 4."


def read(path: str | PathLike[str]) -> Notebook:
    """Read a notebook file.

    Raises:
        NotebookFault: If there is no such file or it is no Python notebook.
    """
    name = fspath(path)
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - pathlib costs more than the rest of the start
            data = file.read()
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    return parse_notebook(_decode(data, name), name)


def parse_notebook(text: str, path: str = "<notebook>") -> Notebook:
    """Turn the text of a notebook file into frozen data.

    Raises:
        NotebookFault: If the text is no Python notebook.
    """
    document = _load_json(text, path)
    if not isinstance(document, dict):
        raise _no_notebook(path, f"its JSON is {_article(document)}, not an object")
    return notebook_from(document, path)


def notebook_from(document: Mapping[str, object], path: str = "<notebook>") -> Notebook:
    """Turn a notebook's parsed JSON, as an editor may hold it, into frozen data.

    Raises:
        NotebookFault: If it is no Python notebook.
    """
    version = _version(document, path)
    metadata = _mapping(document.get("metadata", {}), "metadata", path)
    raw_cells = list(_raw_cells(document, version, path))
    cells = tuple(_cell(raw, number, version, path) for number, raw in enumerate(raw_cells, 1))
    language = _language(metadata, raw_cells)
    if not language.lower().startswith(("python", "ipython")):
        raise NotebookFault(
            f"This notebook runs {language}, not Python.",
            place=Place(path),
            why="Training scripts and services are emitted as Python from Python cells.",
            hint="If it is Python after all, choose a Python kernel in JupyterLab "
            "(Kernel > Change Kernel) and save.",
        )
    if not any(cell.kind == "code" and cell.source.strip() for cell in cells):
        raise NotebookFault(
            "This notebook has no code cells.",
            place=Place(path),
            why="There is nothing to lint, run or build.",
            hint="Check that this is the right file and that it was saved.",
        )
    kernelspec = metadata.get("kernelspec")
    kernel = kernelspec.get("name") if isinstance(kernelspec, dict) else None
    return Notebook(
        path,
        cells,
        language.lower(),
        kernel if isinstance(kernel, str) else None,
        version,
        metadata,
    )


def _decode(data: bytes, path: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotebookFault(
            "This file is UTF-16 text, and notebooks are UTF-8.",
            place=Place(path),
            why="Jupyter itself cannot open it either.",
            hint=f"Convert it: iconv -f UTF-16 -t UTF-8 {path!r} > converted.ipynb",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookFault(
            f"This file is not UTF-8 text (byte {error.start + 1} is 0x{data[error.start]:02x}).",
            place=Place(path),
            why="Notebooks are JSON in UTF-8; this file is another kind of file, or damaged.",
            hint="Check that this is the notebook itself; then save it again in JupyterLab.",
        ) from error


def _load_json(text: str, path: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _broken_json(text, error, path) from error
    except RecursionError as error:
        raise _no_notebook(path, "its JSON is nested too deeply") from error
    except ValueError as error:
        raise _no_notebook(path, f"its JSON holds a value that cannot be read ({error})") from error


def _broken_json(text: str, error: json.JSONDecodeError, path: str) -> NotebookFault:
    if not text.strip():
        what, hint = (
            "This file is empty.",
            _RESTORE,
        )
    elif not text.lstrip().startswith("{"):
        return _no_notebook(path, f"it starts with {text.lstrip()[:20]!r}")
    elif _is_cut_off(text, error):
        lines = text.count("\n") + 1
        what = f"This notebook is cut off: its JSON ends in the middle, at line {lines}."
        hint = _RESTORE
    elif "<<<<<<<" in text and ">>>>>>>" in text:
        what = f"This notebook holds the marks of an unresolved merge, at line {error.lineno}."
        hint = "Resolve the merge first; nbdime shows both sides cell by cell."
    else:
        where = f"line {error.lineno}, column {error.colno}"
        what = f"This file is not valid JSON: {error.msg} at {where}."
        hint = "Restore it from version control, or mend the file at that place."
    return NotebookFault(
        what,
        place=Place(path),
        why="Nothing in it can be trusted until the whole file reads.",
        hint=hint,
    )


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated") or not text[error.pos :].strip()


def _version(document: Mapping[str, object], path: str) -> int:
    version = document.get("nbformat")
    if version is None:
        raise _no_notebook(path, "it has no 'nbformat' entry")
    if isinstance(version, bool) or not isinstance(version, int):
        raise _no_notebook(path, f"its 'nbformat' is {_article(version)}, not a whole number")
    if version in (3, 4):
        return version
    if version < 3:
        raise NotebookFault(
            f"This notebook is nbformat {version}, and nb2prod reads 3 and 4.",
            place=Place(path),
            why="The format changed in 2013, and older files cannot be read without guessing.",
            hint=f"{_RESAVE} Or: jupyter nbconvert --to notebook --inplace {path!r}",
        )
    raise NotebookFault(
        f"This notebook is nbformat {version}, and nb2prod knows formats up to 4.",
        place=Place(path),
        why="A newer format may mean something else by the same words.",
        hint="Update nb2prod, or save the notebook as nbformat 4.",
    )


def _raw_cells(
    document: Mapping[str, object], version: int, path: str
) -> Iterator[Mapping[str, object]]:
    if version == 4:
        holders: list[tuple[str, object]] = [("cells", document.get("cells"))]
    else:
        sheets = _sequence(document.get("worksheets"), "worksheets", path)
        holders = [
            (
                f"worksheets[{index}].cells",
                _mapping(sheet, f"worksheets[{index}]", path).get("cells"),
            )
            for index, sheet in enumerate(sheets)
        ]
    number = 0
    for name, cells in holders:
        for raw in _sequence(cells, name, path):
            number += 1
            yield _mapping(raw, f"cell {number}", path)


def _cell(raw: Mapping[str, object], number: int, version: int, path: str) -> Cell:
    given = raw.get("cell_type")
    kind = _KINDS.get(given) if isinstance(given, str) else None
    if kind is None:
        raise _wrong(path, number, f"has the cell type {given!r}; code, markdown and raw exist")
    source_key = "input" if version == 3 and kind == "code" and "input" in raw else "source"
    metadata = raw.get("metadata", {})
    if not isinstance(metadata, dict):
        raise _wrong(path, number, f"has metadata that are {_article(metadata)}, not an object")
    identity = raw.get("id")
    tags = _tags(metadata, number, path)
    return Cell(
        number=number,
        id=identity if isinstance(identity, str) else None,
        kind=kind,
        source=_source(raw.get(source_key, ""), number, path),
        tags=tags,
        roles=roles_of(tags) if kind == "code" else (),
        execution_count=_count(
            raw.get("prompt_number" if version == 3 else "execution_count"), number, path
        ),
        outputs=_outputs(raw.get("outputs", []), number, path),
    )


def _source(value: object, number: int, path: str) -> str:
    if isinstance(value, list) and _are_all(value, str):
        value = "".join(value)
    if not isinstance(value, str):
        raise _wrong(path, number, f"has a source that is {_article(value)}, not text")
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def _tags(metadata: Mapping[str, object], number: int, path: str) -> tuple[str, ...]:
    value = metadata.get("tags", [])
    if not isinstance(value, list) or not _are_all(value, str):
        raise _wrong(path, number, "has tags that are not a list of texts")
    return tuple(value)


def _count(value: object, number: int, path: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if value == "*":
        return None
    raise _wrong(
        path, number, f"has an execution count that is {_article(value)}, not a whole number"
    )


def _outputs(value: object, number: int, path: str) -> tuple[Mapping[str, object], ...]:
    if not isinstance(value, list) or not _are_all(value, dict):
        raise _wrong(path, number, "has outputs that are not a list of objects")
    return tuple(value)


def _language(metadata: Mapping[str, object], cells: Sequence[Mapping[str, object]]) -> str:
    for key, entry in (("language_info", "name"), ("kernelspec", "language")):
        holder = metadata.get(key)
        value = holder.get(entry) if isinstance(holder, dict) else None
        if isinstance(value, str) and value:
            return value
    kernelspec = metadata.get("kernelspec")
    if isinstance(kernelspec, dict) and kernelspec.get("name") == "ir":
        return "R"
    for cell in cells:
        language = cell.get("language")
        if isinstance(language, str) and language:
            return language
    return "python"


def _mapping(value: object, name: str, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _no_notebook(path, f"its '{name}' is {_article(value)}, not an object")
    return value


def _sequence(value: object, name: str, path: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise _no_notebook(path, f"its '{name}' is {_article(value)}, not a list")
    return value


def _are_all(values: Sequence[object], kind: type) -> bool:
    """Say whether all values are of a kind; JSON makes nothing of any subclass."""
    return {type(value) for value in values} <= {kind}


def _article(value: object) -> str:
    if value is None:
        return "missing"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "something else")


def _wrong(path: str, number: int, what: str) -> NotebookFault:
    return NotebookFault(
        f"Cell {number} {what}.",
        place=Place(path, number),
        why="Jupyter would refuse or repair this file, so what runs is not what is stored.",
        hint=_RESAVE,
    )


def _no_notebook(path: str, why: str) -> NotebookFault:
    return NotebookFault(
        f"This file is not a Jupyter notebook: {why}.",
        place=Place(path),
        why="A notebook is a JSON object with 'nbformat', 'metadata' and 'cells'.",
        hint="Give the .ipynb file itself; a .py or .html export cannot be read back.",
    )


def _unreadable(path: str, error: OSError | ValueError) -> NotebookFault:
    reasons: dict[type[Exception], tuple[str, str]] = {
        FileNotFoundError: (
            "There is no such file.",
            "Check the path; it counts from the current folder.",
        ),
        IsADirectoryError: ("This is a folder, not a notebook.", "Give one .ipynb file."),
        PermissionError: ("This file may not be read.", "Give yourself the right to read it."),
    }
    what, hint = reasons.get(
        type(error), (f"This file cannot be read: {error}.", "Check the path.")
    )
    return NotebookFault(what, place=Place(path), hint=hint)
