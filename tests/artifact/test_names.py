from pathlib import Path

import pytest

from nb2prod.artifact.names import service_name
from nb2prod.errors import UsageError


@pytest.mark.parametrize(
    ("notebook", "given", "name"),
    [
        ("penguins.ipynb", None, "penguins"),
        ("My Notebook (final).ipynb", None, "my_notebook_final"),
        ("01-Churn_Model.ipynb", None, "churn_model"),
        ("x.ipynb", "credit_risk2", "credit_risk2"),
    ],
)
def test_names(notebook: str, given: str | None, name: str) -> None:
    assert service_name(Path(notebook), given) == name


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "cannot be a service's name"),
        ("../up", "cannot be a service's name"),
        ("a/b", "cannot be a service's name"),
        ("a\\b", "cannot be a service's name"),
        (".", "cannot be a service's name"),
        ("Birds", "cannot be a service's name"),
        ("2birds", "cannot be a service's name"),
        ("_birds", "cannot be a service's name"),
        ("bi rds", "cannot be a service's name"),
        ("birds\n", "cannot be a service's name"),
        ("vögel", "cannot be a service's name"),
        ("b" * 41, "cannot be a service's name"),
        ("class", "a word of the Python language"),
        ("json", "a module of the standard library"),
        ("app", "a part of every service"),
        ("runtime", "a part of every service"),
        ("pandas", "an installed package"),
    ],
)
def test_names_that_are_refused(given: str, said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        service_name(Path("x.ipynb"), given)
    assert said in refusal.value.what
    assert refusal.value.hint is not None
    assert "--name" in refusal.value.hint


def test_a_notebook_whose_name_has_no_letters() -> None:
    with pytest.raises(UsageError) as refusal:
        service_name(Path("123.ipynb"))
    assert refusal.value.hint is not None
    assert refusal.value.hint.endswith("--name my_model")
