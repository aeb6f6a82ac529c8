"""What `nb2prod tag` shows and writes."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from nb2prod.cli.rewriting import rewrite
from nb2prod.errors import UsageError
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.roles import Role, misspelt_role, role_of
from nb2prod.notebook.spelling import nearest
from nb2prod.notebook.suggesting import Suggestion, questions, suggest
from nb2prod.notebook.tagging import with_tags

_WIDTH = 60


def listing(notebook: Notebook) -> Iterator[str]:
    """Yield a line for each code cell: number, tags, first line."""
    rows = [
        (str(cell.number), ", ".join(cell.tags) or "-", _first_line(cell))
        for cell in notebook.code_cells
    ]
    yield from _table([("cell", "tags", "first line"), *rows])


def suggestions(notebook: Notebook, *, applies: bool = False) -> Iterator[str]:
    """Yield proposed roles with their reasons, what is left to decide, and the command that would set them.

    Args:
        notebook: The notebook.
        applies: Whether they are set in its file at once.

    Raises:
        EnvironmentFault: If the file cannot be written.
    """
    found = suggest(notebook)
    if found:
        rows = [
            (str(one.cell), ", ".join(one.roles), one.reason, _first_line(notebook.cell(one.cell)))
            for one in found
        ]
        yield from _table([("cell", "role", "because it", "first line"), *rows])
    else:
        yield "No roles to propose: the cells have them, or none fits a model that the rules know."
    for question in questions(notebook):
        yield ""
        yield f"To decide: {question}"
    yield ""
    yield from _applied(notebook, found) if applies else _how_to_apply(notebook, found)


def _applied(notebook: Notebook, found: Sequence[Suggestion]) -> Iterator[str]:
    changes = {one.cell: _new_tags(notebook.cell(one.cell), one.roles) for one in found}
    rewrite(Path(notebook.path), lambda text: with_tags(text, changes))
    yield f"Set on {len(found)} cell{'' if len(found) == 1 else 's'}. Look through them."
    yield f"Next: nb2prod lint {shlex.quote(notebook.path)}"


def _how_to_apply(notebook: Notebook, found: Sequence[Suggestion]) -> Iterator[str]:
    path = shlex.quote(notebook.path)
    if not found:
        yield f"Set them by hand: nb2prod tag {path} --set CELL=ROLE"
        return
    settings = " ".join(f"--set {one.cell}={','.join(one.roles)}" for one in found)
    yield "Nothing was changed. To set them all, or some of them:"
    yield f"  nb2prod tag {path} --suggest --apply"
    yield f"  nb2prod tag {path} {settings}"


def set_roles(notebook: Notebook, settings: Sequence[str]) -> Iterator[str]:
    """Set roles in the notebook's file; yield a line for each cell.

    Raises:
        UsageError: If a setting names no code cell or no role; then nothing is changed.
        EnvironmentFault: If the file cannot be written.
    """
    wanted = dict(_setting(notebook, setting) for setting in settings)
    changes = {number: _new_tags(notebook.cell(number), roles) for number, roles in wanted.items()}
    rewrite(Path(notebook.path), lambda text: with_tags(text, changes))
    for number, tags in changes.items():
        yield f"cell {number}: {', '.join(tags) or 'no tags'}"


def _setting(notebook: Notebook, setting: str) -> tuple[int, tuple[Role, ...]]:
    number, equals, names = setting.partition("=")
    if not equals or not number.strip().isdecimal():
        raise UsageError(
            f"--set takes CELL=ROLE, as in 3=load; {setting!r} is something else.",
            hint=f"nb2prod tag {shlex.quote(notebook.path)} lists the cells by number.",
        )
    cell = int(number)
    if not 1 <= cell <= len(notebook.cells):
        raise UsageError(
            f"There is no cell {cell}: the notebook has {len(notebook.cells)} cells.",
            hint=f"nb2prod tag {shlex.quote(notebook.path)} lists them.",
        )
    if notebook.cell(cell).kind != "code":
        raise UsageError(
            f"Cell {cell} is a {notebook.cell(cell).kind} cell, and only code cells have roles.",
            hint="Cells are counted with the markdown ones, as JupyterLab's status bar does.",
        )
    return cell, tuple(
        dict.fromkeys(_role(name.strip()) for name in names.split(",") if name.strip())
    )


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        near = nearest(name, [role.value for role in Role])
        hint = f"Did you mean {near}? " if near else ""
        raise UsageError(
            f"{name!r} is no role.", hint=f"{hint}Roles: {', '.join(Role)}."
        ) from error


def _new_tags(cell: Cell, roles: tuple[Role, ...]) -> tuple[str, ...]:
    """Keep other tools' tags, and put the roles where the first old one stood."""
    kept = [tag for tag in cell.tags if role_of(tag) is None and misspelt_role(tag) is None]
    old = [index for index, tag in enumerate(cell.tags) if tag not in kept]
    place = old[0] if old else len(kept)
    return (*kept[:place], *(role.value for role in roles), *kept[place:])


def _first_line(cell: Cell) -> str:
    line = next((line.strip() for line in cell.source.split("\n") if line.strip()), "")
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
