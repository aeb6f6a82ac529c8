"""Whether two choices of rows surely have rows in common."""

from nb2prod.lint.leakage.trace import RowChoice, Trace
from nb2prod.lint.leakage.values import Value


def overlaps(learned: Value, judged: Value, trace: Trace) -> bool:
    """Say whether the rows that judge are among the rows that were learned from."""
    if not learned.tables & judged.tables:
        return False
    if judged.part in ("test", "validation"):
        return learned.part == "whole" and not learned.rows and not judged.rows
    if learned.part != "whole" or judged.part != "whole":
        return False
    first, second = _choices(learned, trace), _choices(judged, trace)
    if len(second) != 1 or len(first) > 1:
        return False
    if not first:
        # All rows were learned from, and some of them judge; a mask may be there on both sides.
        return second[0].kind != "mask"
    return _overlap(first[0], second[0])


def _choices(value: Value, trace: Trace) -> list[RowChoice]:
    return [choice for choice in trace.choices if choice.number in value.rows]


def _overlap(first: RowChoice, second: RowChoice) -> bool:
    if first.number == second.number:
        return False
    if first.kind == second.kind == "sample":
        return True
    if first.bounds is None or second.bounds is None:
        return False
    if any((bound or 0) < 0 for bound in (*first.bounds, *second.bounds)):
        return False
    (start, end), (other_start, other_end) = first.bounds, second.bounds
    return (other_end is None or (start or 0) < other_end) and (
        end is None or (other_start or 0) < end
    )
