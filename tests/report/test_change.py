import pytest

from nb2prod.report.change import ABSENT, Area, difference, is_same


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (43.9, 47.1, "43.9 became 47.1 (+3.2, +7.3 %)"),
        (100, 250, "100 became 250 (+150, +150 %)"),
        (0, 2, "0 became 2 (+2)"),
        (-4.0, -2.0, "-4 became -2 (+2, +50 %)"),
        (1.0000001, 1.0000002, "1.0000001 became 1.0000002 (+1e-07, +1e-05 %)"),
        ("Oslo", "Rome", "'Oslo' became 'Rome'"),
        (None, 2.0, "None became 2"),
        (True, 1, "True became 1"),
        (1, 1.0, "1 became 1.0 (+0, +0 %)"),
        (ABSENT, 3.5, "new: 3.5"),
        (3.5, ABSENT, "gone; it was 3.5"),
        ("nan", 2.0, "'nan' became 2"),
        (["a", "b"], ["b", "c"], "+ 'c', - 'a'"),
        (["a", "b"], ["b", "a"], "the same entries in another order"),
        ([1, 2, 3], [1, 5, 3], "[1]: 2 became 5 (+3, +150 %)"),
        ([1, 2], [1, 2, 3], "[2]: new: 3"),
        ({"a": 1.0}, {"a": 2.0}, "a: 1 became 2 (+1, +100 %)"),
        ({"a": 1.0}, {"b": 1.0}, "2 entries differ"),
        ({"c": ["x"]}, {"c": ["x", "y"]}, "c: + 'y'"),
    ],
)
def test_a_change_is_said_in_words(before: object, after: object, said: str) -> None:
    found = difference(Area.STATISTICS, "age_mean", before, after)
    assert found is not None
    assert found.said == said


@pytest.mark.parametrize(
    "value", [1.5, "x", None, [1, ["a"]], {"a": {"b": [1.0, None]}}, True], ids=repr
)
def test_the_same_is_no_difference(value: object) -> None:
    assert difference(Area.SCHEMA, "x", value, value) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (True, 1), ([1, 2], [2, 1]), ({"a": 1}, {"a": None}), ({"a": 1}, {}), ([], [1])],
)
def test_what_looks_alike_need_not_be_the_same(one: object, other: object) -> None:
    assert not is_same(one, other)


def test_tables_list_each_entry_that_changed() -> None:
    before, after = {"Rome": 1.0, "Oslo": 2.0, "Bern": 3.0}, {"Rome": 1.0, "Oslo": 2.5, "Lund": 4.0}
    found = difference(Area.STATISTICS, "by_city", before, after)
    assert found is not None
    assert found.lists_parts
    assert [(part.key, part.said) for part in found.parts] == [
        ("Oslo", "2 became 2.5 (+0.5, +25 %)"),
        ("Bern", "gone; it was 3"),
        ("Lund", "new: 4"),
    ]


def test_absent_values_are_null_in_json() -> None:
    found = difference(Area.METRICS, "auc", ABSENT, 0.5)
    assert found is not None
    content = found.as_json()
    assert (content["area"], content["before"], content["after"]) == ("metrics", None, 0.5)
