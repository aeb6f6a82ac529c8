"""Roles that are proposed for ordinary notebooks."""

import pytest

from nb2prod.notebook.percent import from_percent
from nb2prod.notebook.suggesting import questions, suggest

_IMPORTS = """# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
pd.set_option("display.max_columns", 20)
"""


def _roles(text: str) -> dict[int, str]:
    return {one.cell: ",".join(one.roles) for one in suggest(from_percent(text))}


def test_an_ordinary_notebook() -> None:
    text = f"""# %% [markdown]
# Title
{_IMPORTS}
# %%
size = 0.2
# %%
def ratio(a, b):
    return a / b
# %%
df = pd.read_csv("x.csv")
# %%
df.head()
# %%
df["r"] = ratio(df["a"], df["b"])
# %%
counts = df["r"].value_counts()
# %%
X, y = df[["r"]], df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=size)
# %%
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
# %%
model = LogisticRegression()
model.fit(X_train, y_train)
# %%
accuracy = accuracy_score(y_test, model.predict(X_test))
# %%
confusion_matrix(y_test, model.predict(X_test))
"""
    assert _roles(text) == {
        2: "imports",
        3: "parameters",
        4: "functions",
        5: "load",
        7: "features",
        9: "split",
        10: "features",
        11: "train",
        12: "evaluate",
    }


def test_a_model_that_nothing_scores_is_an_experiment() -> None:
    text = f"""{_IMPORTS}
# %%
df = pd.read_csv("x.csv")
# %%
first = LogisticRegression().fit(df[["a"]], df["y"])
first.score(df[["a"]], df["y"])
# %%
model = LogisticRegression().fit(df[["a", "b"]], df["y"])
# %%
accuracy = model.score(df[["a", "b"]], df["y"])
"""
    assert _roles(text) == {1: "imports", 2: "load", 4: "train", 5: "evaluate"}


def test_one_cell_may_have_several_roles() -> None:
    text = f"""{_IMPORTS}
# %%
df = pd.read_csv("x.csv")
lookup = pd.read_csv("y.csv")
# %%
model = LogisticRegression().fit(df[["a"]], df["y"])
accuracy = accuracy_score(df["y"], model.predict(df[["a"]]))
"""
    assert _roles(text) == {1: "imports", 2: "load", 3: "train,evaluate"}


@pytest.mark.parametrize(
    "text", ["# %%\nx = 1", "# %%\nx = = 1", '# %% tags=["imports"]\nimport json']
)
def test_nothing_is_proposed_without_a_model(text: str) -> None:
    assert _roles(text) == {}


def test_cells_with_roles_are_left_alone() -> None:
    text = f'{_IMPORTS}\n# %% tags=["load"]\ndf = pd.read_csv("x.csv")'
    assert _roles(text) == {1: "imports"}


def test_reasons_name_the_evidence() -> None:
    found = suggest(from_percent(f"{_IMPORTS}\n# %%\nm = LogisticRegression()\nm.fit([[1]], [1])"))
    assert [one.reason for one in found] == [
        "holds only imports and settings",
        "fits the model with m.fit",
    ]


_LOAD = '# %%\ndf = pd.read_csv("x.csv")\n'
_FIT = "# %%\nmodel = LogisticRegression().fit(df[['a']], df['y'])\n"
_SCORE = "# %%\naccuracy = model.score(df[['b']], df['z'])\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_IMPORTS + _LOAD, ["No cell fits a model that the rules know"]),
        (_IMPORTS + _LOAD + _FIT, ["Nothing scores the model of cell 3 on held-out rows"]),
        (
            _IMPORTS + _FIT + _SCORE,
            ["No cell reads a table in a way that the rules know"],
        ),
        (
            _IMPORTS + _LOAD + _FIT.replace("model", "first") + _FIT + _SCORE,
            ["Models are also fitted in cell 3"],
        ),
        (
            _IMPORTS
            + _LOAD
            + _FIT
            + _SCORE
            + _FIT.replace("model", "m")
            + _SCORE.replace("model", "m"),
            ["Cells 3 and 5 each fit something that is scored"],
        ),
        (_IMPORTS + _LOAD + _FIT + _SCORE, []),
    ],
    ids=["no model", "no score", "no table", "an experiment", "two models", "nothing to ask"],
)
def test_what_the_rules_cannot_decide_is_asked(text: str, said: list[str]) -> None:
    found = questions(from_percent(text))
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_a_role_that_a_cell_has_answers_its_question() -> None:
    text = _IMPORTS + _LOAD + _FIT + '# %% tags=["evaluate"]\nassess(model)'
    assert questions(from_percent(text)) == ()


def test_own_functions_are_looked_into() -> None:
    text = f"""{_IMPORTS}
# %%
def read(path):
    return pd.read_csv(path)

def fit(x, y):
    return again(x, y)

def again(x, y):
    return LogisticRegression().fit(x, y) if len(x) else fit(x, y)
# %%
df = read("x.csv")
# %%
model = fit(df[["a"]], df["y"])
# %%
accuracy = model.score(df[["b"]], df["z"])
"""
    assert _roles(text) == {1: "imports", 2: "functions", 3: "load", 4: "train", 5: "evaluate"}


@pytest.mark.parametrize(
    ("change", "roles"),
    [
        ("for d in (a, b):\n    d['x'] = 1", "features"),
        ("for d in [a, b]:\n    d.drop('q', axis=1, inplace=True)", "features"),
        ("for d in (a, b):\n    print(d.shape)", None),
    ],
)
def test_tables_that_a_loop_changes_are_features(change: str, roles: str | None) -> None:
    text = f"""{_IMPORTS}
# %%
df = pd.read_csv("x.csv")
# %%
a, b = train_test_split(df)
# %%
{change}
# %%
model = LogisticRegression().fit(a[["x"]], a["y"])
# %%
accuracy = model.score(b[["x"]], b["y"])
"""
    assert _roles(text).get(4) == roles


def test_a_score_on_the_fitted_rows_is_exploration() -> None:
    text = f"""{_IMPORTS}
# %%
df = pd.read_csv("x.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["a"]], df["y"])
# %%
model = LogisticRegression().fit(X_train, y_train)
# %%
model.score(X_train, y_train)
# %%
accuracy = model.score(X_test, y_test)
"""
    assert _roles(text) == {1: "imports", 2: "load,split", 3: "train", 5: "evaluate"}
