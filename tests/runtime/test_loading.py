import importlib
import json
import pickle
import py_compile
import shutil
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.exceptions import InconsistentVersionWarning

from nb2prod.runtime.digests import digest_file
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.loading import load_version
from nb2prod.runtime.manifest import Manifest, artifact_digest

MakeVersion = Callable[..., Path]


@pytest.fixture
def version(tmp_path: Path, make_version: MakeVersion) -> Path:
    return make_version(tmp_path / "birds")


def reseal(folder: Path, **changes: Any) -> None:
    """Write the manifest that a forger with knowledge of the format would write."""
    raw = json.loads((folder / "manifest.json").read_text())
    raw["files"] = {path: digest_file(folder / path) for path in raw["files"]}
    raw["artifact_digest"] = artifact_digest(raw["files"], tuple(raw["artifact_files"]))
    (folder / "manifest.json").write_text(json.dumps({**raw, **changes}))


def test_a_version_is_loaded(version: Path) -> None:
    loaded = load_version(version)
    assert loaded.manifest.version == "v1"
    assert type(loaded.pipeline[0]).__module__ == f"{loaded.manifest.package}.features"
    assert [column.name for column in loaded.schema.columns][:2] == ["island", "mass"]


def test_loading_twice_gives_the_same_code(version: Path) -> None:
    first, second = load_version(version), load_version(version)
    assert type(first.pipeline[0]) is type(second.pipeline[0])


def test_two_versions_run_their_own_code_side_by_side(
    tmp_path: Path, make_version: MakeVersion
) -> None:
    one = load_version(make_version(tmp_path / "birds", "v1", scale=10.0))
    two = load_version(make_version(tmp_path / "birds", "v2", scale=20.0))
    scales = [
        importlib.import_module(f"{loaded.manifest.package}.features").__file__
        for loaded in (one, two)
    ]
    assert scales == [str(folder / "code" / "features.py") for folder in (one.folder, two.folder)]
    assert type(one.pipeline[0]) is not type(two.pipeline[0])


def test_a_version_may_move(version: Path, tmp_path: Path) -> None:
    load_version(version)
    moved = version.rename(tmp_path / "elsewhere")
    package = load_version(moved).manifest.package
    sys.modules.pop(f"{package}.functions")
    found = importlib.import_module(f"{package}.functions").__file__
    assert found == str(moved / "code" / "functions.py")


@pytest.mark.parametrize(
    "path",
    ["pipeline.joblib", "code/features.py", "code/__init__.py", "schema.json", "golden.json"],
)
@pytest.mark.parametrize("is_gone", [False, True], ids=["changed", "missing"])
def test_a_version_that_is_not_as_built(version: Path, path: str, is_gone: bool) -> None:
    if is_gone:
        (version / path).unlink()
    else:
        (version / path).write_bytes((version / path).read_bytes() + b"\n")
    with pytest.raises(ArtifactError, match=path):
        load_version(version)


class Bomb:
    """Unpickling this writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_nothing_is_unpickled_before_the_digests_agree(version: Path, tmp_path: Path) -> None:
    joblib.dump(Bomb(tmp_path / "fired"), version / "pipeline.joblib")
    with pytest.raises(ArtifactError, match="was changed"):
        load_version(version)
    assert not (tmp_path / "fired").exists()


def test_a_planted_bytecode_file_is_not_run(version: Path, tmp_path: Path) -> None:
    source = version / "code" / "functions.py"
    evil = tmp_path / "functions.py"
    evil.write_text("raise SystemExit('planted')\n".ljust(source.stat().st_size - 1) + "\n")
    cache = Path(importlib.util.cache_from_source(str(source)))
    cache.parent.mkdir(exist_ok=True)
    py_compile.compile(
        str(evil), str(cache), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    package = load_version(version).manifest.package
    sys.modules.pop(f"{package}.functions", None)
    assert importlib.import_module(f"{package}.functions").island_code("Dream") == 1


def test_code_that_changes_after_loading_is_not_run(version: Path) -> None:
    package = load_version(version).manifest.package
    (version / "code" / "functions.py").write_text("raise SystemExit('planted')\n")
    sys.modules.pop(f"{package}.functions")
    with pytest.raises(ImportError, match="was changed after its version was built"):
        importlib.import_module(f"{package}.functions")


def test_loading_leaves_no_bytecode_behind(version: Path) -> None:
    package = load_version(version).manifest.package
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]
    load_version(version)
    assert not list(version.rglob("__pycache__"))


def test_a_module_that_no_manifest_lists_is_not_imported(version: Path) -> None:
    (version / "code" / "extra.py").write_text("x = 1\n")
    package = load_version(version).manifest.package
    with pytest.raises(ModuleNotFoundError, match="has no module"):
        importlib.import_module(f"{package}.extra")


def test_different_code_under_one_name_is_refused(version: Path, tmp_path: Path) -> None:
    load_version(version)
    other = tmp_path / "other"
    shutil.copytree(version, other)
    (other / "code" / "functions.py").write_text("island_code = len\n")
    reseal(other)
    with pytest.raises(ArtifactError, match="different code under the name"):
        load_version(other)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "not of format 1"),
        ({"package": "os"}, "inconsistent 'package'"),
        ({"version": "latest"}, "inconsistent 'version'"),
        ({"files": {"../x": "sha256:" + "0" * 64}}, "inconsistent 'files'"),
        ({"artifact_files": []}, "inconsistent 'artifact_files'"),
        ({"artifact_digest": "sha256:" + "0" * 64}, "another artifact digest"),
        ({"data": [{"name": "x"}]}, "lacks an entry"),
        ({"classes": 3}, "lacks an entry"),
    ],
)
def test_a_manifest_that_is_inconsistent(version: Path, change: dict[str, Any], said: str) -> None:
    reseal(version, **change)
    with pytest.raises(ArtifactError, match=said):
        load_version(version)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "\x00"])
def test_what_is_no_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ArtifactError):
        load_version(tmp_path)


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"has no manifest\.json"):
        load_version(tmp_path)


def test_a_manifest_survives_json(version: Path) -> None:
    text = (version / "manifest.json").read_text()
    assert Manifest.from_json(text).to_json() == text


def test_a_model_of_another_scikit_learn_is_refused(
    version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_with_warning(stream: object) -> None:
        warnings.warn(
            InconsistentVersionWarning(
                estimator_name="X", current_sklearn_version="2", original_sklearn_version="1"
            ),
            stacklevel=1,
        )

    monkeypatch.setattr(joblib, "load", load_with_warning)
    with pytest.raises(ArtifactError, match="fitted with scikit-learn 1"):
        load_version(version)


def test_a_class_that_is_not_here_is_told(version: Path) -> None:
    (version / "pipeline.joblib").write_bytes(pickle.dumps(0)[:-2] + b"cabsent\nThing\n.")
    reseal(version)
    with pytest.raises(ArtifactError, match=r"requirements-serve\.lock"):
        load_version(version)
