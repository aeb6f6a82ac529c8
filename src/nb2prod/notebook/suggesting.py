"""Propose roles for cells by fixed rules over what they do and what flows between them."""

from collections.abc import Iterator
from dataclasses import dataclass

from nb2prod.notebook.cell_facts import Facts, facts_of
from nb2prod.notebook.dataflow import dataflow_of
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.model_slice import ModelSlice, model_slice
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
    slice_ = _slice_of(notebook)
    found = [_suggestion(one, slice_) for one in slice_.facts.values()]
    return tuple(one for one in found if one is not None and not notebook.cell(one.cell).roles)


def questions(notebook: Notebook) -> tuple[str, ...]:
    """Return what the rules cannot decide and a person must, in sentences."""
    slice_ = _slice_of(notebook)
    has = {role for cell in notebook.executed_cells for role in cell.roles}
    return tuple(text for role, text in _questions(slice_) if role not in has)


def _slice_of(notebook: Notebook) -> ModelSlice:
    session = play(notebook)
    return model_slice(facts_of(session), dataflow_of(session))


def _questions(slice_: ModelSlice) -> Iterator[tuple[Role, str]]:
    """Yield questions, each with the role that answers it once a cell has it."""
    if not slice_.fitting:
        yield (
            Role.TRAIN,
            (
                "No cell fits a model that the rules know. Tag the one that does `train`, and the one that "
                "scores it `evaluate`."
            ),
        )
        return
    if len(slice_.fitting) > 1:
        yield (
            Role.TRAIN,
            (
                f"Cells {_numbers(slice_.fitting)} each fit something that is scored. The build serves the model that "
                "the last `evaluate` cell scores: leave the others' cells untagged if they are experiments."
            ),
        )
    if slice_.experiments:
        yield (
            Role.TRAIN,
            (
                "Models are also fitted in cell "
                f"{_numbers(slice_.experiments)}, and nothing scores them later: taken as experiments. "
                "Tag that cell `train` if its model is the one that you mean."
            ),
        )
    if not slice_.scoring:
        yield (
            Role.EVALUATE,
            (
                f"Nothing scores the model of cell {max(slice_.fitting)} on held-out rows, and a build needs that. "
                "Add a cell such as `accuracy = model.score(X_test, y_test)` and tag it `evaluate`."
            ),
        )
    if not slice_.reading:
        yield (
            Role.LOAD,
            ("No cell reads a table in a way that the rules know. Tag the one that does `load`."),
        )


def _numbers(cells: frozenset[int] | tuple[int, ...]) -> str:
    numbers = [str(cell) for cell in sorted(cells)]
    return " and ".join([", ".join(numbers[:-1]), numbers[-1]]) if len(numbers) > 1 else numbers[0]


def _suggestion(one: Facts, slice_: ModelSlice) -> Suggestion | None:
    if one.is_imports and _needs_only_imports(one, slice_):
        return Suggestion(one.number, (Role.IMPORTS,), "holds only imports and settings")
    if one.number not in slice_.cells:
        return None
    work = _work_roles(one, slice_)
    if work:
        return Suggestion(one.number, tuple(work), "; ".join(work.values()))
    role, reason = _standing(one, slice_) or _by_flow(one, slice_)
    if one.resamples and slice_.is_only_fitted(one.number):
        drawn = f"draws the rows of training again with {one.resamples}"
        return Suggestion(one.number, (role, Role.TRAIN_ONLY), drawn)
    return Suggestion(one.number, (role,), reason)


def _needs_only_imports(one: Facts, slice_: ModelSlice) -> bool:
    return all(need.is_import for need in slice_.flow.sources(one.number).values())


