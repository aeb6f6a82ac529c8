"""Notebooks of the corpus without their tags build with the roles that are proposed for them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.lint import blocking, lint
from nb2prod.notebook import read
from tests.corpus.conftest import SOURCES
from tests.corpus.expectations import BUILT, EXPECTED, GAPS
from tests.corpus.harness import build
from tests.corpus.percent import Source

_MARK = re.compile(r"^# %%(?!.*\[markdown\]).*$", re.MULTILINE)
# Models without a target: nothing shows what is scored, so the roles are asked for.
_ASKED_FOR = {"gaussian_mixture", "isolation_forest", "kmeans", "local_outliers"}
_BUILDING = [
    name for name in SOURCES if EXPECTED.get(name) == BUILT and name not in {*GAPS, *_ASKED_FOR}
]
# Those in which the rules have most to do, and every seventh of the others.
_TELLING = [
    *("all_in_one_cell", "dictvec_split", "evaluate_helper", "fit_and_report_helper"),
    *("loop_over_frames", "mask_split", "name_functions", "prediction_column_added"),
    *("resample_balance", "whole_california", "whole_numpy", "zhel_style"),
]
_SAMPLE = sorted({*_TELLING, *_BUILDING[::7]} & set(_BUILDING))


def _with_suggested_roles(source: Source, folder: Path) -> Source:
    """Return the notebook without its tags, tagged by ``nb2prod tag --suggest --apply``."""
    bare = Source(source.name, _MARK.sub("# %%", source.text))
    path = bare.write(folder)
    assert main(["tag", str(path), "--suggest", "--apply"]) == 0
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    path.unlink()
    tags = iter([cell["metadata"].get("tags", []) for cell in cells])

    def mark(found: re.Match[str]) -> str:
        given = next(tags)
        return found[0] if "[markdown]" in found[0] else f"# %% {','.join(given)}".rstrip()

    return Source(source.name, re.sub(r"^# %%.*$", mark, bare.text, flags=re.MULTILINE))


def test_the_sample_is_one() -> None:
    assert len(_SAMPLE) >= 30


@pytest.mark.parametrize("name", _SAMPLE)
def test_it_builds_with_the_roles_that_are_proposed(name: str, tmp_path: Path) -> None:
    source = _with_suggested_roles(SOURCES[name], tmp_path)
    path = source.write(tmp_path)
    assert blocking(lint(read(path), requires_roles=True)) == []
    outcome = build(source, tmp_path)
    assert outcome.status == "built", outcome.says()
