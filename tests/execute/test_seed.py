"""The seed cell seeds what the notebook uses, and leaves no name behind."""

import random
import sys
from types import ModuleType

import numpy as np
import pytest

from nb2prod.execute.environment import THREAD_VARIABLES, kernel_environment
from nb2prod.execute.seed import frameworks_of, seed_source
from nb2prod.notebook import read
from tests.execute.conftest import WriteNotebook


def test_random_and_numpy_are_seeded_and_no_name_stays() -> None:
    namespace: dict[str, object] = {}
    exec(seed_source(5), namespace)
    assert set(namespace) == {"__builtins__"}
    drawn = (random.random(), np.random.random())  # noqa: NPY002 (the generator that is seeded)
    assert drawn == (random.Random(5).random(), np.random.RandomState(5).random())


def test_a_framework_is_seeded_where_it_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    torch = ModuleType("torch")
    torch.manual_seed = lambda seed: calls.append(("seed", seed))  # type: ignore[attr-defined]  # a stand-in
    torch.use_deterministic_algorithms = lambda on: calls.append(("exact", on))  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    exec(seed_source(3, ("torch", "tensorflow"), deterministic=True), {})
    assert calls == [("seed", 3), ("exact", True)]


def test_torch_repeats_its_draws() -> None:
    torch = pytest.importorskip("torch", reason="an extra of several hundred megabytes")
    drawn = []
    for _ in range(2):
        exec(seed_source(3, ("torch",), deterministic=True), {})
        drawn.append(torch.rand(4).tolist())
    torch.use_deterministic_algorithms(False)
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import torch.nn as nn", ("torch",)),
        ("from tensorflow.keras import layers", ("tensorflow",)),
        ("import keras", ("tensorflow",)),
        ("import torch, tensorflow", ("torch", "tensorflow")),
        ("import pandas", ()),
        ("def broken(:", ()),
        ("%load_ext x\nimport torch", ("torch",)),
    ],
)
def test_frameworks_are_those_that_cells_import(
    write_notebook: WriteNotebook, source: str, found: tuple[str, ...]
) -> None:
    assert frameworks_of(read(write_notebook(source, ("import torch", "skip")))) == found


def test_the_environment_fixes_hashes_and_threads() -> None:
    variables = kernel_environment(2**32 + 9, 2)
    assert variables["PYTHONHASHSEED"] == "9"
    assert {variables[name] for name in THREAD_VARIABLES} == {"2"}
    assert "CUBLAS_WORKSPACE_CONFIG" in kernel_environment(1, 1, deterministic=True)
