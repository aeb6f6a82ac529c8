from nb2prod.report.code_diff import Row, code_differences

_OLD = "\n".join(["# cell 4", *(f"x{number} = {number}" for number in range(12)), ""])
_NAMES = ("v1", "v2")


def test_equal_modules_are_left_out() -> None:
    assert code_differences({"a.py": _OLD}, {"a.py": _OLD}, _NAMES) == []


def test_cell_numbers_alone_are_no_difference() -> None:
    renumbered = _OLD.replace("# cell 4", "# cell 5")
    assert code_differences({"a.py": _OLD}, {"a.py": renumbered}, _NAMES) == []


def test_a_change_is_shown_with_what_stands_around_it() -> None:
    (found,) = code_differences({"a.py": _OLD}, {"a.py": _OLD.replace("x6 = 6", "x6 = 7")}, _NAMES)
    assert (found.file, found.added, found.removed) == ("a.py", 1, 1)
    assert found.unified.splitlines() == [
        "--- v1/code/a.py",
        "+++ v2/code/a.py",
        "@@ -5,7 +5,7 @@",
        " x3 = 3",
        " x4 = 4",
        " x5 = 5",
        "-x6 = 6",
        "+x6 = 7",
        " x7 = 7",
        " x8 = 8",
        " x9 = 9",
    ]
    assert found.rows[0] == Row("gap")
    assert Row("changed", 8, "x6 = 6", 8, "x6 = 7") in found.rows


def test_lines_that_came_and_went_stand_alone() -> None:
    before, after = "a = 1\nb = 2\n", "b = 2\nc = 3\nd = 4\n"
    (found,) = code_differences({"m.py": before}, {"m.py": after}, _NAMES)
    assert found.rows == (
        Row("removed", 1, "a = 1", 0, ""),
        Row("same", 2, "b = 2", 1, "b = 2"),
        Row("added", 0, "", 2, "c = 3"),
        Row("added", 0, "", 3, "d = 4"),
    )


def test_a_new_module_is_added_wholly() -> None:
    (found,) = code_differences({}, {"m.py": "a = 1\n"}, _NAMES)
    assert (found.added, found.removed) == (1, 0)
    assert "@@ -0,0 +1,1 @@" in found.unified
