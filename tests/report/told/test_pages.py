"""Report and card of a version as files: complete, self-contained, and without anybody's markup but ours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from nb2prod.__main__ import main
from nb2prod.artifact.evidence import keep_gates
from nb2prod.artifact.manifest import NotebookFile, VersionFacts, seal
from nb2prod.report.page import marked
from nb2prod.report.told.build_record import (
    BuildRecord,
    StepTaken,
    read_build_record,
    record_path,
    write_record,
)
from nb2prod.report.told.gathering import Told, gather
from nb2prod.report.told.writing import write_card, write_report
from nb2prod.runtime.digests import digest_file
from nb2prod.runtime.verifying import read_manifest
from nb2prod.service.templates import template_root
from tests.execute.conftest import write_cells
from tests.report.conftest import MakePair

EVIL = "<script>alert('x')</script>"
_VOID = frozenset({"meta", "br", "link", "img", "hr", "col"})
_OPEN = frozenset({"li", "p", "td", "th", "tr"})


class _Balanced(HTMLParser):
    """Note every tag, and whether each is closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.sources += [value or "" for name, value in attrs if name in {"src", "href"}]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(page: str) -> _Balanced:
    parser = _Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


LEAKS = {
    "format": 1,
    "held_out_rows": 20,
    "shared_rows": 0,
    "leaks": [
        {
            "code": "NBC601",
            "kind": "statistic",
            "cell": 4,
            "line": 2,
            "expression": f"df[{EVIL!r}].mean()",
        }
        | {"held_out_rows": 20, "rows": 60, "is_mild": False}
    ],
    "metrics": {"accuracy": {"notebook": 0.75, "without_leaks": 0.7}},
    "why_no_metrics": "",
}
_RATE = {"value": 0.5, "n": 40, "interval": [0.35, 0.65]}
_RATES = dict.fromkeys(("selection_rate", "true_positive_rate", "false_positive_rate"), _RATE)
GATES: dict[str, Any] = {
    "format": 1,
    "version": "v1",
    "champion": None,
    "verdict": "fail",
    "gates": [
        {"gate": "fairness:sex", "verdict": "fail", "message": f"too far apart {EVIL}", "n": 40}
        | {"evidence": {"positive": "Gentoo", "groups": {EVIL: _RATES}}, "waived": None},
        {"gate": "metric:accuracy", "verdict": "fail", "message": "0.75, and at least 0.9", "n": 60}
        | {"evidence": {}, "waived": {"by": "Ada", "reason": "a month", "until": "2027-01-01"}},
    ],
}


