"""Write a plan as the Python modules of a version: real code from trees, with ``# cell N`` marks.

Emission is checked before anything is written: each module parses again to the tree that it was made from.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nb2prod.compile.answers import MODEL, ROWS
from nb2prod.compile.import_lines import import_block
from nb2prod.compile.layout import laid_out
from nb2prod.compile.plan import Line, Plan, ServedAnswer
from nb2prod.compile.reading import is_state
from nb2prod.compile.states import STATE

_INDENT = "    "

PARAMETERS, NAMES = "nb2prod_parameters", "nb2prod_names"
"""Names of emitted arguments while code is made."""

ANSWERS = "answers.py"
"""Module of what the notebook makes of predictions; only some versions have it."""

_SERVING = ("features.py", ANSWERS, "functions.py")

ENTRIES = frozenset({"load", "features", "train", "evaluate", "answers"})
"""Functions that emitted modules define; a notebook's function of that name is called through its module."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """The modules of a version.

    Attributes:
        files: Text by file name.
        places: Cell and line in the notebook by file name and line.
        modules: Top-level modules that training imports.
        serving_modules: Top-level modules that serving imports.
    """

    files: Mapping[str, str]
    places: Mapping[str, Mapping[int, tuple[int, int]]]
    modules: frozenset[str]
    serving_modules: frozenset[str]


class _ThroughModule(ast.NodeTransformer):
    """Call a notebook's function through its module where an emitted function has its name."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name that is read."""
        if node.id not in self._names or not isinstance(node.ctx, ast.Load):
            return node
        return ast.Attribute(ast.Name("functions", ast.Load()), node.id, ast.Load())


def _through_module(node: ast.stmt, names: frozenset[str]) -> ast.stmt:
    if not names or (isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names):
        return node
    made: ast.stmt = _ThroughModule(names).visit(node)
    return made


class _Module:
    """One module under construction."""

    def __init__(self, plan: Plan, docstring: str, *, is_functions: bool = False) -> None:
        self._plan = plan
        self._docstring = docstring
        self._body: list[str] = []
        self._marks: dict[int, tuple[int, int]] = {}
        self._nodes: list[ast.AST] = []
        self._own: set[str] = set()
        self._clashes = frozenset() if is_functions else ENTRIES & set(_function_names(plan))

    def function(
        self,
        header: str,
        lines: Sequence[Line],
        last: Sequence[ast.stmt],
        first: Sequence[ast.stmt] = (),
    ) -> None:
        """Add a function of statements with their cells."""
        if self._body:
            self._body += ["", ""]
        self._own.add(header.partition("def ")[2].partition("(")[0])
        self._nodes += ast.parse(header + "\n    ...").body
        self._body += header.split("\n")
        for node in first:
            self._statement(node, _INDENT)
        self._lines(lines, _INDENT)
        for node in last:
            self._statement(node, _INDENT)
        if not (first or lines or last):
            self._body.append(f"{_INDENT}pass")

    def definitions(self, lines: Sequence[Line]) -> None:
        """Add functions, classes and constants of cells as they were written."""
        for line in lines:
            if self._body:
                self._body += ["", ""]
            self._own |= {getattr(line.node, "name", "")}
            self._lines([line], "")

    def helper(self, node: ast.FunctionDef) -> None:
        """Add a function that uses the fitted state."""
        if self._body:
            self._body += ["", ""]
        self._own.add(node.name)
        self._statement(node, "")

    def _lines(self, lines: Sequence[Line], indent: str) -> None:
        cell = None
        for line in lines:
            if line.cell != cell:
                self._body.append(f"{indent}# cell {line.cell}")
                cell = line.cell
            self._body += [indent + comment for comment in line.comments]
            self._marks[len(self._body)] = (line.cell, line.source_line)
            self._statement(line.node, indent)

    def _statement(self, node: ast.stmt, indent: str) -> None:
        fixed = ast.fix_missing_locations(_through_module(node, self._clashes))
        self._nodes.append(fixed)
        self._body += textwrap.indent(ast.unparse(fixed), indent).split("\n")

    def finish(self, functions: Iterable[str]) -> tuple[str, dict[int, tuple[int, int]]]:
        """Return the module's text, and the notebook's place of each marked line."""
        used = {n.id for node in self._nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
        used -= self._own
        imports = import_block(used, self._plan, sorted(set(functions) & used))
        head = [f'"""{self._docstring}"""', "", *imports]
        while head and head[-1] == "":
            head.pop()
        text = "\n".join([*head, "", "", *self._body, ""] if self._body else [*head, ""])
        ast.parse(text)
        offset = "\n".join(head).count("\n") + 4
        return text, {offset + position: place for position, place in self._marks.items()}


def emit(plan: Plan, notebook_name: str) -> Emitted:
    """Write a plan as modules.

    Args:
        plan: The compiled notebook.
        notebook_name: File name of the notebook, for the modules' docstrings.
    """
    functions = _function_names(plan)
    used = _user_names(plan)
    modules = {
        "load.py": _load(plan, notebook_name),
        "features.py": _features(plan, notebook_name),
        "train.py": _train(plan, notebook_name),
        "evaluate.py": _evaluate(plan, notebook_name),
        **({} if plan.answer is None else {ANSWERS: _answers(plan, plan.answer, notebook_name)}),
        "functions.py": _functions(plan, notebook_name),
    }
    package = f'"""The code of one version, made by nb2prod from {notebook_name}."""\n'
    files: dict[str, str] = {"__init__.py": package}
    places: dict[str, Mapping[int, tuple[int, int]]] = {}
    for name, module in modules.items():
        text, marks = module.finish(() if name == "functions.py" else functions)
        text = _with_free_names(text, _answer_names(plan) if name == ANSWERS else used)
        files[name], places[name] = laid_out(text, marks)
    return Emitted(
        files,
        places,
        _top_level(files.values()),
        _top_level(files[name] for name in _SERVING if name in files),
    )


_OWN_NAMES = {
    STATE: "fitted",
    PARAMETERS: "parameters",
    NAMES: "names",
    MODEL: "model",
    ROWS: "features",
}


def _user_names(plan: Plan) -> frozenset[str]:
    """Return the names that the notebook's own code uses."""
    lines = (*plan.load, *plan.train, *plan.serve, *plan.evaluate, *plan.definitions)
    nodes = [line.node for line in lines]
    names = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
    return frozenset(names | set(plan.parameters) | {plan.raw_name})


def _answer_names(plan: Plan) -> frozenset[str]:
    """Return the names in the code of the answer: it is a module of its own, where others are free."""
    answer = plan.answer
    nodes = [] if answer is None else [line.node for line in answer.lines]
    return frozenset(n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name))


