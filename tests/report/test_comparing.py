import json
from pathlib import Path

import pytest

import nb2prod
from nb2prod.errors import ArtifactFault, UsageError
from nb2prod.report.change import Area
from nb2prod.report.comparing import compare
from nb2prod.report.reading import read_snapshot
from nb2prod.runtime.digests import canonical_json
from tests.report.conftest import FITTED, MakePair, write_fitted


def test_two_versions_are_compared(pair: Path) -> None:
    comparison = compare(pair, "v1", "v2")
    (statistic,) = comparison.of(Area.STATISTICS)
    assert (statistic.subject, statistic.place) == ("mass_mean", "cell 4, line 2")
    assert [one.file for one in comparison.code] == ["features.py"]
    assert compare(str(pair), "v2", "v2").is_same


def test_it_is_public() -> None:
    assert nb2prod.compare is compare


def test_a_version_is_read_wholly(pair: Path) -> None:
    found = read_snapshot(pair / "versions" / "v1")
    entries = {one.name: one for one in found.fitted}
    assert entries["modes"].value == {"sex": "f", "island": "Dream"}
    assert entries["encoder"].value == "<encoding.Dummies>"
    assert found.locks["requirements-serve.lock"] == {"pandas": "3.1.1"}
    assert found.model is not None
    assert found.model.parameters["max_iter"] == 5000
    assert set(found.code) == {"__init__.py", "features.py", "functions.py"}


@pytest.mark.parametrize(
    ("service", "versions", "said", "hint"),
    [
        ("bird", ("v1", "v2"), "no service", "Did you mean {parent}/birds?"),
        ("nothing/like/it", ("v1", "v2"), "no service", "the folder that `nb2prod build` wrote"),
        ("birds/versions", ("v1", "v2"), "holds no versions", "the folder that"),
        ("birds", ("1", "v2"), "no version '1'", "Did you mean v1? It has v1, v2."),
        ("birds", ("v1", "v7"), "no version 'v7'", "It has v1, v2."),
        ("birds", ("v1", ""), "no version ''", "It has v1, v2."),
        ("birds", ("v1", "../v1"), "no version '../v1'", "It has v1, v2."),
    ],
)
def test_what_is_not_there_is_a_usage_error(
    pair: Path, service: str, versions: tuple[str, str], said: str, hint: str
) -> None:
    with pytest.raises(UsageError) as raised:
        compare(pair.parent / service, *versions)
    assert said in raised.value.what
    assert hint.format(parent=pair.parent) in (raised.value.hint or "")


def test_a_service_of_the_usual_folder_is_suggested(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pair.parent.parent)
    with pytest.raises(UsageError) as raised:
        compare("birds", "v1", "v2")
    assert raised.value.hint == "Did you mean services/birds?"


@pytest.fixture
def own(make_pair: MakePair, tmp_path: Path) -> Path:
    """Return a service that a test may damage."""
    return make_pair(tmp_path / "birds")


@pytest.mark.parametrize(
    "name", ["code/features.py", "fitted.json", "schema.json", "requirements-train.lock"]
)
def test_a_changed_file_is_named(own: Path, name: str) -> None:
    path = own / "versions" / "v2" / name
    path.write_text(path.read_text() + "\n")
    with pytest.raises(ArtifactFault, match=f"^{name} of birds v2 was changed"):
        compare(own, "v1", "v2")


def test_a_missing_file_is_named(own: Path) -> None:
    (own / "versions" / "v1" / "pipeline.joblib").unlink()
    with pytest.raises(ArtifactFault, match=r"pipeline\.joblib of birds v1 is missing"):
        compare(own, "v1", "v2")


def test_another_format_is_a_fault_with_a_way_out(own: Path) -> None:
    path = own / "versions" / "v1" / "manifest.json"
    path.write_text(canonical_json(json.loads(path.read_text()) | {"format": 9}))
    with pytest.raises(ArtifactFault, match="not of format 1") as raised:
        compare(own, "v1", "v2")
    assert "use the release of nb2prod that wrote it" in str(raised.value.hint)


@pytest.mark.parametrize("content", [{"format": 2}, ["x"], "x"], ids=repr)
def test_another_fitted_state_is_a_fault(own: Path, content: object) -> None:
    write_fitted(own / "versions" / "v1", content)
    with pytest.raises(ArtifactFault, match=r"fitted\.json is not of a form"):
        compare(own, "v1", "v2")


def test_a_version_without_fitted_state_is_a_fault(own: Path) -> None:
    folder = own / "versions" / "v1"
    write_fitted(folder, FITTED)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["fitted.json"]
    (folder / "manifest.json").write_text(canonical_json(manifest))
    with pytest.raises(ArtifactFault, match=r"birds v1 has no fitted\.json"):
        compare(own, "v1", "v2")


def test_a_model_that_cannot_be_opened_leaves_the_rest(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nb2prod.runtime import loading
    from nb2prod.runtime.faults import ArtifactError

    def fail(_: Path) -> None:
        raise ArtifactError("the model needs xgboost")

    monkeypatch.setattr(loading, "load_version", fail)
    comparison = compare(pair, "v1", "v2")
    assert any("the model needs xgboost" in note for note in comparison.notes)
    assert [one.subject for one in comparison.of(Area.STATISTICS)] == ["mass_mean"]
