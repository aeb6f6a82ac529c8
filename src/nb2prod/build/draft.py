"""A compiled notebook before it is trained."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.build.order import Order
from nb2prod.build.running import Runs
from nb2prod.build.subject import Subject
from nb2prod.compile.emit import Emitted
from nb2prod.compile.plan import Plan
from nb2prod.prove.captured import Captured


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a version is made from.

    Attributes:
        order: What was asked for.
        plan: What goes where.
        emitted: The same as modules.
        runs: What the notebook's runs left.
        schema: Content of ``schema.json``.
    """

    order: Order
    plan: Plan
    emitted: Emitted
    runs: Runs
    schema: Mapping[str, Any]

    def said(self) -> str:
        """Return in one line what the compiler made of the notebook."""
        counts = f"{len(self.plan.serve)} statements serve, {len(self.plan.states)} values frozen"
        scored = self.runs.recording.scored
        if scored is None:
            return counts
        model, cell = scored.model_type.rpartition(".")[2], scored.place.partition(":")[0]
        made = "" if self.plan.answer is None else f", answers as in cell {self.plan.answer.cell}"
        return f"{counts}; the model is {model}, scored in cell {cell}{made}"

    @property
    def captured(self) -> Captured:
        """The notebook's own values, which the proof compares with."""
        scored = self.runs.recording.scored
        assert scored is not None  # The compiler refuses a notebook without a scored predict.
        return Captured(
            raw=self.runs.raw,
            scored=self.runs.scored,
            rows=scored.rows,
            classes=scored.classes,
            is_held_out=scored.is_held_out,
            identified_by=scored.identified_by,
            metrics=self.runs.recording.metrics,
            answer=None if self.plan.answer is None else self.plan.answer.key,
        )

    @property
    def subject(self) -> Subject:
        """What becomes a version."""
        order = self.order
        files = self.runs.files_read
        return Subject(
            name=order.name,
            service=order.service,
            config=order.config,
            parameters=order.parameters,
            target=tuple(self.plan.target),
            states=[
                {
                    "name": state.name,
                    "keys": list(state.keys),
                    "cell": state.cell,
                    "line": state.line,
                    "expression": state.text,
                }
                for state in self.plan.states
            ],
            schema=self.schema,
            captured=self.captured,
            # A notebook may also have changed the raw column, by a logarithm say.
            is_fitted_target=set(self.plan.target) <= set(self.runs.recording.target_matches),
            notebook=f"notebook/{Path(order.notebook.path).name}",
            data={Path(os.path.relpath(path, order.folder)).as_posix(): path for path in files},
        )

    @property
    def training_timeout(self) -> float:
        """Seconds that training may take: ten times the notebook's own, and a minute to start."""
        return 60.0 + 10.0 * max(self.runs.seconds)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where one version is made: a complete service in the build's temporary folder.

    Attributes:
        folder: The temporary folder.
        number: ``v1``, ``v2`` and so on.
    """

    folder: Path
    number: str

    @property
    def service(self) -> Path:
        """The temporary service."""
        return self.folder / "service"

    @property
    def version(self) -> Path:
        """The version's folder."""
        return self.service / "versions" / self.number

    @property
    def config(self) -> Path:
        """The version's resolved settings."""
        return self.service / "configs" / f"{self.number}.yaml"

    @property
    def trained(self) -> Path:
        """Where training writes the model files."""
        return self.folder / "trained"
