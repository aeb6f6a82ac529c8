"""Roles that are proposed for ordinary notebooks."""

import pytest

from nb2prod.notebook.percent import from_percent
from nb2prod.notebook.suggesting import suggest

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
