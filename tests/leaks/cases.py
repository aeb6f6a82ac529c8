"""Notebooks with and without leaks, as percent text with what is expected of them.

``# expect: NBC601 3:1:32`` gives code, cell, line and column of a leak; what follows ``# ---- mended`` is the same
notebook without its leaks, where ``known`` says of each raw row whether it is on the training side and ``rows`` holds
the labels of those. ``# stays`` says that the metric does not change, ``# no figure`` that none can be given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.percent import Source

_HEAD = """\
# %% imports
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor
# %% load
df = pd.read_csv("houses.csv")
"""
_TAIL = """
# %% split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
# %% train
model = KNeighborsRegressor()
model.fit(X_train, y_train)
# %% evaluate
mae = mean_absolute_error(y_test, model.predict(X_test))
"""
_SECTION = re.compile(r"^# ==== (\w+)\n", re.MULTILINE)
_EXPECTED = re.compile(r"(NBC\d+) (\d+):(\d+):(\d+)")
_MENDED = "# ---- mended\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One notebook.

    Attributes:
        name: Its name.
        source: The notebook.
        mended: Its cells without the leaks, from the first after ``load`` on; empty where no figure is expected.
        places: Code, cell, line and column of each leak.
        stays: Whether the metric is the same without the leaks.
    """

    name: str
    source: Source
    mended: str
    places: tuple[tuple[str, int, int, int], ...]
    stays: bool

    def mended_with(self, held_out: list[int]) -> Source:
        """Return the notebook without its leaks, told which raw rows are held out."""
        told = f"known = ~df.index.isin({held_out})\nrows = df.index[known]\n"
        return Source(f"{self.name}_mended", f"{_HEAD}{told}{_completed(self.mended)}")


def read_cases(path: Path) -> list[Case]:
    """Read the notebooks of a file."""
    parts = _SECTION.split(path.read_text(encoding="utf-8"))
    return [_case(name, text) for name, text in zip(parts[1::2], parts[2::2], strict=True)]


def _case(name: str, text: str) -> Case:
    notebook, _, mended = text.partition(_MENDED)
    head = notebook.partition("# %%")[0]
    places = tuple((code, int(a), int(b), int(c)) for code, a, b, c in _EXPECTED.findall(head))
    body = notebook[notebook.index("# %%") :]
    stays = "# stays" in mended
    cells = mended.replace("# stays", "").strip()
    return Case(name, Source(name, _HEAD + _completed(body)), cells, places, stays)


def _completed(body: str) -> str:
    return body.strip() + ("\n" if "# %% evaluate" in body else _TAIL)
