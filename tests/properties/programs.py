"""Random notebooks, assembled from idioms."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from tests.corpus.percent import Source
from tests.corpus.shell import quietly, seed_everything
from tests.properties.filling import Columns
from tests.properties.idioms.after_split import AFTER_SPLIT
from tests.properties.idioms.arrays import ARRAYS, FRAMES
from tests.properties.idioms.encoders import ENCODERS
from tests.properties.idioms.fewer_rows import FEWER_ROWS
from tests.properties.idioms.idiom import Idiom
from tests.properties.idioms.other_rows import OTHER_ROWS
from tests.properties.idioms.rows import ROWS
from tests.properties.idioms.statistics import STATISTICS
from tests.properties.oracle import Oracle
from tests.properties.tables import TARGET, Table, random_table
from tests.properties.template import notebook_text, oracle_text
from tests.properties.wrapping import Step, wrapped

IMPORTS = """\
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer, LabelEncoder, MinMaxScaler, OneHotEncoder, OrdinalEncoder,
    QuantileTransformer, RobustScaler, StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier"""

_LOAD = 'df = pd.read_csv("table.txt")'
_CHOICES = (
    "X = df[{columns}]",
    "X = df[{columns}].copy()",
    "X = df.loc[:, {columns}]",
    "X = df.drop(columns={others})",
    "X = df.drop({others}, axis=1)",
    "X = df.select_dtypes(include=['number', 'bool'])",
    "X = df[[c for c in df.columns if c not in {others}]]",
    "features = {columns}\nX = df[features]",
    "X = df[{columns}].values.astype(float)",
    "X = df[{columns}].astype(float).to_numpy()",
)
_TARGETS = (
    f"y = df['{TARGET}']",
    f"y = (df['{TARGET}'] == 'yes').astype(int)",
    f"y = df.{TARGET}.map({{'yes': 1, 'no': 0}})",
    f"y = df['{TARGET}'].values",
)
_SPLITS = (
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state={seed})",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state={seed}, stratify=y)",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, shuffle=False)",
)
_MODELS = (
    "DecisionTreeClassifier(max_depth=4, random_state=0)",
    "RandomForestClassifier(n_estimators=5, max_depth=4, random_state=1)",
)
_EVALUATES = (
    "predictions = model.predict(X_test)\nscore = accuracy_score(y_test, predictions)",
    "score = model.score(X_test, y_test)",
    "score = (model.predict(X_test) == y_test).mean()",
    "accuracy = accuracy_score(y_test, model.predict(X_test))",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A notebook as data, so that parts of it can be taken out.

    Attributes:
        name: For reports.
        table: The raw table.
        steps: From the raw table to the choice of columns.
        choice: How ``X`` is chosen.
        target: How ``y`` is made.
        on_features: Steps on ``X``.
        split: How rows are held out.
        after_split: Steps on ``X_train`` and ``X_test``.
        model: The model.
        evaluate: How it is scored.
    """

    name: str
    table: Table
    steps: Sequence[Step]
    choice: str
    target: str
    on_features: Sequence[Step]
    split: str
    after_split: Sequence[Step]
    model: str
    evaluate: str

    def source(self, choice: str) -> Source:
        """Return the notebook.

        Args:
            choice: The statement that chooses ``X``.
        """
        functions = [notebook_text(s.functions) for s in self.steps if s.functions]
        steps = [notebook_text(step.body) for step in self.steps]
        on_features = [notebook_text(step.body) for step in self.on_features]
        after = [notebook_text(step.body) for step in self.after_split]
        cells = [
            ("imports", IMPORTS),
            *([("functions", "\n\n".join(functions))] if functions else []),
            ("load", _LOAD),
            ("features", "\n".join([*steps, self.target, choice, *on_features])),
            ("split", self.split),
            *([("features", "\n".join(after))] if after else []),
            ("train", f"model = {self.model}\nmodel.fit(X_train, y_train)"),
            ("evaluate", self.evaluate),
        ]
        return Source(self.name, "\n".join(f"# %% {tag}\n{text}" for tag, text in cells) + "\n")

    def oracle(self, choice: str, folder: Path) -> Oracle:
        """Return what says which features are right."""
        numbers = count()
        functions = "\n".join(oracle_text(s.functions, numbers) for s in self.steps)
        before = [*(s.body for s in self.steps), self.target, choice]
        split = f"{self.split}\nif not training: X_train, X_test = X, X.copy()"
        bodies = [*before, *(s.body for s in self.on_features), split]
        bodies += [s.body for s in self.after_split]
        text = "\n".join(oracle_text(body, numbers) for body in bodies)
        return Oracle(IMPORTS, functions, text, folder)


