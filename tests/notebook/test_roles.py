"""Tags: which give a role, which are somebody else's, and which are misspelt."""

import pytest

from nb2prod.notebook.roles import Role, misspelt_role, role_of, roles_of
from nb2prod.notebook.spelling import edit_distance, nearest


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_its_own_tag(role: Role) -> None:
    assert role_of(role.value) is role
    assert misspelt_role(role.value) is None


@pytest.mark.parametrize(
    ("tag", "role"),
    [
        ("pipeline-parameters", Role.PARAMETERS),
        ("pipeline-metrics", Role.EVALUATE),
        ("step:train", Role.TRAIN),
        ("step:load_data", Role.LOAD),
        ("step:Preprocessing", Role.FEATURES),
        ("block:train-model", Role.TRAIN),
        ("block:split;other", Role.SPLIT),
    ],
)
def test_kale_names_are_understood(tag: str, role: Role) -> None:
    assert role_of(tag) is role


def test_roles_come_once_and_in_order() -> None:
    assert roles_of(["x", "train-only", "features", "step:features"]) == (
        Role.TRAIN_ONLY,
        Role.FEATURES,
    )


@pytest.mark.parametrize(
    "tag",
    [
        "prev:load",
        "step:my-own-step",
        "injected-parameters",
        "nbval-skip",
        "nbval-ignore-output",
        "nbval-check-output",
        "nbval-raises-exception",
        "raises-exception",
        "hide-input",
        "hide_input",
        "remove-cell",
        "remove_cell",
        "limit:nvidia.com/gpu:1",
        "slideshow",
        "draft",
        "plot",
        "eda",
        "test",
        "export",
        "functional",
        "lead",
        "",
    ],
)
def test_other_tools_tags_are_left_alone(tag: str) -> None:
    assert role_of(tag) is None
    assert misspelt_role(tag) is None


@pytest.mark.parametrize(
    ("tag", "role"),
    [
        ("feature", Role.FEATURES),
        ("Features", Role.FEATURES),
        ("fetures", Role.FEATURES),
        ("featuers", Role.FEATURES),
        ("parameter", Role.PARAMETERS),
        ("paramaters", Role.PARAMETERS),
        ("train_only", Role.TRAIN_ONLY),
        ("trainonly", Role.TRAIN_ONLY),
        ("train only", Role.TRAIN_ONLY),
        ("evalaute", Role.EVALUATE),
        ("import", Role.IMPORTS),
        ("TRAIN", Role.TRAIN),
        (" load", Role.LOAD),
        ("spilt", Role.SPLIT),
    ],
)
def test_near_misses_are_recognised(tag: str, role: Role) -> None:
    assert misspelt_role(tag) is role


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3)],
)
def test_edit_distance(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == distance


@pytest.mark.parametrize(
    ("word", "candidates", "found"),
    [
        ("dff", ["df", "other"], "df"),
        ("DF", ["df"], "df"),
        ("x", ["y", "z"], None),
        ("x_trian", ["x_train", "x_test"], "x_train"),
        ("model", ["pandas"], None),
    ],
)
def test_nearest(word: str, candidates: list[str], found: str | None) -> None:
    assert nearest(word, candidates) == found
