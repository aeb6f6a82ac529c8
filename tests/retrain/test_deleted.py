"""A version that others refer to is gone: it was in production, it was trained again, and gates compared with it."""

import shutil
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.errors import ArtifactFault
from nb2prod.runtime.selection import version_names
from tests.retrain.conftest import Retrain, configure


@pytest.fixture
def orphaned(quick: Retrain, service: Path) -> Path:
    """Return a service whose v1 was in production when v2 was trained from it, and was deleted then."""
    configure(service, "[gates.champion]\nenabled = false\n")
    quick(1)  # registers v1 as well, whose gates its build kept
    assert main(["promote", str(service), "v1", "--to", "production", "--by", "Ada"]) == 0
    quick(2)
    shutil.rmtree(service / "versions" / "v1")
    return service


def test_what_is_there_still_works(orphaned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["versions"], ["history"], ["audit", "verify"]):
        assert main([*command, str(orphaned)]) == 0
    assert main(["gate", str(orphaned), "v2"]) == 2
    assert "v1" in capsys.readouterr().err
    assert main(["promote", str(orphaned), "v3", "--to", "production", "--by", "Ada"]) == 0
    assert main(["gate", str(orphaned), "v2"]) in {0, 1}
    assert main(["rollback", str(orphaned)]) == 2
    assert "v1 has no manifest.json" in capsys.readouterr().err
    assert main(["audit", "verify", str(orphaned)]) == 0


def test_nothing_takes_its_place_unasked(orphaned: Path, quick: Retrain) -> None:
    with pytest.raises(ArtifactFault, match="has no version v1"):
        quick(3)
    # Gates compare with what is in production, which is gone.
    with pytest.raises(ArtifactFault, match="v1 has no manifest"):
        quick(3, version="v2")
    assert main(["promote", str(orphaned), "v3", "--to", "production", "--by", "Ada"]) == 0
    assert quick(3).version == "v4"
    shutil.rmtree(orphaned / "versions" / "v4")
    result = quick(3)
    assert (result.status, result.trained_from, result.version) == ("built", "v3", "v5")
    assert version_names(orphaned) == ("v2", "v3", "v5")
