from dataclasses import replace

import pytest

from nb2prod.gates.schema import compare_schemas
from nb2prod.runtime.schema import Column, Schema

AGE = Column("age", "int64", "integer", nullable=True, minimum=1, maximum=9)
TOWN = Column("town", "str", "category", nullable=False, categories=("Graz", "Linz"))
TARGET = Column("rich", "bool", "boolean", nullable=False)
CHAMPION = Schema((AGE, TOWN), (TARGET,))


@pytest.mark.parametrize(
    ("columns", "broken", "reported"),
    [
        ((AGE, TOWN), [], []),
        ((TOWN, AGE), [], []),
        ((AGE,), ["`town` is gone"], []),
        ((AGE, replace(TOWN, kind="text", categories=None)), [], []),
        ((replace(AGE, kind="number"), TOWN), ["`age` is number instead of integer"], []),
        ((replace(AGE, nullable=False), TOWN), ["`age` takes no null any more"], []),
        ((AGE, replace(TOWN, nullable=True)), [], []),
        ((AGE, TOWN, replace(AGE, name="new")), [], ["`new` is new and optional"]),
        ((AGE, TOWN, replace(TOWN, name="new")), ["`new` is new and required"], []),
        (
            (AGE, replace(TOWN, categories=("Graz", "Wien"))),
            [],
            ["`town` no longer knows 'Linz'", "`town` now knows 'Wien'"],
        ),
        ((replace(AGE, maximum=8), TOWN), [], ["`age` ranges from 1 to 8 instead of 1 to 9"]),
    ],
    ids=[
        "same",
        "order",
        "gone",
        "still text",
        "retyped",
        "no null",
        "null",
        "optional",
        "required",
        "categories",
        "range",
    ],
)
def test_callers_of_the_champion_are_thought_of(
    columns: tuple[Column, ...], broken: list[str], reported: list[str]
) -> None:
    assert compare_schemas(CHAMPION, Schema(columns, (TARGET,))) == (broken, reported)


def test_another_target_breaks_callers() -> None:
    other = Schema(CHAMPION.columns, (replace(TARGET, name="poor"),))
    broken, _ = compare_schemas(CHAMPION, other)
    assert len(broken) == 1