def random_program(
    seed: int, folder: Path, without: Collection[str] = ()
) -> tuple[Program, str] | None:
    """Draw a program, and its statement that chooses ``X``; None where none of its steps can be run.

    Args:
        seed: Decides everything.
        folder: Where to try it.
        without: Columns that its table may not have.
    """
    rng = random.Random(seed)
    table = random_table(rng, without)
    program = Program(
        name=f"program_{seed}",
        table=table,
        steps=(),
        choice=rng.choice(_CHOICES),
        target=rng.choice(_TARGETS),
        on_features=(),
        split=rng.choice(_SPLITS).format(seed=rng.randint(0, 9)),
        after_split=(),
        model=rng.choice(_MODELS),
        evaluate=rng.choice(_EVALUATES),
    )
    if choice_of(program, folder) is None:
        return None
    program = _with_steps(program, folder, rng)
    program = _with_later_steps(program, folder, rng)
    choice = choice_of(program, folder)
    return None if choice is None else (program, choice)


def _with_steps(program: Program, folder: Path, rng: random.Random) -> Program:
    columns = Columns(program.table.kinds, rng)
    for number in range(rng.randint(2, 7)):
        kinds = (ROWS, ROWS, STATISTICS, STATISTICS, ENCODERS, FEWER_ROWS, OTHER_ROWS)
        group = rng.choices(kinds, weights=(4, 4, 5, 5, 4, 3, 0.4))[0]
        idiom = rng.choice(group)
        form = columns.fill(idiom)
        if form is None:
            continue
        is_plain = idiom.is_whole or (group is FEWER_ROWS and rng.random() < 0.7)
        step = Step(idiom.name, form) if is_plain else wrapped(idiom.name, form, number, rng)
        longer = replace(program, steps=[*program.steps, step])
        if choice_of(longer, folder) is not None:
            program = longer
    return program


def _with_later_steps(program: Program, folder: Path, rng: random.Random) -> Program:
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        idioms: Sequence[Idiom] = rng.choice([ARRAYS, FRAMES, AFTER_SPLIT])
        idiom = rng.choice(idioms)
        step = Step(idiom.name, idiom.form)
        if idioms is AFTER_SPLIT:
            longer = replace(program, after_split=[*program.after_split, step])
        else:
            longer = replace(program, on_features=[*program.on_features, step])
        if choice_of(longer, folder) is not None:
            program = longer
    return program


def choice_of(program: Program, folder: Path) -> str | None:
    """Run a program as plain Python and return the statement that chooses its ``X``; None where something raises."""
    (folder / "table.txt").write_text(program.table.csv(), encoding="utf-8")
    functions = "\n".join(notebook_text(step.functions) for step in program.steps)
    steps = "\n".join(notebook_text(step.body) for step in program.steps)
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        with quietly(folder):
            seed_everything()
            exec(f"{IMPORTS}\n{functions}\n{_LOAD}\n{steps}", names)
            choice = _choice(program, names["df"])
            exec(_rest(program, choice), names)
    except Exception:  # noqa: BLE001 - whatever a program raises, it is no notebook that runs
        return None
    return choice


def _choice(program: Program, df: pd.DataFrame) -> str:
    numbers = [c for c in df.columns if df[c].dtype.kind in "iufb" and c != TARGET]
    others = [c for c in df.columns if c not in numbers]
    return program.choice.format(columns=numbers, others=others)


def _rest(program: Program, choice: str) -> str:
    templates = [step.body for step in program.on_features]
    after = [step.body for step in program.after_split]
    texts = [program.target, choice, *templates, program.split, *after]
    fit = f"model = {program.model}\nmodel.fit(X_train, y_train)"
    return "\n".join([*map(notebook_text, texts), fit, program.evaluate])
