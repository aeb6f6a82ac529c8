"""`nb2prod.lint` and its kind, however they are imported."""

import subprocess
import sys

import pytest

import nb2prod


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        nb2prod.nonsense  # noqa: B018


def test_public_names_are_listed() -> None:
    assert {"lint", "build", "load", "__version__"} <= set(dir(nb2prod))


@pytest.mark.parametrize(
    "before",
    [
        "import nb2prod",
        "import nb2prod.lint",
        "import nb2prod.lint.engine, nb2prod",
        "from nb2prod.lint import lint; import nb2prod",
    ],
)
def test_lint_is_a_function_and_a_package(before: str) -> None:
    program = (
        f"{before}\n"
        "from nb2prod.notebook.percent import from_percent\n"
        "found = nb2prod.lint(from_percent('# %%\\nnope'))\n"
        "assert [one.code for one in found] == ['NBT002', 'NBH001'], found\n"
        "from nb2prod import lint\n"
        "assert lint is nb2prod.lint and lint.blocking(found)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
