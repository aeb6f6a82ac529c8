"""Compile what was recorded, and describe the raw table."""

from __future__ import annotations

from pathlib import Path

from nb2prod.artifact.schema import SchemaRefused, describe
from nb2prod.build.draft import Draft
from nb2prod.build.inputs import local_modules
from nb2prod.build.order import Order
from nb2prod.build.result import refusal
from nb2prod.build.running import Runs
from nb2prod.compile.emit import emit
from nb2prod.compile.plan import Refused
from nb2prod.compile.refusals import LOCAL_MODULE, refuse
from nb2prod.compile.specialise import specialise
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook import Role
from nb2prod.prove.captured import open_table


def make_draft(order: Order, runs: Runs) -> Draft | Refused:
    """Compile the notebook, or say with every place why it cannot be served.

    Args:
        order: What was asked for.
        runs: What the notebook's runs left.
    """
    plan = specialise(order.notebook, runs.recording, order.config.target)
    if isinstance(plan, Refused):
        return plan
    try:
        schema = describe(open_table(runs.raw), list(plan.target))
    except SchemaRefused as fault:
        loads = order.notebook.with_role(Role.LOAD)
        return Refused([refusal(fault, loads[-1] if loads else None)], plan.notes)
    emitted = emit(plan, Path(order.notebook.path).name)
    local = sorted(emitted.modules & local_modules(order))
    if local:
        return Refused([_local_module(order, name) for name in local], plan.notes)
    return Draft(order, plan, emitted, runs, schema)


def _local_module(order: Order, name: str) -> Diagnostic:
    """Return the refusal of a module that is a file beside the notebook, at the cell that imports it."""
    cells = [c for c in order.notebook.executed_cells if c.roles and name in c.source]
    return refuse(LOCAL_MODULE, cells[0] if cells else None, detail=f"`{name}`", subject=name)
