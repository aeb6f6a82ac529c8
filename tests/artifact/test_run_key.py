import re
from dataclasses import replace

import pytest

from nb2prod.artifact.manifest import DataFile
from nb2prod.artifact.run_key import RunInputs, run_key, runtime_digest, runtime_files

INPUTS = RunInputs(
    code={"code/a.py": "sha256:1", "code/b.py": "sha256:2"},
    data=(DataFile("data/a.csv", "3", 10), DataFile("data/b.csv", "4", 20)),
    parameters={"depth": 3, "rate": 0.1},
    seed=42,
    threads=1,
    hash_seed=42,
    lock="pandas==3.1.1\n",
    tool="0.1.0",
    python="3.11",
    runtime="sha256:5",
)


def test_the_order_of_the_inputs_does_not_matter() -> None:
    shuffled = replace(
        INPUTS,
        code=dict(reversed(list(INPUTS.code.items()))),
        data=INPUTS.data[::-1],
        parameters=dict(reversed(list(INPUTS.parameters.items()))),
    )
    assert run_key(shuffled) == run_key(INPUTS)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", run_key(INPUTS))


@pytest.mark.parametrize(
    "change",
    [
        {"code": {"code/a.py": "sha256:1"}},
        {"data": ()},
        {"data": (DataFile("data/a.csv", "3", 10), DataFile("data/b.csv", "other", 20))},
        {"parameters": {"depth": 3, "rate": 0.2}},
        {"parameters": {"depth": "3", "rate": 0.1}},
        {"seed": 43},
        {"threads": 2},
        {"hash_seed": 0},
        {"lock": "pandas==3.1.0\n"},
        {"tool": "0.2.0"},
        {"python": "3.12"},
        {"runtime": "sha256:6"},
    ],
    ids=str,
)
def test_every_input_counts(change: dict[str, object]) -> None:
    assert run_key(replace(INPUTS, **change)) != run_key(INPUTS)  # type: ignore[arg-type]


def test_the_runtime_s_files_are_its_modules() -> None:
    assert {"__init__.py", "loading.py", "predictor.py"} <= runtime_files().keys()
    assert runtime_digest() == runtime_digest()
