"""An expression of one row: its code, the raw columns that it reads, and what it gives on sample rows."""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

FAILED = object()
"""Stands for the value of a sample row on which the expression raises: the plain path answers such rows."""


class NoKernel(Exception):
    """Something that has no form for one row.

    Attributes:
        construct: What it is, as a user would call it.
    """

    def __init__(self, construct: str) -> None:
        super().__init__(construct)
        self.construct = construct


@dataclass(frozen=True, slots=True)
class Node:
    """An expression of one row.

    Attributes:
        code: The expression.
        reads: The raw columns that it depends on.
        values: What it gives on each sample row, or ``FAILED``.
    """

    code: ast.expr
    reads: frozenset[str]
    values: Sequence[Any]

    def has_only(self, *kinds: type) -> bool:
        """Tell whether all values that are there are of some types; a boolean is no integer here."""
        return all(type(value) in kinds for value in self.values if not is_null(value))

    @property
    def has_nulls(self) -> bool:
        """Tell whether a sample row has no value."""
        return any(value is not FAILED and is_missing(value) for value in self.values)


def is_missing(value: object) -> bool:
    """Tell whether a value is null: NaN, None or NaT."""
    return value is None or value != value


def is_null(value: object) -> bool:
    """Tell whether a value says nothing about an expression's type."""
    return value is FAILED or is_missing(value)


def fill(template: str, parts: Mapping[str, ast.expr]) -> ast.expr:
    """Return the tree of a template whose names in ``parts`` are replaced by trees."""
    return _Filler(parts).visit(_parsed(template))  # type: ignore[no-any-return]  # an expression


@functools.cache
def _parsed(template: str) -> ast.expr:
    return ast.parse(template, mode="eval").body


class _Filler(ast.NodeTransformer):
    """Build a new tree; the cached template is left alone."""

    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self._parts = parts

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Name):
            return self._parts.get(node.id, node)
        fields = {name: self._copied(value) for name, value in ast.iter_fields(node)}
        return type(node)(**fields)

    def _copied(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._copied(each) for each in value]
        return self.visit(value) if isinstance(value, ast.AST) else value


def literal(value: Any) -> ast.expr:
    """Return the tree of a constant.

    Raises:
        NoKernel: It has no literal form.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ast.Name("nan", ast.Load())
    if isinstance(value, float) and math.isinf(value):
        return ast.parse("inf" if value > 0 else "-inf", mode="eval").body
    if value is None or isinstance(value, bool | int | float | str):
        return ast.parse(repr(value), mode="eval").body
    if isinstance(value, pd.Timestamp):
        return ast.parse(f"Timestamp({str(value)!r})", mode="eval").body
    return _collection(value)


def _collection(value: Any) -> ast.expr:
    if isinstance(value, dict):
        return ast.Dict([*map(literal, value)], [*map(literal, value.values())])
    if isinstance(value, tuple):
        return ast.Tuple([*map(literal, value)], ast.Load())
    if isinstance(value, list | np.ndarray | pd.Index):
        return ast.List([*map(literal, value)], ast.Load())
    raise NoKernel(f"a constant of type {type(value).__name__}")
