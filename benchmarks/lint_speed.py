"""The CPU that all rules together need, beside the parser's and beside other linters.

Usage: python benchmarks/lint_speed.py [FOLDER] [--rounds N] [--others FOLDER]

The floor is `json.load`, comments in place of magics, and `ast.parse`. Both sides run in one process without a cache,
in turns, and of each notebook the smallest times are compared, because a busy machine only adds. Other linters are
measured as processes of their own, where they are installed; `--others` names a folder for an environment with nbQA
and pyflakes, which is made there if it is absent. Without a folder, the notebooks of the repository and of the tests
are taken.
"""

import argparse
import ast
import contextlib
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nb2prod.cli.lint_job import Job, lint_one  # noqa: E402 - the tests are found from the root
from nb2prod.notebook import read  # noqa: E402 - as above
from nb2prod.notebook.session import play  # noqa: E402 - as above
from tests.corpus.percent import read_sources  # noqa: E402 - as above

_LIMIT = 2.0
_OTHERS = {
    "ruff, undefined names": [
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "F821",
        "-q",
    ],
    "ruff, its defaults": ["ruff", "check", "--isolated", "--no-cache", "-q"],
    "nbQA with pyflakes": ["nbqa", "pyflakes"],
}


def main() -> int:
    """Measure and print the ratios; exit 1 when lint's is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--others", type=Path, help="an environment for nbQA and pyflakes")
    options = parser.parse_args()
    programs = [Path(sys.executable).parent]
    if options.others:
        programs.append(_environment(options.others))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.folder) if options.folder else _gathered(Path(scratch))
        paths = [str(path) for path in sorted(folder.rglob("*.ipynb"))]
        sides: dict[str, Callable[[str], object]] = {
            "floor: json.load, strip, ast.parse": _floor,
            "read and play, no rules": lambda path: play(read(path)),
            "lint, all rules": lambda path: lint_one(Job(path)),
        }
        seconds = _measure(sides, paths, options.rounds)
        others = {
            name: _process(command, str(folder), programs) for name, command in _OTHERS.items()
        }
    floor = seconds["floor: json.load, strip, ast.parse"]
    print(f"{len(paths)} notebooks")
    for name, value in (seconds | others).items():
        shown = f"{value * 1000:9.1f} ms  {value / floor:6.2f}" if value else "not installed"
        print(f"{name:36} {shown}")
    return int(seconds["lint, all rules"] > _LIMIT * floor)


def _gathered(folder: Path) -> Path:
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, folder)
    for source in read_sources(ROOT / "tests" / "corpus" / "notebooks").values():
        source.write(folder)
    return folder


def _floor(path: str) -> int:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the floor does nothing beside
        cells = json.load(file)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).split("\n")
            with contextlib.suppress(SyntaxError):
                ast.parse("\n".join("#" + line if line[:1] in "%!" else line for line in lines))
    return len(cells)


def _measure(
    sides: dict[str, Callable[[str], object]], paths: Sequence[str], rounds: int
) -> dict[str, float]:
    """Return the seconds of each side: of each notebook the least of all rounds, added up."""
    best = {name: [1e9] * len(paths) for name in sides}
    # As the command does: trees hold no cycles, so nothing is gained by looking for some.
    gc.disable()
    for _ in range(rounds):
        for name, run in sides.items():
            for place, path in enumerate(paths):
                start = time.process_time()
                run(path)
                best[name][place] = min(best[name][place], time.process_time() - start)
            gc.collect()
    return {name: sum(each) for name, each in best.items()}


def _environment(folder: Path) -> Path:
    """Return where an environment of its own has the programs of other linters."""
    if not (folder / "bin" / "nbqa").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*install, "nbqa", "pyflakes"], check=True)
    return folder / "bin"


def _process(command: Sequence[str], folder: str, programs: Sequence[Path]) -> float:
    places = os.pathsep.join([*map(str, programs), os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=places)
    if program is None:
        return 0.0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # nbQA starts what it wraps by the interpreter that is found first.
    environment = os.environ | {"PATH": f"{Path(program).parent}{os.pathsep}{places}"}
    arguments = [program, *command[1:], folder]
    subprocess.run(arguments, capture_output=True, check=False, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
