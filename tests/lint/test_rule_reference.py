"""The pages of docs/rules say what the code says."""

import os
from pathlib import Path

from nb2prod.lint.page import pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "rules"


def test_the_pages_are_up_to_date() -> None:
    made = pages()
    if os.environ.get("UPDATE_REFERENCES"):
        FOLDER.mkdir(exist_ok=True)
        for name, text in made.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert kept == made, "run the tests once with UPDATE_REFERENCES=1 and look at the difference"
