"""Train the one model that every server serves, build nb2prod's service of the same notebook, and write the requests.

``python prepare.py``: it makes ``work/`` beside this file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import joblib
import nbformat
import pandas as pd
from model import FOLDER, NUMBERS, TEXTS
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

_DATA = Path(__file__).resolve().parents[2] / "notebooks" / "data" / "adult.csv"
_REQUESTS = 500
_CELLS = {
    "imports": """import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler""",
    "load": 'df = pd.read_csv("adult.csv")',
    "features": 'X = df.drop(columns=["income"])\ny = (df["income"] == ">50K").astype(int)',
    "split": """X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, random_state=0
)""",
    "train": f"""numbers = {list(NUMBERS)!r}
texts = {list(TEXTS)!r}
columns = ColumnTransformer(
    [("n", StandardScaler(), numbers), ("t", OneHotEncoder(handle_unknown="ignore"), texts)]
)
model = Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=1000))])
model.fit(X_train, y_train)""",
    "evaluate": "accuracy = accuracy_score(y_test, model.predict(X_test))\nprint(accuracy)",
}


def main() -> None:
    """Write everything below ``work/``."""
    FOLDER.mkdir(exist_ok=True)
    table = pd.read_csv(_DATA, skipinitialspace=True)
    table.to_csv(FOLDER / "adult.csv", index=False)
    X, y = table.drop(columns=["income"]), (table["income"] == ">50K").astype(int)
    X_train, X_test, y_train, _ = train_test_split(X, y, test_size=0.2, random_state=0)
    columns = ColumnTransformer(
        [
            ("n", StandardScaler(), list(NUMBERS)),
            ("t", OneHotEncoder(handle_unknown="ignore"), list(TEXTS)),
        ]
    )
    model = Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=1000))])
    model.fit(X_train, y_train)
    joblib.dump(model, FOLDER / "model.joblib")
    picked = X_test.iloc[:_REQUESTS]
    records = json.loads(picked.to_json(orient="records"))
    shares = model.predict_proba(picked)[:, 1].tolist()
    (FOLDER / "bodies.txt").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    (FOLDER / "expected.json").write_text(json.dumps(shares), encoding="utf-8")
    _build()


def _build() -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})
        for tag, source in _CELLS.items()
    ]
    nbformat.write(notebook, FOLDER / "serving.ipynb")
    command = [sys.executable, "-m", "nb2prod", "build", "serving.ipynb", "-o", "services"]
    subprocess.run(command, cwd=FOLDER, check=True)


if __name__ == "__main__":
    main()