def _with_free_names(text: str, used: frozenset[str]) -> str:
    """Give the names that only emitted code has their final form; no notebook holds them as they stand here."""
    for mark, wanted in _OWN_NAMES.items():
        text = text.replace(mark, wanted if wanted not in used else f"{wanted}_of_training")
    return text


def _function_names(plan: Plan) -> list[str]:
    names = []
    for line in plan.definitions:
        if isinstance(line.node, ast.Assign):
            bound = [part for target in line.node.targets for part in ast.walk(target)]
            names += [part.id for part in bound if isinstance(part, ast.Name)]
        else:
            names.append(getattr(line.node, "name", ""))
    return [name for name in names if name]


def _load(plan: Plan, notebook_name: str) -> _Module:
    module = _Module(plan, f"Read the raw table; made by nb2prod from {notebook_name}.")
    nodes: list[ast.AST] = [line.node for line in plan.load]
    module.function(
        f'def load({PARAMETERS}: Mapping[str, Any]) -> Any:\n    """Return the raw table, one row for each record."""',
        plan.load,
        [ast.Return(ast.Name(plan.raw_name, ast.Load()))],
        _parameters(plan, nodes),
    )
    return module


def _features(plan: Plan, notebook_name: str) -> _Module:
    module = _Module(
        plan,
        f"From raw rows to what the model receives; made by nb2prod from {notebook_name}.\n\n"
        "Each row depends on itself and on the fitted state alone.\n",
    )
    for _, served in plan.helpers:
        module.helper(served)
    module.function(
        f"def features({plan.raw_name}: Any, {STATE}: Fitted) -> Any:\n"
        '    """Return what the model receives for raw rows; the rows passed in may be changed."""',
        plan.serve,
        [ast.Return(plan.features)],
    )
    return module


