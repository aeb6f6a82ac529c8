"""How long one cold `nb2prod lint` takes, beside a cold Python that only reads and parses the notebook.

Usage: python benchmarks/lint_cold.py [NOTEBOOK] [--rounds N]

Runs are interleaved, so that a busy machine slows both, and the medians are compared. Modules are compiled
beforehand into a folder of their own, as an installation has them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Every line must parse for the floor to be honest work, so magics become comments.
_FLOOR = """
import ast, json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    cells = json.load(file)["cells"]
for cell in cells:
    if cell["cell_type"] == "code":
        source = "".join(cell["source"])
        ast.parse("\\n".join("#" + x if x[:1] in "%!" else x for x in source.split("\\n")))
"""
_LIMIT = 3.0


def main() -> int:
    """Measure and print the ratio; exit 1 when it is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).parent.parent / "notebooks" / "penguins.ipynb"
    parser.add_argument("notebook", nargs="?", default=str(default))
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    commands = {
        "floor": [sys.executable, "-c", _FLOOR, options.notebook],
        "lint": [sys.executable, "-m", "nb2prod", "lint", options.notebook],
        "help": [sys.executable, "-m", "nb2prod", "--help"],
    }
    with tempfile.TemporaryDirectory() as cache:
        seconds = _measure(commands, options.rounds, cache)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        ratio = median / medians["floor"]
        print(f"{name:6} {median * 1000:7.1f} ms  {ratio:.2f} times the floor")
    return int(medians["lint"] > _LIMIT * medians["floor"])


def _measure(commands: dict[str, list[str]], rounds: int, cache: str) -> dict[str, list[float]]:
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    environment["PYTHONPYCACHEPREFIX"] = cache
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
            # The first round compiles.
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
