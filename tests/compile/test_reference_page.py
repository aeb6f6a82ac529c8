"""The page on refusals says what the code says."""

import os
from pathlib import Path

from nb2prod.compile.reference_page import reference_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "refusals.md"


def test_the_page_on_refusals_is_up_to_date() -> None:
    if os.environ.get("UPDATE_REFERENCES"):
        PAGE.write_text(reference_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == reference_page(), (
        "run the tests once with UPDATE_REFERENCES=1 and look at the difference"
    )


def test_every_code_is_given_once() -> None:
    codes = [
        line.split("|")[1].strip()
        for line in reference_page().splitlines()
        if line.startswith("| NBC")
    ]
    assert len(codes) == len(set(codes)) > 15