def _answers(plan: Plan, answer: ServedAnswer, notebook_name: str) -> _Module:
    module = _Module(
        plan, f"From what the model predicts to the answer; made by nb2prod from {notebook_name}."
    )
    module.function(
        f"def answers({MODEL}: Any, {ROWS}: Any, {STATE}: Fitted) -> Any:\n"
        '    """Return the answers to rows of features, as the notebook scored them."""',
        answer.lines,
        [],
    )
    return module


def _train(plan: Plan, notebook_name: str) -> _Module:
    module = _Module(
        plan, f"Fit the model as the notebook did; made by nb2prod from {notebook_name}."
    )
    for trained, _ in plan.helpers:
        module.helper(trained)
    code: list[ast.stmt] = [line.node for line in plan.train]
    code += [trained for trained, _ in plan.helpers]
    first = _parameters(plan, [*code, plan.model])
    first += [_empty_table(name) for name in _keyed(code)]
    names = [name for name in plan.evaluate_needs if name not in plan.parameters]
    result = ast.Call(
        ast.Name("Trained", ast.Load()),
        [],
        [
            ast.keyword("model", plan.model),
            ast.keyword("evaluated", plan.evaluated),
            ast.keyword("labels", plan.labels or ast.Constant(None)),
            *_told_answer(plan.answer),
            ast.keyword(
                "names",
                ast.Dict(
                    [ast.Constant(name) for name in names],
                    [ast.Name(name, ast.Load()) for name in names],
                ),
            ),
        ],
    )
    module.function(
        f"def train({plan.raw_name}: Any, {STATE}: Fitted, {PARAMETERS}: Mapping[str, Any]) -> Trained:\n"
        '    """Fit the model on the raw table and fill the fitted state."""',
        plan.train,
        [ast.Return(result)],
        first,
    )
    return module


def _told_answer(answer: ServedAnswer | None) -> list[ast.keyword]:
    if answer is None:
        return []
    value = "classes" if answer.renames_classes else "values"
    return [ast.keyword("answered_by", ast.Constant(value))]


def _evaluate(plan: Plan, notebook_name: str) -> _Module:
    module = _Module(plan, f"Compute the metrics; made by nb2prod from {notebook_name}.")
    nodes: list[ast.AST] = [line.node for line in plan.evaluate]
    names = [
        ast.Assign(
            [ast.Name(name, ast.Store())],
            ast.Subscript(ast.Name(NAMES, ast.Load()), ast.Constant(name), ast.Load()),
            lineno=1,
        )
        for name in plan.evaluate_needs
        if name not in plan.parameters
    ]
    metrics = ast.Dict([ast.Constant(name) for name in plan.metrics], list(plan.metrics.values()))
    module.function(
        f"def evaluate({NAMES}: Mapping[str, Any], {PARAMETERS}: Mapping[str, Any]) -> dict[str, Any]:\n"
        '    """Return the metrics of what training left."""',
        plan.evaluate,
        [ast.Return(metrics)],
        [*_parameters(plan, nodes), *names],
    )
    return module


def _functions(plan: Plan, notebook_name: str) -> _Module:
    module = _Module(
        plan, f"Functions, classes and constants of {notebook_name}.", is_functions=True
    )
    module.definitions(plan.definitions)
    return module


def _parameters(plan: Plan, nodes: Iterable[ast.AST]) -> list[ast.stmt]:
    """Return the statements that bind the parameters which some code reads."""
    used = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
    return [
        ast.Assign(
            [ast.Name(name, ast.Store())],
            ast.Subscript(ast.Name(PARAMETERS, ast.Load()), ast.Constant(name), ast.Load()),
            lineno=1,
        )
        for name in plan.parameters
        if name in used
    ]


def _keyed(code: Iterable[ast.AST]) -> list[str]:
    """Return the entries of the fitted state that are filled by key."""
    found: dict[str, None] = {}
    for node in code:
        for n in ast.walk(node):
            if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Subscript):
                owner = n.targets[0].value
                if isinstance(owner, ast.Attribute) and is_state(owner.value):
                    found[owner.attr] = None
    return list(found)


def _empty_table(name: str) -> ast.stmt:
    target = ast.Attribute(ast.Name(STATE, ast.Load()), name, ast.Store())
    return ast.Assign([target], ast.Dict([], []), lineno=1)


def _top_level(texts: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return frozenset(found)
