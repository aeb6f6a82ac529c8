"""Notebooks of the corpus as percent text, and as the ``.ipynb`` files that they stand for.

A line ``# %% load,features`` starts a code cell with these tags, a bare ``# %%`` an untagged one and
``# %% [markdown]`` a text. A notebook that only shows an idiom leaves out what every notebook has:
where it has no ``load`` cell it begins with ``HEAD``, where it has no ``evaluate`` cell it ends
with ``TAIL``; ``# use: houses`` in its first lines chooses another table than ``people``.
"""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_MARK = re.compile(r"^# %%(?P<tags>.*)$", re.MULTILINE)
_USE = re.compile(r"^# use: (?P<table>\w+)$", re.MULTILINE)
_SECTION = re.compile(r"^# ==== (?P<name>\w+)\n", re.MULTILINE)

HEAD = """\
# %% imports
import numpy as np
import pandas as pd
from sklearn.{module} import {model}
from sklearn.metrics import {metric}
from sklearn.model_selection import train_test_split
# %% load
df = pd.read_csv("{table}.csv")
"""

TAIL = """\
# %% split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
# %% train
model = {model}({options}random_state=0)
model.fit(X_train, y_train)
# %% evaluate
predictions = model.predict(X_test)
score = {metric}(y_test, predictions)
"""

_CLASSIFIER = {
    "module": "tree",
    "model": "DecisionTreeClassifier",
    "metric": "accuracy_score",
    "options": "max_depth=5, ",
}
_REGRESSOR = {
    "module": "ensemble",
    "model": "RandomForestRegressor",
    "metric": "mean_absolute_error",
    "options": "n_estimators=8, max_depth=6, ",
}
MODELS = {"people": _CLASSIFIER, "houses": _REGRESSOR, "visits": _CLASSIFIER}
"""What the standard cells fit, by table."""

OPTIONAL = frozenset({"lightgbm", "torch", "xgboost"})
"""Packages of the extras `models` and `torch`."""


@dataclass(frozen=True, slots=True)
class Source:
    """One notebook of the corpus.

    Attributes:
        name: Its name in the table of expectations.
        text: All its cells as percent text.
    """

    name: str
    text: str

    @property
    def cells(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return source and tags of every cell; the tag ``[markdown]`` says that it is a text."""
        marks = list(_MARK.finditer(self.text))
        ends = [mark.start() for mark in marks[1:]] + [len(self.text)]
        return [
            (
                self.text[mark.end() : end].strip("\n"),
                tuple(tag for tag in mark["tags"].strip().split(",") if tag),
            )
            for mark, end in zip(marks, ends, strict=True)
        ]

    def tables(self) -> list[str]:
        """Return the names of the CSV files that it mentions."""
        return sorted(set(re.findall(r"([\w/]+)\.csv", self.text)))

    def missing(self) -> list[str]:
        """Return the packages of the extras that it needs and that cannot be imported here."""
        imported = set(re.findall(r"^ *(?:import|from) (\w+)", self.text, re.MULTILINE))
        return sorted(name for name in imported & OPTIONAL if not _can_be_imported(name))

    def write(self, folder: Path) -> Path:
        """Write the notebook file."""
        cells = [_cell(source, tags) for source, tags in self.cells]
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        path = folder / f"{self.name}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path


@cache
def _can_be_imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except (ImportError, OSError):  # a library of the system may be missing as well
        return False
    return True


def _cell(source: str, tags: tuple[str, ...]) -> dict[str, object]:
    if "[markdown]" in tags:
        return {"cell_type": "markdown", "metadata": {}, "source": source}
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def completed(name: str, text: str) -> Source:
    """Return a notebook with the standard cells that its text leaves out."""
    found = _USE.search(text)
    table = found["table"] if found else "people"
    body = text[_MARK.search(text).start() :]  # type: ignore[union-attr]  # every notebook has a cell
    tags = [mark["tags"] for mark in _MARK.finditer(body)]
    facts = {**MODELS[table], "table": table}
    head = "" if any("load" in tag for tag in tags) else HEAD.format(**facts)
    tail = "" if any("evaluate" in tag for tag in tags) else TAIL.format(**facts)
    return Source(name, f"{head}{body.rstrip()}\n{tail}")


def read_sources(folder: Path) -> dict[str, Source]:
    """Read every notebook of a folder: one a file, or several under ``# ==== name`` lines."""
    found: dict[str, Source] = {}
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        parts = _SECTION.split(text)
        named = (
            zip(parts[1::2], parts[2::2], strict=True) if len(parts) > 1 else [(path.stem, text)]
        )
        for name, part in named:
            assert name not in found, f"two notebooks are called {name}"
            found[name] = completed(name, part)
    return found
