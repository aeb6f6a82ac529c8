from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.kernel import NotForKernel, bound, load_kernel
from nb2prod.runtime.loading import LoadedVersion, load_version
from nb2prod.runtime.manifest import KERNEL_NAME
from tests.conftest import MakeVersion


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, make_version: MakeVersion) -> LoadedVersion:
    return load_version(make_version(tmp_path_factory.mktemp("services") / "birds", scale=63.0))


def saying(version: LoadedVersion, kernel: Mapping[str, object] | None, digest: str) -> Any:
    files = {**version.manifest.files, KERNEL_NAME: digest}
    return replace(version, manifest=replace(version.manifest, kernel=kernel, files=files))


@pytest.mark.parametrize("said", [None, {"off": "a loop over rows"}], ids=["none tried", "off"])
def test_a_kernel_that_nobody_proved_is_not_loaded(
    loaded: LoadedVersion, said: Mapping[str, object] | None
) -> None:
    assert load_kernel(saying(loaded, said, "sha256:1")) is None


def test_another_kernel_than_the_proved_one_is_refused(loaded: LoadedVersion) -> None:
    with pytest.raises(ArtifactError, match="is not the one that was proved"):
        load_kernel(saying(loaded, {"digest": "sha256:2"}, "sha256:1"))


@pytest.mark.parametrize(
    "answer", [(float("nan"), None), (float("inf"), None), ("a", [float("nan"), float("nan")])]
)
def test_what_is_no_number_is_for_the_pipeline(answer: tuple[Any, Any]) -> None:
    kernel = bound(SimpleNamespace(bind=lambda _: lambda _: answer), None)
    with pytest.raises(NotForKernel):
        kernel({})


@pytest.mark.parametrize("answer", [(1.5, None), ("a", [0.25, 0.75]), (3, None)])
def test_an_answer_is_handed_on(answer: tuple[Any, Any]) -> None:
    assert bound(SimpleNamespace(bind=lambda _: lambda _: answer), None)({}) == answer


def test_the_manifest_keeps_the_evidence(loaded: LoadedVersion) -> None:
    evidence = {"digest": "sha256:1", "rows": 7}
    manifest = replace(loaded.manifest, kernel=evidence)
    assert type(manifest).from_json(manifest.to_json()).kernel == evidence
