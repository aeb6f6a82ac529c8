"""What recording costs, beside papermill's own run, on notebooks that spend their time in pandas and scikit-learn.

Usage: python benchmarks/recording_cost.py [--rounds N]

One notebook prepares a table of 300,000 rows with ordinary pandas, scales, and fits two models; another applies a
function of its own to 100,000 rows, one by one. Both sides run in turn, and the medians are divided.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from papermill.execute import execute_notebook

from nb2prod.build import BuildOptions
from nb2prod.build.order import take_order
from nb2prod.build.running import recorded_options
from nb2prod.execute.run import execute

_LIMITS = {"tables": 1.3, "apply": 1.3}
_ROWS = {"tables": 300_000, "apply": 100_000}
_IMPORTS = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier"""
_FEATURES = {
    "tables": """\
df["fare"] = df["fare"].fillna(df["fare"].median())
df["day"] = pd.to_datetime(df["day"])
df["weekday"] = df["day"].dt.dayofweek
df["month"] = df["day"].dt.month
df["street"] = df["street"].str.lower().str.strip()
df["is_avenue"] = df["street"].str.contains("avenue").astype(int)
df["zone_fare"] = df.groupby("zone")["fare"].transform("mean")
df["zone_share"] = df["zone"].map(df["zone"].value_counts(normalize=True))
for column in ["fare", "distance", "minutes"]:
    df[column + "_scaled"] = (df[column] - df[column].mean()) / df[column].std()
df["speed"] = np.where(df["minutes"] > 0, df["distance"] / df["minutes"], 0.0)
df = pd.get_dummies(df, columns=["zone"])
X = df.drop(columns=["tipped", "day", "street"])""",
    "apply": """\
def bracket(row):
    fare = row["fare"] if row["fare"] == row["fare"] else 0.0
    if row["distance"] > 20 and fare > 30:
        return "far"
    return "near" if fare < 10 else "middle"

df["bracket"] = df.apply(bracket, axis=1)
df["parts"] = df["street"].apply(lambda name: len(name.split()))
X = pd.get_dummies(df[["distance", "minutes", "parts", "bracket"]], columns=["bracket"])""",
}
_REST = (
    (
        "split",
        """\
y = df["tipped"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.05, random_state=0)""",
    ),
    (
        "train",
        """\
scaler = StandardScaler().fit(X_train)
model = LogisticRegression(max_iter=200).fit(scaler.transform(X_train), y_train)
tree = DecisionTreeClassifier(max_depth=8, random_state=0).fit(X_train, y_train)""",
    ),
    (
        "evaluate",
        """\
tree_accuracy = accuracy_score(y_test, tree.predict(X_test))
accuracy = accuracy_score(y_test, model.predict(scaler.transform(X_test)))""",
    ),
)


def main() -> int:
    """Measure, print the ratios, and return 1 where one is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ratios = {}
    with tempfile.TemporaryDirectory() as name:
        for what in _LIMITS:
            notebook = _write(Path(name) / what, what)
            ratios[what] = _ratio(notebook, options.rounds)
    for what, ratio in ratios.items():
        rows = f"{what}, {_ROWS[what]} rows"
        print(f"recorded / papermill, {rows}: {ratio:.2f} (at most {_LIMITS[what]})")
    return int(any(ratio > _LIMITS[what] for what, ratio in ratios.items()))


def _write(folder: Path, what: str) -> Path:
    folder.mkdir()
    _table(_ROWS[what]).to_csv(folder / "trips.csv", index=False)
    load = 'df = pd.read_csv("trips.csv")'
    cells = [("imports", _IMPORTS), ("load", load), ("features", _FEATURES[what]), *_REST]
    made = [nbformat.v4.new_code_cell(text, metadata={"tags": [tag]}) for tag, text in cells]
    specification = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": specification})
    path = folder / "trips_model.ipynb"
    nbformat.write(node, path)
    return path


def _table(rows: int) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    distance = generator.gamma(2.0, 5.0, rows).round(3)
    streets = np.array(["High Street", "Park Avenue ", "station road", "5th AVENUE"])
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(generator.integers(0, 700, rows), unit="D")
    table = pd.DataFrame(
        {
            "distance": distance,
            "minutes": (distance * 2 + generator.gamma(3.0, 2.0, rows)).round(2),
            "fare": (distance * 1.7 + generator.normal(4, 1, rows)).round(2),
            "day": days.strftime("%Y-%m-%d"),
            "zone": generator.choice([f"zone {n}" for n in range(12)], rows),
            "street": generator.choice(streets, rows),
        }
    )
    table["tipped"] = (table["fare"] + generator.normal(0, 8, rows) > 22).astype(int)
    table.loc[::23, "fare"] = np.nan
    return table


def _ratio(notebook: Path, rounds: int) -> float:
    order = take_order(notebook, BuildOptions(output=notebook.parent / "services"))
    captures = notebook.parent / "captures"
    captures.mkdir()
    output = notebook.with_suffix(".out.ipynb")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(
            _seconds(lambda: execute(notebook, recorded_options(order, captures)).discard())
        )
        theirs.append(
            _seconds(
                lambda: execute_notebook(notebook, output, cwd=notebook.parent, progress_bar=False)
            )
        )
    print(f"{notebook.parent.name}: {min(ours):.1f} s recorded, {min(theirs):.1f} s papermill")
    return statistics.median(ours) / statistics.median(theirs)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
