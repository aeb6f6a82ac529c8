"""Propose roles for cells by fixed rules over what they do and what flows between them."""

from collections.abc import Iterable
from dataclasses import dataclass

from nb2prod.notebook.cell_facts import Facts, facts_of
from nb2prod.notebook.dataflow import Dataflow, dataflow_of
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.roles import Role
from nb2prod.notebook.session import play


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Roles that a cell probably has.

    Attributes:
        cell: The cell's number.
        roles: The roles.
        reason: Why, in one sentence.
    """

    cell: int
    roles: tuple[Role, ...]
    reason: str


def suggest(notebook: Notebook) -> tuple[Suggestion, ...]:
    """Propose roles for the cells that have none.

    Only cells that the model depends on are proposed: from the cells that fit and score it, back
    along the names that they need. Everything else is exploration.
    """
    session = play(notebook)
    facts = facts_of(session)
    flow = dataflow_of(session)
    slice_ = _slice(facts, flow)
    found = [_suggestion(one, facts, flow, slice_) for one in facts.values()]
    return tuple(one for one in found if one is not None and not notebook.cell(one.cell).roles)


def _slice(facts: dict[int, Facts], flow: Dataflow) -> frozenset[int]:
    """Return the cells that fit or score the model, and all that they depend on.

    Where several cells fit models, those count whose model another cell scores; else the last one.
    """
    fitting = [one.number for one in facts.values() if one.fits]
    if not fitting:
        return frozenset()
    scoring = [one.number for one in facts.values() if one.scores and one.number >= fitting[0]]
    judged = {source for cell in scoring for source in _sources(flow, cell) if source in fitting}
    chosen = judged or {fitting[-1]}
    others = set(fitting) - chosen
    return _behind(flow, [*chosen, *(cell for cell in scoring if cell not in others)])


def _behind(flow: Dataflow, cells: Iterable[int]) -> frozenset[int]:
    """Return cells and all cells that they depend on."""
    pending, seen = list(cells), set[int]()
    while pending:
        cell = pending.pop()
        if cell not in seen:
            seen.add(cell)
            pending += _sources(flow, cell)
    return frozenset(seen)


def _sources(flow: Dataflow, cell: int) -> set[int]:
    needs = flow.sources(cell).values()
    return {source for need in needs for source in (*need.cells, *need.changed_in)}


def _suggestion(
    one: Facts, facts: dict[int, Facts], flow: Dataflow, slice_: frozenset[int]
) -> Suggestion | None:
    if one.is_imports:
        return Suggestion(one.number, (Role.IMPORTS,), "holds only imports and settings")
    if one.number not in slice_:
        return None
    roles = _work_roles(one, facts, slice_)
    if roles:
        return Suggestion(one.number, tuple(roles), "; ".join(roles.values()))
    if one.is_literals and _is_first_literal(one, facts, slice_):
        return Suggestion(one.number, (Role.PARAMETERS,), "holds only names with literal values")
    if one.is_definitions:
        return Suggestion(one.number, (Role.FUNCTIONS,), "defines functions that the model needs")
    reading = [other.number for other in facts.values() if other.reads and other.number in slice_]
    if reading and one.number < min(reading):
        return Suggestion(one.number, (Role.FUNCTIONS,), "holds values that later cells need")
    if one.makes_parts and not _behind(flow, [one.number]).intersection(reading):
        return Suggestion(one.number, (Role.TRAIN,), f"makes the model's parts: {one.makes_parts}")
    made = sorted(flow.binds(one.number) | flow.mutates(one.number))
    return Suggestion(one.number, (Role.FEATURES,), f"makes what the model needs: {_some(made)}")


def _work_roles(one: Facts, facts: dict[int, Facts], slice_: frozenset[int]) -> dict[Role, str]:
    """Return the roles that a cell's own calls show, each with the reason."""
    roles: dict[Role, str] = {}
    first_read = min(
        (f.number for f in facts.values() if f.reads and f.number in slice_), default=0
    )
    if one.reads:
        role = Role.LOAD if one.number == first_read else Role.REFERENCE
        roles[role] = f"reads a table with {one.reads}"
    if one.splits:
        roles[Role.SPLIT] = f"splits the rows with {one.splits}"
    if one.fits:
        roles[Role.TRAIN] = f"fits the model with {one.fits}"
    elif one.makes_model and not one.scores:
        roles[Role.TRAIN] = f"makes the model with {one.makes_model}"
    if one.scores:
        roles[Role.EVALUATE] = f"scores the model with {one.scores}"
    return roles


def _is_first_literal(one: Facts, facts: dict[int, Facts], slice_: frozenset[int]) -> bool:
    literals = [other.number for other in facts.values() if other.is_literals]
    reading = [other.number for other in facts.values() if other.reads and other.number in slice_]
    needed = [number for number in literals if number in slice_]
    return one.number == min(needed) and (not reading or one.number < min(reading))


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown}, …" if len(names) > 3 else shown or "a change in place"
