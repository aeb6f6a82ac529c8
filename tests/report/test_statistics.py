from nb2prod.report.snapshot import Entry
from nb2prod.report.statistics import statistic_differences


def _told(before: list[Entry], after: list[Entry]) -> list[tuple[str, str]]:
    return [(one.subject, one.said) for one in statistic_differences(before, after)]


def test_entries_are_paired_by_name_and_have_their_place() -> None:
    before = [Entry("age_mean", 43.9, 4, 2, "df['age'].mean()")]
    after = [Entry("age_mean", 47.1, 6, 3, "df['age'].mean()")]
    (found,) = statistic_differences(before, after)
    assert found.said.startswith("43.9 became 47.1")
    assert (found.place, found.expression) == ("cell 6, line 3", "df['age'].mean()")


def test_a_renamed_entry_is_found_by_its_expression() -> None:
    before = [Entry("mean", 1.0, 4, 2, "x.mean()"), Entry("mode", "a", 4, 3, "x.mode()[0]")]
    after = [Entry("mean_2", 2.0, 4, 2, "x.mean()"), Entry("mode", "a", 4, 3, "x.mode()[0]")]
    assert _told(before, after) == [("mean, now mean_2", "1 became 2 (+1, +100 %)")]


def test_the_parts_of_a_renamed_object_are_paired_with_each_other() -> None:
    before = [Entry("scaler.mean_", [1.0], 4, 2, "s"), Entry("scaler.scale_", [1.0], 4, 2, "s")]
    after = [Entry("s.mean_", [1.0], 4, 2, "s"), Entry("s.scale_", [2.0], 4, 2, "s")]
    assert _told(before, after) == [("scaler.scale_, now s.scale_", "[0]: 1 became 2 (+1, +100 %)")]


def test_what_cannot_be_paired_came_or_went() -> None:
    before = [Entry("a", 1.0, 1, 1, "x.mean()"), Entry("b", 1.0, 1, 2, "x.mean()")]
    after = [Entry("c", 1.0, 1, 1, "x.mean()"), Entry("d", 2.0)]
    assert _told(before, after) == [
        ("c", "new: 1"),
        ("d", "new: 2"),
        ("a", "gone; it was 1"),
        ("b", "gone; it was 1"),
    ]
