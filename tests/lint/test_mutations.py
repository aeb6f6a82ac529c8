"""Whatever a file holds: findings or a clear refusal, never a traceback."""

import random
from pathlib import Path

import pytest

from nb2prod.cli.lint_job import Job, lint_one
from nb2prod.errors import NotebookFault
from nb2prod.lint.ci_reports import github_report, gitlab_report
from nb2prod.lint.fixing import fixed
from nb2prod.lint.junit import junit_report
from nb2prod.lint.reports import Linted, Located, json_report, text_report
from nb2prod.lint.sarif import sarif_report
from nb2prod.notebook.locating import file_lines
from tests.lint.mutations import mutant


@pytest.mark.parametrize(
    ("first", "count"), [(0, 300), pytest.param(1000, 10_000, marks=pytest.mark.slow)]
)
def test_any_file_is_judged_or_refused(first: int, count: int, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    kinds = {"judged": 0, "refused": 0}
    for seed in range(first, first + count):
        path.write_bytes(mutant(random.Random(seed)))
        outcome = lint_one(Job(str(path)))
        if isinstance(outcome, NotebookFault):
            assert outcome.what
            kinds["refused"] += 1
        else:
            kinds["judged"] += 1
            _show(outcome, path)
    assert min(kinds.values()) > count / 20


def _show(outcome: Linted, path: Path) -> None:
    """Make every report, and mend what can be mended."""
    text = path.read_bytes().decode("utf-8-sig")
    located = [Located(outcome, file_lines(text))]
    made = [json_report([outcome]), gitlab_report(located), junit_report([outcome])]
    made += [sarif_report(located), *github_report(located), *text_report([outcome])]
    assert all(made)
    if any(one.fix for one in outcome.diagnostics):
        found = outcome.diagnostics
        fixed(text, str(path), lambda _: found, is_bold=True)
