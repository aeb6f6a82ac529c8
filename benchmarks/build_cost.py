"""What a build costs, as ratios of runs that alternate, so that a busy machine slows both sides.

Usage: python benchmarks/build_cost.py [--rounds N] [--seconds S]

- an unchanged rebuild, beside `python -c "import pandas"`;
- the recorded run of a notebook, beside a plain papermill run, with the peak memory of both kernels;
- a whole build, beside a plain papermill run, of a long notebook and of one that does next to nothing: the growth is
  how many seconds a build takes for each second that a notebook runs longer, and the rest is the start-up.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
from papermill.execute import execute_notebook

from nb2prod.build import BuildOptions
from nb2prod.build.order import Order, take_order
from nb2prod.build.running import plain_options, recorded_options
from nb2prod.execute.options import ExecuteOptions
from nb2prod.execute.run import execute

_LIMITS = {
    "unchanged / import pandas": 3.0,
    "recorded / papermill": 1.3,
    "growth of build / papermill": 3.0,
}
_ROWS = 60_000
_TRIED = 10
_PEAK = """
def _nb2prod_peak():
    import resource
    with open({path!r}, "w") as file:
        file.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
_nb2prod_peak()
"""
_IMPORTS = """\
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split"""
_FEATURES = """\
df["height"] = df["height"].fillna(df["height"].mean())
df["height_scaled"] = (df["height"] - df["height"].mean()) / df["height"].std()
df["width_scaled"] = (df["width"] - df["width"].mean()) / df["width"].std()
df["is_tall"] = (df["height"] > df["height"].median()).astype(int)
df["code"] = df["kind"].map({"a": 0, "b": 1, "c": 2})
df = pd.get_dummies(df, columns=["place"])"""
_SPLIT = """\
X = df.drop(columns=["kind", "flowers"])
y = df["flowers"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.05, random_state=0)"""
_TRAIN = """\
model = RandomForestClassifier(n_estimators={trees}, max_depth=12, random_state=0)
model.fit(X_train, y_train)"""
_EVALUATE = """\
predictions = model.predict(X_test)
accuracy = (predictions == y_test).mean()"""


def main() -> int:
    """Measure, print the ratios, and return 1 where one is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=12.0, help="about what the notebook runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = _write(folder / "small", trees=1)
        trees = _trees_for(options.seconds, small)
        long = _write(folder / "long", trees=trees)
        ratios = _unchanged(small, folder, options.rounds * 3)
        ratios |= _recorded(long, folder, options.rounds)
        ratios |= _whole(long, small, folder, max(1, options.rounds - 1))
    for what, ratio in ratios.items():
        limit = f"  (at most {_LIMITS[what]})" if what in _LIMITS else ""
        print(f"{what:34} {ratio:6.2f}{limit}")
    return int(any(ratios[what] > limit for what, limit in _LIMITS.items()))


def _write(folder: Path, trees: int) -> Path:
    """Write a notebook, and a table that it reads."""
    import numpy as np
    import pandas as pd

    folder.mkdir()
    generator = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "height": generator.normal(20, 5, _ROWS),
            "width": generator.normal(3, 1, _ROWS),
            "depth": generator.normal(9, 2, _ROWS),
            "kind": generator.choice(list("abc"), _ROWS),
            "place": generator.choice(["field", "wood", "shore"], _ROWS),
        }
    )
    table["flowers"] = (table["height"] + generator.normal(0, 4, _ROWS) > 21).astype(int)
    table.loc[::17, "height"] = np.nan
    table.to_csv(folder / "plants.csv", index=False)
    cells = [
        (_IMPORTS, "imports"),
        ('df = pd.read_csv("plants.csv")', "load"),
        (_FEATURES, "features"),
        (_SPLIT, "split"),
        (_TRAIN.format(trees=trees), "train"),
        (_EVALUATE, "evaluate"),
    ]
    made = [nbformat.v4.new_code_cell(text, metadata={"tags": [tag]}) for text, tag in cells]
    specification = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": specification})
    path = folder / "plants.ipynb"
    nbformat.write(node, path)
    return path


def _trees_for(seconds: float, small: Path) -> int:
    """Return a size of model that makes the notebook run for about so long."""
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    table = pd.read_csv(small.with_name("plants.csv"))
    columns = ["height", "width", "depth", "height", "width", "depth"]
    model = RandomForestClassifier(n_estimators=_TRIED, max_depth=12, random_state=0)
    fitting = _seconds(lambda: model.fit(table[columns].fillna(0).to_numpy(), table["flowers"]))
    return max(1, round(seconds / (fitting / _TRIED)))


def _unchanged(notebook: Path, folder: Path, rounds: int) -> dict[str, float]:
    command = _build_command(notebook, folder / "unchanged")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    imports = [sys.executable, "-c", "import pandas"]
    ours, theirs = _alternately(
        rounds,
        lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL),
        lambda: subprocess.run(imports, check=True),
    )
    print(f"unchanged rebuild {ours:.2f} s, import pandas {theirs:.2f} s")
    return {"unchanged / import pandas": ours / theirs}


def _recorded(notebook: Path, folder: Path, rounds: int) -> dict[str, float]:
    captures = folder / "captures"
    captures.mkdir()
    order = take_order(notebook, BuildOptions(output=folder / "services"))
    ours, theirs = _alternately(
        rounds,
        lambda: execute(notebook, recorded_options(order, captures)).discard(),
        lambda: _papermill(notebook),
    )
    memory = [
        _peak(order, made(order, captures), folder) for made in (recorded_options, plain_options)
    ]
    print(f"recorded run {ours:.1f} s, papermill {theirs:.1f} s")
    print(f"peak of the kernel: recorded {memory[0]:.0f} MB, plain {memory[1]:.0f} MB")
    return {
        "recorded / papermill": ours / theirs,
        "memory, recorded / plain": memory[0] / memory[1],
    }


def _peak(order: Order, options: ExecuteOptions, folder: Path) -> float:
    """Return the most memory that a kernel held, in megabytes."""
    path = folder / "peak"
    epilogue = (*options.epilogue, _PEAK.format(path=str(path)))
    execute(order.notebook.path, replace(options, epilogue=epilogue)).discard()
    return int(path.read_text()) / 1024


def _whole(notebook: Path, small: Path, folder: Path, rounds: int) -> dict[str, float]:
    numbers = iter(range(1000))

    def build(path: Path) -> None:
        command = _build_command(path, folder / f"services{next(numbers)}")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    ours, theirs, small_ours, small_theirs = _alternately(
        rounds,
        lambda: build(notebook),
        lambda: _papermill(notebook),
        lambda: build(small),
        lambda: _papermill(small),
    )
    growth = (ours - small_ours) / (theirs - small_theirs)
    print(f"long notebook: build {ours:.1f} s, papermill {theirs:.1f} s")
    print(f"small notebook: build {small_ours:.1f} s, papermill {small_theirs:.1f} s")
    print(f"start-up of a build: {ours - growth * theirs:.1f} s")
    return {"growth of build / papermill": growth}


def _build_command(notebook: Path, output: Path) -> Sequence[str]:
    return [sys.executable, "-m", "nb2prod", "build", str(notebook), "-o", str(output)]


def _papermill(notebook: Path) -> None:
    output = notebook.with_suffix(".out.ipynb")
    execute_notebook(notebook, output, cwd=notebook.parent, progress_bar=False)


def _alternately(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """Return the median seconds of each action, measured in turn."""
    rows = [[_seconds(action) for action in actions] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
