from collections.abc import Callable
from pathlib import Path

import pytest

from nb2prod.artifact.manifest import Manifest
from nb2prod.artifact.opening import load
from nb2prod.errors import ArtifactFault

MakeVersion = Callable[..., Path]


def test_a_service_opens_its_newest_version(built_service: Path) -> None:
    assert load(built_service).manifest.version == "v2"
    assert load(str(built_service / "versions" / "v1")).manifest.version == "v1"


def test_a_changed_version_is_a_fault_of_the_user_s_kind(
    tmp_path: Path, make_version: MakeVersion
) -> None:
    version = make_version(tmp_path / "birds")
    (version / "schema.json").write_text("{}")
    with pytest.raises(ArtifactFault) as fault:
        load(tmp_path / "birds")
    assert "was changed after the version was built" in fault.value.what
    assert fault.value.hint


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ArtifactFault, match="has no versions"):
        load(tmp_path)


def test_sealing_lists_every_file_and_no_bytecode(
    tmp_path: Path, make_version: MakeVersion
) -> None:
    version = make_version(tmp_path / "birds")
    manifest = Manifest.from_json((version / "manifest.json").read_text())
    found = {p.relative_to(version).as_posix() for p in version.rglob("*") if p.is_file()}
    assert manifest.files.keys() == found - {"manifest.json"}
    assert manifest.package == f"birds_{manifest.run_key.removeprefix('sha256:')[:16]}"