def _work_roles(one: Facts, slice_: ModelSlice) -> dict[Role, str]:
    """Return the roles that a cell's own calls show, each with the reason."""
    roles: dict[Role, str] = {}
    if one.reads:
        is_first = one.number == slice_.reading[0]
        if is_first and one.imports:
            roles[Role.IMPORTS] = "imports what others need"
        roles[Role.LOAD if is_first else Role.REFERENCE] = f"reads a table with {one.reads}"
    if one.splits:
        roles[Role.SPLIT] = f"splits the rows with {one.splits}"
    if one.fits or one.number in slice_.fitting:
        roles[Role.TRAIN] = f"fits the model with {one.fits or one.makes_model}"
    elif one.makes_model and one.number not in slice_.scoring:
        roles[Role.TRAIN] = f"makes the model with {one.makes_model}"
    judges = one.scores or one.measures or one.validates or one.pictures
    if one.number in slice_.scoring:
        roles[Role.EVALUATE] = f"scores the model with {judges}"
    elif one.predicts:
        roles[Role.EVALUATE] = f"predicts what is scored with {one.predicts}"
    return roles


def _standing(one: Facts, slice_: ModelSlice) -> tuple[Role, str] | None:
    """Return the role of a cell that does no work itself, from what it holds and where it stands."""
    is_early = bool(slice_.reading) and one.number < min(slice_.reading)
    if one.is_literals and _is_first_literal(one, slice_):
        return Role.PARAMETERS, "holds only names with literal values"
    if one.is_definitions:
        return Role.FUNCTIONS, "defines functions that the model needs"
    if is_early and one.imports:
        return Role.IMPORTS, "imports, and sets what later cells need"
    if is_early:
        return Role.FUNCTIONS, "holds values that later cells need"
    return None


def _is_first_literal(one: Facts, slice_: ModelSlice) -> bool:
    literals = [f.number for f in slice_.facts.values() if f.is_literals]
    needed = [number for number in literals if number in slice_.cells]
    # A list after the table was read is one of its columns' names rather than a setting.
    is_early = not slice_.reading or one.number < min(slice_.reading)
    return one.number == min(needed) and (is_early or one.is_scalars)


def _by_flow(one: Facts, slice_: ModelSlice) -> tuple[Role, str]:
    """Return the role of a cell that works on rows, from what needs it and what it needs."""
    made = _made(one, slice_)
    sources = slice_.behind([one.number]) - {one.number}
    if sources & slice_.fitting:
        is_judging = any(slice_.facts[cell].predicts for cell in sources if cell in slice_.facts)
        if is_judging:
            return Role.EVALUATE, f"works on what the model predicted: {made}"
        return Role.TRAIN, f"goes on with the fitted model: {made}"
    users = slice_.users(one.number)
    if one.makes_parts and not one.prepares and _only_train(users, slice_):
        return Role.TRAIN, f"makes the model's parts: {one.makes_parts}"
    if _divides(one, slice_):
        return Role.SPLIT, f"divides the rows: {', '.join(one.divided)}"
    return Role.FEATURES, f"makes what the model needs: {made}"


def _only_train(users: list[int], slice_: ModelSlice) -> bool:
    """Tell whether the cells that need something only make, fit and judge models with it."""
    return all(
        facts.fits or facts.makes_model or facts.makes_parts or facts.predicts or facts.scores
        for facts in (slice_.facts[cell] for cell in users)
        if not facts.prepares or facts.fits
    ) and any(slice_.facts[cell].fits for cell in users)


def _divides(one: Facts, slice_: ModelSlice) -> bool:
    """Tell whether a cell divides rows into those that are fitted and those that are only scored."""
    if not one.divided:
        return False
    fitted = slice_.behind(slice_.fitting)
    into_fit = {
        name
        for cell in fitted
        for name, need in slice_.flow.sources(cell).items()
        if one.number in need.cells
    }
    others = {
        name
        for cell in slice_.cells - fitted
        for name, need in slice_.flow.sources(cell).items()
        if one.number in need.cells
    }
    names = set(one.divided)
    return bool(names & into_fit) and bool((names & others) - into_fit)


def _made(one: Facts, slice_: ModelSlice) -> str:
    names = sorted(slice_.flow.binds(one.number) | slice_.flow.mutates(one.number))
    shown = ", ".join(names[:3])
    return f"{shown}, …" if len(names) > 3 else shown or "a change in place"
