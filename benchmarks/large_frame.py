"""What a build of a large table takes: memory beside the notebook's own run, and time to prove beside the training.

Usage: python benchmarks/large_frame.py [--rows N]

A notebook reads a table of two million rows, makes features in plain pandas, fits a model and scores it. Papermill runs
it alone, then nb2prod builds it. Of both, the resident memory of every process of the tree is read some ten times a
second. The bound holds for what all processes of the build hold at one time, the two kernels that run the notebook
side by side among them. A build of a small table of the same kind gives the fixed start-up of a proof; beyond that the
proof of the large one may take as much processor time as its training.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import psutil

_LIMIT = 3.0
_PROOF_LIMIT = 1.0
_FEW_ROWS = 2_000
_PROVING = frozenset({"nb2prod.prove.replay", "uvicorn"})
_PERIOD = 0.1
_MEGABYTE = 1 << 20
_PAPERMILL = (
    "from papermill.execute import execute_notebook; import sys; "
    "execute_notebook(sys.argv[1], sys.argv[2], cwd=sys.argv[3], progress_bar=False)"
)
_CELLS = (
    (
        "imports",
        """\
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split""",
    ),
    ("load", 'df = pd.read_csv("trips.csv")'),
    (
        "features",
        """\
df["fare"] = df["fare"].fillna(df["fare"].median())
df["speed"] = df["distance"] / df["minutes"]
df["fare_scaled"] = (df["fare"] - df["fare"].mean()) / df["fare"].std()
df["zone_fare"] = df.groupby("zone")["fare"].transform("mean")
df["is_night"] = df["hour"].isin([22, 23, 0, 1, 2, 3]).astype(int)
df = df[df["distance"] < 60]
df = pd.get_dummies(df, columns=["kind"])""",
    ),
    (
        "split",
        """\
X = df.drop(columns=["tipped", "zone"])
y = df["tipped"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)""",
    ),
    (
        "train",
        """\
model = HistGradientBoostingClassifier(max_iter=10, random_state=0)
model.fit(X_train, y_train)""",
    ),
    ("evaluate", "accuracy = accuracy_score(y_test, model.predict(X_test))"),
)


@dataclass(slots=True)
class Run:
    """A finished command, and the most memory that the tree of its processes held, in megabytes.

    Attributes:
        said: What it printed.
        together: All processes at one time.
        largest: One process alone.
        by_command: One process alone, by what it ran.
        seconds: Processor seconds, by process and what it ran.
    """

    said: str = ""
    together: float = 0.0
    largest: float = 0.0
    by_command: dict[str, float] = field(default_factory=dict)
    seconds: dict[tuple[int, str], float] = field(default_factory=dict)

    def seconds_of(self, commands: AbstractSet[str]) -> float:
        """Return the processor seconds of what ran these commands."""
        return sum(seconds for (_, command), seconds in self.seconds.items() if command in commands)


def main() -> int:
    """Measure, print the ratios, and return 1 where the bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        small = _watched(_build(_write(Path(name) / "small", _FEW_ROWS)))
        notebook = _write(Path(name) / "large", options.rows)
        output = notebook.with_suffix(".out.ipynb")
        papermill = ["-c", _PAPERMILL, str(notebook), str(output), str(notebook.parent)]
        own = _watched([sys.executable, *papermill])
        build = _watched(_build(notebook))
    print(f"notebook of {options.rows} rows: {own.largest:.0f} MB")
    for command, megabytes in sorted(build.by_command.items(), key=lambda item: -item[1]):
        print(f"  {megabytes / own.largest:5.2f} times  {command}")
    print(f"largest process of the build / notebook: {build.largest / own.largest:.2f}")
    memory = build.together / own.largest
    print(f"whole build at one time / notebook: {memory:.2f} (at most {_LIMIT})")
    startup, proof, training = (
        small.seconds_of(_PROVING),
        build.seconds_of(_PROVING),
        build.seconds_of({"train.py"}),
    )
    time = (proof - startup) / training
    print(
        f"processor time: start-up of a proof {startup:.1f} s, proof {proof:.1f} s, training {training:.1f} s"
    )
    print(f"proof beyond its start-up / training: {time:.2f} (at most {_PROOF_LIMIT})")
    return int(memory > _LIMIT or time > _PROOF_LIMIT)


def _build(notebook: Path) -> list[str]:
    services = str(notebook.parent / "services")
    return [sys.executable, "-m", "nb2prod", "build", str(notebook), "-o", services]


def _write(folder: Path, rows: int) -> Path:
    folder.mkdir()
    generator = np.random.default_rng(0)
    distance = generator.gamma(2.0, 5.0, rows).round(3)
    table = pd.DataFrame(
        {
            "distance": distance,
            "minutes": (distance * 2 + generator.gamma(3.0, 2.0, rows)).round(2),
            "fare": (distance * 1.7 + generator.normal(4, 1, rows)).round(2),
            "hour": generator.integers(0, 24, rows),
            "passengers": generator.integers(1, 6, rows),
            "zone": generator.choice([f"zone {n}" for n in range(40)], rows),
            "kind": generator.choice(["card", "cash", "app"], rows),
        }
    )
    table["tipped"] = (table["fare"] + generator.normal(0, 8, rows) > 22).astype(int)
    table.loc[::23, "fare"] = np.nan
    table.to_csv(folder / "trips.csv", index=False)
    made = [nbformat.v4.new_code_cell(text, metadata={"tags": [tag]}) for tag, text in _CELLS]
    specification = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": specification})
    path = folder / "trips.ipynb"
    nbformat.write(node, path)
    return path


def _watched(command: Sequence[str]) -> Run:
    """Run a command and watch the memory of its processes until it ends."""
    run, ended = Run(), threading.Event()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    watcher = threading.Thread(target=_watch, args=(process.pid, run, ended))
    watcher.start()
    run.said, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(run.said)
    return run


def _watch(pid: int, run: Run, ended: threading.Event) -> None:
    while not ended.wait(_PERIOD):
        together = 0.0
        for process in _tree(pid):
            try:
                megabytes = process.memory_info().rss / _MEGABYTE
                command, times = _named(process.cmdline()), process.cpu_times()
            except psutil.Error:
                continue
            together += megabytes
            run.seconds[process.pid, command] = times.user + times.system
            run.largest = max(run.largest, megabytes)
            run.by_command[command] = max(run.by_command.get(command, 0.0), megabytes)
        run.together = max(run.together, together)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _named(command: Sequence[str]) -> str:
    """Return what a process runs, without the interpreter's path."""
    words = [word for word in command[1:] if not word.startswith("-X")]
    if words[:1] == ["-m"]:
        return " ".join(words[1:3] if "nb2prod" in words[1:2] else words[1:2])
    return Path(words[0]).name if words else "python"


if __name__ == "__main__":
    sys.exit(main())
