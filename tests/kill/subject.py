"""A built version that can be put together again with something wrong in it."""

from __future__ import annotations

import importlib
import itertools
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import pandas as pd
import sklearn
from sklearn.pipeline import Pipeline

from nb2prod.execute.recorder.session import RAW, SCORED
from nb2prod.prove.equality import Comparison
from nb2prod.prove.proof import compare_metrics
from nb2prod.runtime.digests import digest_tree
from nb2prod.runtime.packages import register
from nb2prod.service.templates import template_root
from tests.corpus.harness import Outcome, build
from tests.corpus.percent import Source
from tests.corpus.shell import quietly, seed_everything

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Subject:
    """A notebook that was built, with what its kernel captured.

    Attributes:
        name: The notebook.
        outcome: The right version.
        folder: Where it was built.
        raw: The raw table.
        captured: What the scored predict received and answered.
    """

    name: str
    outcome: Outcome
    folder: Path
    raw: pd.DataFrame
    captured: Mapping[str, Any]

    @property
    def target(self) -> list[Any]:
        """Raw columns that a request does not have."""
        assert self.outcome.plan is not None
        return list(self.outcome.plan.target)

    @property
    def right(self) -> Pipeline:
        """The pipeline as it was built."""
        return self.outcome.pipeline

    def with_state(self, fitted: Any) -> Pipeline:
        """Return the right code with another fitted state."""
        kind = type(self.right.named_steps["features"])
        return self._joined(kind, self.right[-1], fitted=fitted)

    @contextmanager
    def with_code(self, changed: Mapping[str, str]) -> Iterator[Pipeline]:
        """Yield the right fitted state and model under other code for serving."""
        with self._package(changed) as package:
            kind = importlib.import_module(f"{package}.pipeline").Features
            yield self._joined(kind, self.right[-1])

    def _joined(self, kind: type[Any], model: Any, **changed: Any) -> Pipeline:
        """Join a features step like the right one, but for what is changed, and a model."""
        like = self.right.named_steps["features"].get_params(deep=False)
        return Pipeline([("features", kind(**{**like, **changed})), ("model", model)])

    @contextmanager
    def trained_by(self, changed: Mapping[str, str]) -> Iterator[tuple[Pipeline, Comparison]]:
        """Yield what other training code leaves, and how its metrics compare with the notebook's.

        Raises:
            Exception: Whatever that code raises.
        """
        with self._package(changed) as package:
            modules = {
                name: importlib.import_module(f"{package}.{name}")
                for name in ("pipeline", "train", "evaluate")
            }
            with quietly(self.folder), sklearn.config_context():
                yield self._train(modules)

    def _train(self, modules: Mapping[str, ModuleType]) -> tuple[Pipeline, Comparison]:
        seed_everything()
        fitted = modules["pipeline"].Fitted()
        trained = modules["train"].train(self.raw.copy(), fitted, {})
        model = getattr(trained.model, "best_estimator_", trained.model)
        pipeline = self._joined(modules["pipeline"].Features, model, fitted=fitted)
        modules["pipeline"].check_features(pipeline, self.raw, trained)
        metrics = modules["evaluate"].evaluate(trained.names, {})
        plain = {k: v.item() if hasattr(v, "item") else v for k, v in metrics.items()}
        assert self.outcome.recording is not None
        return pipeline, compare_metrics(plain, self.outcome.recording.metrics)

    @contextmanager
    def _package(self, changed: Mapping[str, str]) -> Iterator[str]:
        package = f"mutant_{next(_numbers)}"
        version = self.folder / package
        code = version / "code"
        code.mkdir(parents=True)
        for name, text in {**self.outcome.files, **changed}.items():
            (code / name).write_text(text, encoding="utf-8")
        for path in (template_root() / "version").glob("*.py"):
            shutil.copyfile(path, code / path.name)
        names = [f"code/{path.name}" for path in code.glob("*.py")]
        register(package, version, digest_tree(version, names))
        try:
            yield package
        finally:
            for name in [m for m in sys.modules if m.partition(".")[0] == package]:
                del sys.modules[name]
            shutil.rmtree(version)


def make_subject(source: Source, folder: Path) -> Subject:
    """Build a notebook.

    Args:
        source: The notebook.
        folder: An empty folder, which must live as long as the subject.
    """
    outcome = build(source, folder)
    assert outcome.status == "built", outcome.says()
    return Subject(
        source.name,
        outcome,
        folder,
        joblib.load(folder / RAW),  # noqa: TID251 (what this very test wrote)
        joblib.load(folder / SCORED),  # noqa: TID251 (what this very test wrote)
    )
