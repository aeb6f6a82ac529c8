"""What is emitted is stable, readable and traceable to the notebook."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nb2prod.compile.emit import Emitted, emit
from nb2prod.compile.plan import Plan, Refused
from nb2prod.compile.specialise import specialise
from nb2prod.execute.recorder.session import RECORDING
from nb2prod.notebook import Notebook, read, translate
from nb2prod.notebook.recording import Recording
from tests.corpus.conftest import SOURCES
from tests.corpus.harness import place_tables, record

NAMES = [
    "whole_customers",
    "whole_houses",
    "whole_scores",
    "zscore_helper_loop",
    "labelencoder_loop",
    "own_transformer",
]


@pytest.fixture(scope="module", params=NAMES)
def compiled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Notebook, Path, Plan, Emitted]:
    folder = tmp_path_factory.mktemp("compiled")
    source = SOURCES[request.param]
    place_tables(source, folder)
    notebook = read(source.write(folder))
    plan = specialise(notebook, record(notebook, folder))
    assert not isinstance(plan, Refused), plan.diagnostics
    return notebook, folder, plan, emit(plan, "example.ipynb")


def test_compiling_again_gives_the_same_text(
    compiled: tuple[Notebook, Path, Plan, Emitted],
) -> None:
    notebook, folder, _, emitted = compiled
    content = json.loads((folder / RECORDING).read_text(encoding="utf-8"))
    again = specialise(notebook, Recording.from_json(content))
    assert not isinstance(again, Refused)
    assert emit(again, "example.ipynb").files == emitted.files


def test_the_text_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys\n"
        "from tests.corpus.harness import build\n"
        "from tests.corpus.conftest import SOURCES\n"
        "made = build(SOURCES['encode_by_cardinality'], pathlib.Path(sys.argv[1]))\n"
        "print(made.status, *made.files.values())\n"
    )
    root = Path(__file__).resolve().parents[2]
    texts = set()
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder)],
            env={
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": f"{root / 'src'}:{root}",
                "HOME": str(tmp_path),
            },
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        )
        assert done.stdout.startswith("built")
        texts.add(done.stdout)
    assert len(texts) == 1


def test_every_marked_line_leads_to_a_statement_of_the_notebook(
    compiled: tuple[Notebook, Path, Plan, Emitted],
) -> None:
    notebook, _, _, emitted = compiled
    places = [place for lines in emitted.places.values() for place in lines.values()]
    assert places
    for number, line in places:
        cell = notebook.cell(number)
        assert cell.roles
        starts = {
            node.lineno
            for node in ast.walk(ast.parse(translate(cell.source).code))
            if isinstance(node, ast.stmt)
        }
        assert line in starts


def test_modules_are_complete(compiled: tuple[Notebook, Path, Plan, Emitted]) -> None:
    *_, emitted = compiled
    assert set(emitted.files) == {
        "__init__.py",
        "load.py",
        "features.py",
        "train.py",
        "evaluate.py",
        "functions.py",
    }
    for name, text in emitted.files.items():
        tree = ast.parse(text)
        assert ast.get_docstring(tree), name
        assert "nb2prod." not in text
        assert text.endswith("\n")


def test_imports_are_those_that_are_used(compiled: tuple[Notebook, Path, Plan, Emitted]) -> None:
    *_, emitted = compiled
    for name, text in emitted.files.items():
        tree = ast.parse(text)
        imported = {
            (alias.asname or alias.name).partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert imported <= used, name


def test_the_fitted_state_has_speaking_names(
    compiled: tuple[Notebook, Path, Plan, Emitted],
) -> None:
    _, _, plan, emitted = compiled
    names = [state.name for state in plan.states]
    assert len(set(names)) == len(names)
    served = emitted.files["features.py"]
    for state in plan.states:
        assert state.name.isidentifier()
        assert f"fitted.{state.name}" in served or f".{state.name}" in served
        assert state.cell in {cell.number for cell in compiled[0].cells if cell.roles}


def test_comments_of_the_notebook_are_kept(tmp_path: Path) -> None:
    from tests.corpus.percent import completed

    text = (
        "# %% features\n# grown-ups only\ndf['age'] = df['age'].fillna(30)  # as the ministry does\n"
        "X = df[['age']]\ny = df['bought']\n"
    )
    source = completed("commented", text)
    place_tables(source, tmp_path)
    notebook = read(source.write(tmp_path))
    plan = specialise(notebook, record(notebook, tmp_path))
    assert not isinstance(plan, Refused)
    features = emit(plan, "commented.ipynb").files["features.py"]
    assert "# cell 3\n    # grown-ups only\n" in features
    assert "# as the ministry does" in features


def test_emitted_statements_of_a_small_notebook(tmp_path: Path) -> None:
    source = SOURCES["fillna_loop"]
    place_tables(source, tmp_path)
    notebook = read(source.write(tmp_path))
    plan = specialise(notebook, record(notebook, tmp_path))
    assert not isinstance(plan, Refused)
    features = emit(plan, "small.ipynb").files["features.py"]
    body = features[features.index("# cell 3") :]
    assert re.fullmatch(
        r"# cell 3\n"
        r'    for col in \["age", "income"\]:\n'
        r"        df\[col\] = df\[col\]\.fillna\(fitted\.\w*median\[col\]\)\n"
        r'    X = df\[\["age", "income"\]\]\n'
        r"(    # cell 4\n    X_test = X\n)?"
        r"    return X(_test)?\n",
        body,
    ), body


def test_a_module_without_content_ends_with_its_docstring(tmp_path: Path) -> None:
    source = SOURCES["fillna_loop"]
    place_tables(source, tmp_path)
    notebook = read(source.write(tmp_path))
    plan = specialise(notebook, record(notebook, tmp_path))
    assert not isinstance(plan, Refused)
    text = emit(plan, "small.ipynb").files["functions.py"]
    assert text == '"""Functions, classes and constants of small.ipynb."""\n'
