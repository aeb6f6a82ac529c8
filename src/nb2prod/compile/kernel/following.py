"""Follow a version's features with stand-ins, and give what they make of one row."""

from __future__ import annotations

import importlib
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nb2prod.compile.kernel.column import Column
from nb2prod.compile.kernel.fitted import FittedView
from nb2prod.compile.kernel.frame import FEATURES_FILE, Frame, Kept
from nb2prod.compile.kernel.libraries import Pandas
from nb2prod.compile.kernel.node import Node, NoKernel
from nb2prod.compile.kernel.trace import Trace
from nb2prod.compile.kernel.transformers import transformed
from nb2prod.runtime.loading import LoadedVersion
from nb2prod.runtime.schema import Schema

_DTYPES = ("int64", "float64", "bool", "str", "object", "category", "datetime64[")
_LARGEST_INTEGER = 2**31
"""Beyond this products of integers may wrap around in numpy, which Python's do not."""


def follow(
    version: LoadedVersion, samples: Sequence[Mapping[str, Any]]
) -> tuple[Trace, list[Node]]:
    """Return the statements of one row, and the features in the order that the model takes them.

    Args:
        version: A loaded version.
        samples: Checked records by column.

    Raises:
        NoKernel: Something has no form for one row.
    """
    package = version.manifest.package
    values = importlib.import_module(f"{package}.row_values")
    functions = importlib.import_module(f"{package}.functions")
    names = {name: getattr(values, name) for name in values.__all__}
    schema = version.schema
    rows = [raw_row(schema, sample) for sample in samples]
    trace = Trace(rows, {**names, "functions": functions})
    step = version.pipeline.named_steps["features"]
    nodes: dict[Any, Node] = {c.name: trace.source(c.name) for c in schema.columns}
    for name, (value, _) in step.placeholders.items():
        if name not in nodes:
            nodes[name] = trace.make("v", v=value)
    table = Frame(trace, {name: nodes[name] for name in step.columns})
    features = _features(version.folder, package, trace)
    made = features(table, FittedView(step.fitted))
    model = version.pipeline[-1]
    while hasattr(model, "steps"):
        for _, part in model.steps[:-1]:
            made = transformed(part, made)
        model = model.steps[-1][1]
    outputs = _outputs(made)
    _check_types(schema, trace, outputs)
    return trace, outputs


def raw_row(schema: Schema, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked record's values as a table's row would hold them."""
    nulls = {c.name: null_of(c.dtype, c.null) for c in schema.columns}
    return {n: nulls[n] if record[n] is None else record[n] for n in nulls}


def null_of(dtype: str, null: str) -> Any:
    """Return what a null is in a column of some type."""
    if dtype.startswith("datetime64"):
        return pd.NaT
    return None if dtype == "object" and null == "none" else float("nan")


def _features(folder: Path, package: str, trace: Trace) -> Any:
    """Return the version's ``features`` with stand-ins for pandas and for the checks of training's filters."""
    functions = _module(folder, package, "functions", "<functions>")
    features = _module(folder, package, "features", FEATURES_FILE)
    real = trace.namespace["functions"]
    for name, value in list(vars(features).items()):
        if name in vars(functions) and getattr(real, name, None) is value:
            setattr(features, name, vars(functions)[name])
        elif name == "in_domain":
            features.__dict__[name] = lambda *args, **options: _in_domain(trace, *args, **options)
    if not hasattr(features, "features"):
        raise NoKernel("features that were not emitted")
    return features.features


def _module(folder: Path, package: str, name: str, file: str) -> types.ModuleType:
    """Run a module of the version anew, with a stand-in for pandas."""
    module = types.ModuleType(f"{package}.{name}")
    module.__package__ = package
    text = (folder / "code" / f"{name}.py").read_text(encoding="utf-8")
    exec(compile(text, file, "exec"), vars(module))  # noqa: S102 - the version's own verified code
    for key, value in list(vars(module).items()):
        if value is pd:
            setattr(module, key, Pandas())
    return module


def _in_domain(trace: Trace, kept: Any, where: str, column: Any = None, of: Any = None) -> None:
    """Leave a row that training would have dropped to the plain path, which says so."""
    del where, column, of
    if isinstance(kept, Column | Kept):
        trace.require(kept.node)
    else:
        raise NoKernel("a filter of whole rows")


def _outputs(made: Any) -> list[Node]:
    if isinstance(made, Column):
        return [made.node]
    if not isinstance(made, Frame):
        raise NoKernel("features that are no table")
    nodes = list(made.nodes.values())
    for label, node in made.nodes.items():
        if not node.has_only(int, float, bool):
            raise NoKernel(f"the feature {label!r}, which is no number")
    return nodes


def _check_types(schema: Schema, trace: Trace, outputs: Sequence[Node]) -> None:
    used = {name for node in outputs for name in node.reads}
    used |= {name for statement in trace.statements for name in statement.reads}
    for column in schema.columns:
        if column.name not in used:
            continue
        if not column.dtype.startswith(_DTYPES):
            raise NoKernel(f"the column {column.name!r} of type {column.dtype}")
        bounds = (column.minimum, column.maximum)
        if any(isinstance(b, int) and abs(b) > _LARGEST_INTEGER for b in bounds):
            raise NoKernel(f"the column {column.name!r} of very large integers")
