import math

import pandas as pd
import pytest

from nb2prod.runtime.schema import Column
from nb2prod.runtime.values import InvalidValue, value_check

NUMBER = Column("x", "float64", "number", False)
SINGLE = Column("x", "float32", "number", False)
INTEGER = Column("x", "int64", "integer", False)
BYTE = Column("x", "uint8", "integer", False)
UNBOUNDED = Column("x", "object", "integer", False)
BOOLEAN = Column("x", "bool", "boolean", False)
TEXT = Column("x", "str", "text", False)
LABEL = Column("x", "str", "category", False, ("a", "b"))
GRADE = Column("x", "category", "category", False, (1, 2, 3))
MIXED = Column("x", "object", "mixed", False)
NAIVE = Column("x", "datetime64[us]", "datetime", False)
ZONED = Column("x", "datetime64[ns, Europe/Berlin]", "datetime", False)


@pytest.mark.parametrize(
    ("column", "value", "taken"),
    [
        (NUMBER, 39, 39.0),
        (NUMBER, -0.5, -0.5),
        (NUMBER, 5e-324, 5e-324),
        (INTEGER, 39.0, 39),
        (INTEGER, 2**53 + 1, 2**53 + 1),
        (INTEGER, -(2**63), -(2**63)),
        (BYTE, 255, 255),
        (UNBOUNDED, 2**80, 2**80),
        (BOOLEAN, False, False),
        (TEXT, "", ""),
        (TEXT, "naïve 🐧", "naïve 🐧"),
        (LABEL, "never seen", "never seen"),
        (GRADE, 9, 9),
        (MIXED, True, True),
        (MIXED, 3, 3),
        (MIXED, "3", "3"),
        (NAIVE, "2026-01-31", pd.Timestamp("2026-01-31")),
        (NAIVE, "2026-01-31T09:30:00.25", pd.Timestamp("2026-01-31 09:30:00.25")),
        (ZONED, "2026-01-31T09:30:00Z", pd.Timestamp("2026-01-31 10:30", tz="Europe/Berlin")),
    ],
)
def test_taken(column: Column, value: object, taken: object) -> None:
    found = value_check(column)(value)
    assert found == taken
    assert type(found) is type(taken)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (NUMBER, "39", "must be a number, not text"),
        (NUMBER, True, "must be a number, not a boolean"),
        (NUMBER, [39], "must be a number, not a list"),
        (NUMBER, {}, "must be a number, not an object"),
        (NUMBER, math.nan, "must be a finite number"),
        (NUMBER, math.inf, "must be a finite number"),
        (NUMBER, 10**400, "must be a finite number"),
        (SINGLE, 1e39, "must lie within"),
        (INTEGER, 39.5, "must be a whole number: training saw only whole numbers"),
        (INTEGER, "39", "must be a whole number, not text"),
        (INTEGER, False, "must be a whole number, not a boolean"),
        (INTEGER, math.inf, "must be a finite number"),
        (INTEGER, 2**63, "must lie within -9223372036854775808 and 9223372036854775807"),
        (BYTE, -1, "must lie within 0 and 255"),
        (BOOLEAN, 1, "must be true or false, not a number"),
        (BOOLEAN, "true", "must be true or false, not text"),
        (TEXT, 1, "must be text, not a number"),
        (TEXT, "\ud83d", "half a surrogate pair"),
        (LABEL, 1, "must be text, not a number"),
        (GRADE, "1", "must be a whole number, not text"),
        (MIXED, [], "must be a number, a boolean or text, not a list"),
        (MIXED, math.nan, "must be a finite number"),
        (NAIVE, 1700000000, "must be a date or time in ISO 8601"),
        (NAIVE, "today", "must be a date or time in ISO 8601"),
        (NAIVE, "31/01/2026", "must be a date or time in ISO 8601"),
        (NAIVE, "2026-02-30", "must be a date that exists"),
        (NAIVE, "2026-01-31T09:30:00Z", "must be a time with no offset"),
        (ZONED, "2026-01-31T09:30:00", "must be a time with an offset"),
        (ZONED, "9999-01-01T00:00:00Z", "must be a date that exists and can be stored"),
    ],
)
def test_refused(column: Column, value: object, reason: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        value_check(column)(value)
    assert reason in str(refusal.value)


def test_a_reason_does_not_hold_the_value() -> None:
    with pytest.raises(InvalidValue) as refusal:
        value_check(NUMBER)("secret" * 1000)
    assert "secret" not in str(refusal.value)