@pytest.fixture(scope="session")
def service(make_pair: MakePair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a service whose notebook, gates and leaks are hostile. Do not change it."""
    folder = make_pair(tmp_path_factory.mktemp("told") / "birds")
    (folder / "app").mkdir()
    (folder / "app" / "main.py").write_text("")
    (folder / "nb2prod.toml").write_text(
        '[gates.fairness]\nfeatures = ["sex"]\n[governance]\nowners.training = ["Ada <a@b.c>"]\n'
    )
    (folder / "notebook").mkdir()
    write_cells(
        folder / "notebook" / "birds.ipynb",
        ('df = load("birds.csv")', "load"),
        ("model = fit(df)", "train"),
        ("accuracy = score(model, df)", "evaluate"),
    )
    _add_words(folder / "notebook" / "birds.ipynb")
    version = folder / "versions" / "v1"
    (version / "leaks.json").write_text(json.dumps(LEAKS))
    sealed = read_manifest(version)
    facts = VersionFacts(**{f.name: getattr(sealed, f.name) for f in fields(VersionFacts)})
    notebook = NotebookFile(
        "notebook/birds.ipynb", digest_file(folder / "notebook" / "birds.ipynb")
    )
    seal(version, replace(facts, notebook=notebook, parameters={"note": EVIL}))
    keep_gates(folder, "v1", GATES)
    record = BuildRecord((StepTaken("lint", 0.5, EVIL),), "2026-11-24T01:00:00+00:00", EVIL, "abc")
    write_record(folder, "v1", record)
    return folder


def _add_words(path: Path) -> None:
    content = json.loads(path.read_text())
    text = f"# Birds {EVIL}\n\nOf {EVIL} | birds.\n\n## Intended use\n\nCounting.\n\n<img src=x>"
    cell = {"cell_type": "markdown", "id": "words", "metadata": {}, "source": text}
    content["cells"].insert(0, cell)
    path.write_text(json.dumps(content))


@pytest.fixture(scope="session")
def told(service: Path) -> Told:
    return gather(service, "v1", seconds=60)


@pytest.fixture(scope="session")
def texts(service: Path, told: Told) -> Mapping[str, str]:
    files = (
        *write_report(service, told, template_root()),
        *write_card(service, told, template_root()),
    )
    return {path.name: path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`a` is <i>", "<code>a</code> is &lt;i&gt;"),
        ("plain", "plain"),
        ("one ` alone <i>", "one ` alone &lt;i&gt;"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
    ],
)
def test_what_stands_between_backticks_is_code(text: str, shown: str) -> None:
    assert marked(text) == shown


@pytest.mark.parametrize("name", ["report.html", "model_card.html"])
def test_a_page_is_whole_in_itself(name: str, texts: Mapping[str, str]) -> None:
    found = _read(texts[name])
    assert found.tags.isdisjoint({"script", "iframe", "object", "link", "img"})
    assert all(source.startswith("#") for source in found.sources)
    assert re.search(r"url\(|@import|https?://", texts[name]) is None
    assert "prefers-color-scheme: dark" in texts[name]
    assert "@media print" in texts[name]


def test_the_report_has_every_section(texts: Mapping[str, str]) -> None:
    page = texts["report.html"]
    for heading in ("performance", "proof", "gates", "leaks", "flow", "frozen", "columns", "steps"):
        assert f'<h2 id="{heading}">' in page
    assert "Measured again with the stored model on 20 rows" in page
    assert "ROC curves: " in page
    assert "Importance of each column" in page
    assert "waived by Ada until 2027-01-01: a month" in page
    assert "3 cells and what they hand on" in page
    assert "cell 2 to cell 3: df" in page
    assert "mass_mean" in page
    assert "cell 4, line 2" in page
    assert "0.5 s" in page


@pytest.mark.parametrize(
    "words",
    [
        "Counting.",
        '(the notebook, cell 1, "Intended use")',
        "| accuracy | ",
        "- training: Ada &lt;a@b.c&gt;",
        "- deployment: not stated",
        "Further limits: not stated.",
        "0.500 (0.350 to 0.650)",
        "Not stated: the notebook has no text under a heading on data.",
        "Training saw no missing values in",
        "The scores rest on 20 rows",
    ],
)
def test_the_card_says_what_is_known_and_what_is_not_stated(
    words: str, texts: Mapping[str, str]
) -> None:
    assert words in texts["MODEL_CARD.md"]


def test_the_card_has_no_markup_of_the_notebook(texts: Mapping[str, str]) -> None:
    card = texts["MODEL_CARD.md"]
    assert card.count("script") >= 5
    assert re.search(r"<[a-z/]", re.sub(r"`[^`\n]*`", "", card)) is None
    assert "\n\n\n" not in card


def test_telling_it_again_gives_the_same(service: Path, texts: Mapping[str, str]) -> None:
    told = gather(service, "v1", seconds=60)
    (path,) = write_report(service, told, template_root())
    assert path.read_text(encoding="utf-8") == texts["report.html"]


def test_a_version_whose_notebook_was_replaced_says_so(service: Path, tmp_path: Path) -> None:
    told = gather(service, "v2", seconds=60)
    assert told.notebook is None
    assert told.build is None
    (tmp_path / "birds" / "reports").mkdir(parents=True)
    (path,) = write_report(tmp_path / "birds", told, template_root())
    page = path.read_text(encoding="utf-8")
    _read(page)
    assert "The service keeps the notebook of a later version" in page
    assert "Not kept: the version was built before steps were." in page
    assert "No gate was asked about this version." in page
    assert "Not known: the version was built before leaks were looked for." in page


@pytest.mark.parametrize(
    ("command", "names"),
    [("report", ["report.html"]), ("card", ["MODEL_CARD.md", "model_card.html"])],
)
def test_the_commands_say_what_they_wrote(
    command: str, names: list[str], service: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(service), "v1", "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["files"] == [f"reports/v1/{name}" for name in names]
    assert main([command, str(service), "v1"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown == [f"written: {service}/reports/v1/{name}" for name in names]


@pytest.mark.parametrize("command", ["report", "card"])
def test_what_is_not_there_is_told(
    command: str, service: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(service), "v9"]) == 2
    assert "birds has no version v9" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "steps": [{}]}'])
def test_a_record_that_cannot_be_read_is_none(text: str, tmp_path: Path) -> None:
    path = record_path(tmp_path, "v1")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert read_build_record(tmp_path, "v1") is None
