import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2prod.runtime.checks import RecordChecker, Remark
from nb2prod.runtime.schema import Column, Schema

SCHEMA = Schema(
    columns=(
        Column("Island", "str", "category", False, ("Biscoe", "Dream"), examples=("Dream",)),
        Column("Mass (g)", "float64", "number", True, None, 10.0, 20.0, (12.0,)),
        Column(
            "Seen",
            "datetime64[us]",
            "datetime",
            True,
            None,
            "2008-01-01",
            "2008-12-31",
            ("2008-02-01",),
        ),
        Column("Empty", "float64", "number", True),
    ),
    target=(Column("Species", "str", "category", False, ("A", "B"), examples=("A",)),),
)
RECORD = {"Island": "Dream", "Mass (g)": 12.5, "Seen": "2008-02-01", "Empty": None}
CHECKER = RecordChecker(SCHEMA)


def changed(**fields: object) -> dict[str, object]:
    return {**RECORD, **fields}


def test_a_good_record_has_no_remarks() -> None:
    checked = CHECKER.check(RECORD)
    assert checked.errors == checked.warnings == ()
    assert list(checked.values) == [column.name for column in SCHEMA.columns]


def test_order_of_the_fields_does_not_matter() -> None:
    assert CHECKER.check(dict(reversed(RECORD.items()))).values == CHECKER.check(RECORD).values


@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        ({k: v for k, v in RECORD.items() if k != "Island"}, "Island", "is missing"),
        ({k: v for k, v in RECORD.items() if k != "Empty"}, "Empty", "send it, as null"),
        (changed(Island=None), "Island", "must not be null"),
        (changed(**{"Mass (g)": "12"}), "Mass (g)", "must be a number, not text"),
        (changed(Species="A"), "Species", "is what the model predicts"),
        (changed(island="Dream"), "island", "did you mean 'Island'?"),
        (changed(zzzz=1), "zzzz", "is not a column of this model"),
        ([], "", "must be a JSON object"),
        (None, "", "must be a JSON object"),
    ],
)
def test_errors(record: object, field: str, reason: str) -> None:
    (error,) = CHECKER.check(record).errors
    assert error.field == field
    assert reason in error.reason


def test_one_reason_for_each_field() -> None:
    errors = CHECKER.check({"Island": 1, "Mass (g)": "x", "other": 0, "Seen": None}).errors
    assert [error.field for error in errors] == ["Island", "Mass (g)", "Empty", "other"]


@pytest.mark.parametrize(
    ("record", "warning"),
    [
        (
            changed(Island="Atlantis"),
            Remark("Island", "is a category that training never saw; it saw 'Biscoe', 'Dream'"),
        ),
        (
            changed(**{"Mass (g)": 20.5}),
            Remark("Mass (g)", "lies outside what training saw: 10.0 to 20.0"),
        ),
        (
            changed(Seen="2009-01-01"),
            Remark("Seen", "lies outside what training saw: 2008-01-01 to 2008-12-31"),
        ),
        (changed(Empty=1.0), Remark("Empty", "is a value where training saw only nulls")),
    ],
)
def test_unusual_values_are_answered_with_a_warning(record: object, warning: Remark) -> None:
    checked = CHECKER.check(record)
    assert checked.errors == ()
    assert checked.warnings == (warning,)


@pytest.mark.parametrize("value", [None, 10.0, 20.0], ids=["null", "lowest", "highest"])
def test_what_training_saw_is_not_unusual(value: object) -> None:
    assert CHECKER.check(changed(**{"Mass (g)": value})).warnings == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["Island", "Mass (g)", "Seen", "Empty", "Species"]) | st.text()


@given(record=JSON | st.dictionaries(FIELDS, JSON, max_size=8))
def test_no_record_breaks_the_check(record: object) -> None:
    checked = CHECKER.check(record)
    assert bool(checked.errors) or checked.values.keys() == RECORD.keys()
    fields = [error.field for error in checked.errors]
    assert len(fields) == len(set(fields))


@given(
    mass=st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
)
def test_every_finite_number_is_taken(mass: float | None) -> None:
    checked = CHECKER.check(changed(**{"Mass (g)": mass}))
    assert checked.errors == ()
    assert checked.values["Mass (g)"] == (None if mass is None else float(mass))


def test_a_long_field_name_is_cut() -> None:
    (error,) = CHECKER.check(changed(**{"x" * 100_000: 1})).errors
    assert len(error.field) == 64
