"""A notebook of another environment is not run by accident."""

import json
import sys
from pathlib import Path

import pytest

from nb2prod.errors import EnvironmentFault
from nb2prod.execute.kernel import check_kernel
from nb2prod.notebook import read
from tests.execute.conftest import WriteNotebook


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return tmp_path / "jupyter" / "kernels"


def _install(kernels: Path, name: str, python: Path) -> None:
    (kernels / name).mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": name, "language": "python"}
    (kernels / name / "kernel.json").write_text(json.dumps(spec))


@pytest.mark.parametrize("kernel", ["python3", "python"])
def test_the_usual_names_are_fine(write_notebook: WriteNotebook, kernel: str) -> None:
    check_kernel(read(write_notebook("1", kernel=kernel)))


def test_another_name_for_this_environment_is_fine(
    write_notebook: WriteNotebook, install: Path
) -> None:
    _install(install, "mine", Path(sys.executable))
    check_kernel(read(write_notebook("1", kernel="mine")))


def test_another_environment_is_named_with_the_way_there(
    write_notebook: WriteNotebook, install: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "bin" / "python"
    other.parent.mkdir(parents=True)
    other.symlink_to(sys.executable)
    _install(install, "other", other)
    with pytest.raises(EnvironmentFault, match="`other`, which is another environment") as caught:
        check_kernel(read(write_notebook("1", kernel="other")))
    hint = caught.value.hint or ""
    assert f"{other} -m pip install nb2prod" in hint
    assert "--this-kernel" in hint


def test_a_missing_kernel_is_named(write_notebook: WriteNotebook, install: Path) -> None:
    with pytest.raises(EnvironmentFault, match="`gone`, which this machine does not have"):
        check_kernel(read(write_notebook("1", kernel="gone")))
