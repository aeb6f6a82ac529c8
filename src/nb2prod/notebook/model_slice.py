"""Which cells the model depends on: from the cells that fit and score it, back along names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nb2prod.notebook.cell_facts import Facts
from nb2prod.notebook.dataflow import Dataflow

_SCORING = ("scores", "measures", "validates", "pictures")
"""How a cell may judge a model, the plainest first: where one is found, the weaker ones are exploration."""


@dataclass(frozen=True, slots=True)
class ModelSlice:
    """The cells that make and judge the model.

    Attributes:
        cells: All of them.
        fitting: Cells that fit it.
        scoring: Cells that judge it.
        experiments: Cells that fit another model, which nothing of the above needs.
        reading: Cells among ``cells`` that read tables.
        facts: What each cell visibly does.
        flow: Which names go from which cell to which.
    """

    cells: frozenset[int]
    fitting: frozenset[int]
    scoring: frozenset[int]
    experiments: tuple[int, ...]
    reading: tuple[int, ...]
    facts: Mapping[int, Facts]
    flow: Dataflow

    def behind(self, cells: Iterable[int]) -> frozenset[int]:
        """Return cells and all cells that they depend on."""
        return _behind(self.facts, self.flow, cells)

    def is_only_fitted(self, cell: int) -> bool:
        """Tell whether a cell reaches what is scored through the fit alone."""
        pending, seen = list(self.scoring - self.fitting), set[int]()
        while pending:
            one = pending.pop()
            if one not in seen and one not in self.fitting:
                seen.add(one)
                pending += _sources(self.facts, self.flow, one)
        return cell not in seen

    def users(self, cell: int) -> list[int]:
        """Return the cells that depend on a cell, also through others."""
        return [one for one in sorted(self.cells) if one != cell and cell in self.behind([one])]


def model_slice(facts: Mapping[int, Facts], flow: Dataflow) -> ModelSlice:
    """Find the cells that the model depends on.

    Where several cells fit models, those count whose model another cell scores; else the last one.
    """
    fitting = [one.number for one in facts.values() if one.fits]
    if not fitting:
        fitting = [one.number for one in facts.values() if one.makes_model]
    scoring = _scoring(facts, flow, fitting)
    judged = {
        fit
        for cell in scoring
        for fit in fitting
        if fit != cell and fit in _behind(facts, flow, [cell])
    }
    chosen = frozenset(judged or fitting[-1:])
    others = set(fitting) - _behind(facts, flow, chosen)
    scoring = [cell for cell in scoring if cell not in others]
    cells = _behind(facts, flow, [*chosen, *scoring])
    return ModelSlice(
        cells,
        chosen,
        frozenset(scoring),
        tuple(sorted(others - cells)),
        tuple(one.number for one in facts.values() if one.reads and one.number in cells),
        facts,
        flow,
    )


def _scoring(facts: Mapping[int, Facts], flow: Dataflow, fitting: list[int]) -> list[int]:
    for kind in _SCORING:
        found = [
            one.number
            for one in facts.values()
            if getattr(one, kind) and _behind(facts, flow, [one.number]).intersection(fitting)
        ]
        if found:
            return _on_other_rows(facts, flow, found, fitting)
    return []


def _on_other_rows(
    facts: Mapping[int, Facts], flow: Dataflow, scoring: list[int], fitting: list[int]
) -> list[int]:
    """Leave out cells that only judge a model on what it was fitted to, where another cell judges it on other rows."""
    # A cell that fits and judges at once does not show which of its names it fits to.
    plain = [cell for cell in fitting if not (facts[cell].predicts or facts[cell].scores)]
    fitted = {name for cell in plain for name in (*flow.sources(cell), *flow.binds(cell))}
    judged = {cell: _behind(facts, flow, [cell]).intersection(fitting) for cell in scoring}
    on_others = [cell for cell in scoring if not set(_values(flow, cell)) <= fitted]
    return [
        cell
        for cell in scoring
        if cell in on_others
        or cell in fitting
        or not any(judged[cell] <= judged[other] for other in on_others)
    ]


def _values(flow: Dataflow, cell: int) -> Iterator[str]:
    """Yield the names that a cell takes from others, but for what is imported, defined or read by functions."""
    for name, need in flow.sources(cell).items():
        if not need.is_import and not need.via and not _is_function(flow, name):
            yield name


def _is_function(flow: Dataflow, name: str) -> bool:
    return any(one.name == name and one.event.body is not None for one in flow.session.definitions)


def _behind(facts: Mapping[int, Facts], flow: Dataflow, cells: Iterable[int]) -> frozenset[int]:
    pending, seen = list(cells), set[int]()
    while pending:
        cell = pending.pop()
        if cell not in seen:
            seen.add(cell)
            pending += _sources(facts, flow, cell)
    return frozenset(seen)


def _sources(facts: Mapping[int, Facts], flow: Dataflow, cell: int) -> set[int]:
    needs = flow.sources(cell)
    direct = {source for need in needs.values() for source in (*need.cells, *need.changed_in)}
    # `for frame in (train, test): frame["c"] = ...` changes tables under another name.
    return direct | {
        one.number
        for one in facts.values()
        if one.number < cell and any(name in needs for name in one.changes_in_loop)
    }
