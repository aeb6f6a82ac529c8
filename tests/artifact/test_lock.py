import re
from importlib.metadata import version

import pytest

from nb2prod.artifact.lock import imported_modules, lock_for, serve_lock
from nb2prod.errors import EnvironmentFault


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import pandas as pd\nimport os.path", {"pandas", "os"}),
        ("from sklearn.linear_model import Ridge", {"sklearn"}),
        ("from . import x\nfrom .y import z", set()),
        ("def f():\n    import numpy", {"numpy"}),
        (
            "if True:\n    try:\n        import a, b\n    except ImportError:\n        pass",
            {"a", "b"},
        ),
        ("x = 'import nothing'", set()),
    ],
)
def test_imported_modules(source: str, modules: set[str]) -> None:
    assert imported_modules(source) == modules


def test_a_lock_has_the_closure_at_the_installed_versions() -> None:
    lines = lock_for({"sklearn", "os"}).splitlines()
    assert lines == sorted(lines)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*==\S+", line) for line in lines)
    assert f"scikit-learn=={version('scikit-learn')}" in lines
    assert f"scipy=={version('scipy')}" in lines
    assert not any(line.startswith("pytest==") for line in lines)


def test_a_requirement_for_another_system_is_left_out() -> None:
    names = {line.partition("==")[0] for line in lock_for({"click"}).splitlines()}
    assert "click" in names
    assert "colorama" not in names


def test_extras_of_a_requirement_are_followed() -> None:
    lines = lock_for({"papermill"}).splitlines()
    assert f"nbclient=={version('nbclient')}" in lines


def test_a_serve_lock_has_the_server_and_no_build_tools() -> None:
    names = {line.partition("==")[0] for line in serve_lock(set()).splitlines()}
    assert {"fastapi", "uvicorn", "prometheus-client", "pandas", "scikit-learn", "joblib"} <= names
    assert names.isdisjoint({"pip", "setuptools", "wheel", "papermill", "ipykernel", "nb2prod"})


def test_a_module_that_nothing_installed_has() -> None:
    with pytest.raises(EnvironmentFault, match="'my_helpers' belongs to no installed package"):
        lock_for({"my_helpers"})


def test_files_beside_the_notebook_are_no_packages() -> None:
    assert lock_for({"my_helpers", "click"}, local={"my_helpers"}) == lock_for({"click"})
