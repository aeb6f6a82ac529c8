import json
from pathlib import Path

import pytest

from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.selection import choose_version, version_names


@pytest.fixture
def service(tmp_path: Path) -> Path:
    for name in ("v1", "v2", "v10", ".staging-x", "v3.bak", "v01"):
        (tmp_path / "versions" / name).mkdir(parents=True)
    return tmp_path


def promote(service: Path, content: object) -> None:
    (service / "state").mkdir()
    (service / "state" / "deployment.json").write_text(json.dumps(content))


def test_versions_count_upwards(service: Path) -> None:
    assert version_names(service) == ("v1", "v2", "v10")


def test_the_newest_answers(service: Path) -> None:
    assert choose_version(service).name == "v10"


def test_production_goes_before_the_newest(service: Path) -> None:
    promote(service, {"production": "v1"})
    assert choose_version(service).name == "v1"
    assert choose_version(service, "v2").name == "v2"


@pytest.mark.parametrize(
    ("wanted", "content"),
    [("v3", None), ("../v1", None), (None, {"production": "v3"}), (None, {"production": 1})],
)
def test_no_such_version(service: Path, wanted: str | None, content: object) -> None:
    if content is not None:
        promote(service, content)
    with pytest.raises(ArtifactError):
        choose_version(service, wanted)


def test_no_versions_at_all(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="has no versions"):
        choose_version(tmp_path)


def test_a_broken_deployment_is_told(service: Path) -> None:
    (service / "state").mkdir()
    (service / "state" / "deployment.json").write_text("{")
    with pytest.raises(ArtifactError, match="cannot be read"):
        choose_version(service)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"production": None, "held_back": ["v10"]}, "v2"),
        ({"production": None, "held_back": ["v10", "v2"]}, "v1"),
        ({"production": "v10", "held_back": ["v10"]}, "v10"),
        ({"held_back": []}, "v10"),
    ],
)
def test_what_is_held_back_does_not_serve_by_being_the_newest(
    content: object, name: str, service: Path
) -> None:
    promote(service, content)
    assert choose_version(service).name == name


def test_a_service_without_a_version_that_passed_serves_none(service: Path) -> None:
    promote(service, {"held_back": ["v1", "v2", "v10"]})
    with pytest.raises(ArtifactError, match="passed its gates"):
        choose_version(service)
    assert choose_version(service, "v1").name == "v1"
