"""A cell prints, raises and binds the same with the recorder as without it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nb2prod.execute.recorder import hooks
from nb2prod.execute.recorder.session import Session
from tests.corpus.shell import fresh_shell, quietly, seed_everything

_HERE = Path(__file__).parent
_GIVEN = json.loads((_HERE / "snippets.json").read_text(encoding="utf-8"))
_SECTION = re.compile(r"^# ==== (\w+)\n", re.MULTILINE)
_PARTS = _SECTION.split((_HERE / "further.txt").read_text(encoding="utf-8"))
_PRELUDE: str = _GIVEN["prelude"]
_CHANGING = re.compile(r"0x[0-9a-f]+|(CPU times|Wall time).*|\d+(\.\d+)? [µnm]?s ± .*")

SNIPPETS: dict[str, str] = {
    **_GIVEN["snippets"],
    **dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True)),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a user sees of some cells."""

    printed: str
    errors: list[str]
    lines: list[tuple[str, int]]
    names: list[str]


def see(cells: Sequence[str], folder: Path, *, recorded: bool) -> Seen:
    """Run cells after the prelude, and note what a user sees."""
    sources = [_PRELUDE, *cells]
    out = io.StringIO()
    errors: list[str] = []
    lines: list[tuple[str, int]] = []
    with fresh_shell() as shell, quietly(folder):
        shell.colors = "nocolor"
        seed_everything()
        session = Session(shell, _settings(sources, folder))
        if recorded:
            session.install()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            for source in sources:
                done = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]  # IPython's
                error = done.error_in_exec or done.error_before_exec
                if error is not None:
                    errors.append(f"{type(error).__name__}: {error}")
                    lines += _lines_in_cells(error)
        names = sorted(set(shell.user_ns) - set(shell.user_ns_hidden) - set(hooks.NAMESPACE))
        if recorded:
            assert session.recorder.unrecorded == {}
            session.finish()
    return Seen(_CHANGING.sub("…", out.getvalue()), errors, lines, names)


def _settings(sources: Sequence[str], folder: Path) -> dict[str, Any]:
    from nb2prod.notebook import translate

    cells = [
        {
            "number": n,
            "source": s,
            "code": translate(s).code,
            "roles": ["load" if n == 1 else "features"],
        }
        for n, s in enumerate(sources, 1)
    ]
    return {"cells": cells, "raw_candidates": ["df"], "evaluate_names": [], "folder": str(folder)}


def _lines_in_cells(error: BaseException) -> list[tuple[str, int]]:
    frames = traceback.extract_tb(error.__traceback__)
    return [
        (frame.name, frame.lineno or 0)
        for frame in frames
        if "ipython-input" in frame.filename or "ipykernel" in frame.filename
    ]


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_the_same_with_the_recorder(name: str, tmp_path: Path) -> None:
    plain = see([SNIPPETS[name]], tmp_path, recorded=False)
    assert see([SNIPPETS[name]], tmp_path, recorded=True) == plain


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(
            [
                "x = df['b'].sum()",
                "%reset -f",
                "print('df' in globals()); y = 1 + len('a')",
                "print(y)",
            ],
            id="reset",
        ),
        pytest.param(
            ["def f(v): return v + 1", "%reset_selective -f f", "print('f' in globals())"],
            id="reset_selective",
        ),
        pytest.param(
            ["d = df.copy()\nd['x'] = d['zzz']", "print(len(d), d['b'].sum())"],
            id="goes on after an error",
        ),
        pytest.param(
            ["def f(v): return v + len(df)", "df = df.head(2)", "print(df['b'].map(f).tolist())"],
            id="late globals",
        ),
        pytest.param(
            ["len = lambda v: 'shadowed'", "print(len(df))", "del len\nprint(len(df))"],
            id="shadowed builtin",
        ),
        pytest.param(["df['b'].sum()", "print(_, Out)"], id="output history"),
        pytest.param(["x = 1 +\n", "x = 2 + len(df)\nprint(x)"], id="syntax error"),
        pytest.param(["print(In[-1])", "%who_ls"], id="input history"),
        pytest.param(["exit_code = df.shape", "print(dir().count('df'), exit_code)"], id="dir"),
    ],
)
def test_cells_are_the_same_with_the_recorder(cells: list[str], tmp_path: Path) -> None:
    plain = see(cells, tmp_path, recorded=False)
    assert see(cells, tmp_path, recorded=True) == plain
