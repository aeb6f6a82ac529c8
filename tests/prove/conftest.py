"""A version written by hand beside a plain computation of what it must give; no compiler is involved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from nb2prod.artifact.manifest import NotebookFile, Tool, VersionFacts, package_name, seal
from nb2prod.artifact.schema import describe
from nb2prod.prove.captured import Captured
from nb2prod.runtime import packages
from nb2prod.runtime.digests import canonical_json, digest_text, digest_tree
from nb2prod.service.templates import template_root

FEATURES = '''
from typing import Any

import pandas as pd

from .domain import in_domain
from .pipeline import Fitted


def features(df: Any, fitted: Fitted) -> Any:
    """Return what the model receives for raw rows."""
    df = df.copy()
    in_domain(df["length"] > 100, "cell 3 line 1: `df = df[df.length > 100]`", column="length")
    df["mass"] = df["mass"].fillna(fitted.mass_mean)
    df["heavy"] = (df["mass"] > fitted.mass_median).astype(int)
    df["island"] = df["island"].map(fitted.island_means)
    df["ratio"] = df["mass"] / df["length"]
    X = df[["mass", "length", "heavy", "island", "ratio"]]
    return X
'''
_numbers = count()
_HELD_OUT = slice(60, 100)


def raw_table() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    mass = rng.normal(4000, 500, 100).round(1)
    mass[::9] = np.nan
    return pd.DataFrame(
        {
            "island": rng.choice(["Biscoe", "Dream", "Torgersen"], 100),
            "mass": mass,
            "length": rng.normal(190, 15, 100).round(1),
            "species": rng.choice(["Adelie", "Gentoo"], 100),
        }
    )


def plain_features(raw: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Compute the features as a notebook does, on the whole table."""
    df = raw.copy()
    df["mass"] = df["mass"].fillna(fitted["mass_mean"])
    df["heavy"] = (df["mass"] > fitted["mass_median"]).astype(int)
    df["island"] = df["island"].map(fitted["island_means"])
    df["ratio"] = df["mass"] / df["length"]
    return df[["mass", "length", "heavy", "island", "ratio"]]


def fitted_values(raw: pd.DataFrame) -> dict[str, Any]:
    return {
        "mass_mean": raw["mass"].mean(),
        "mass_median": raw["mass"].median(),
        "island_means": raw.groupby("island")["mass"].mean(),
    }


@dataclass(frozen=True, slots=True)
class Mutation:
    """What is wrong with a version.

    Attributes:
        source: Changes the text of ``features.py``.
        pipeline: Changes the fitted pipeline.
    """

    source: Callable[[str], str] = field(default=str)
    pipeline: Callable[[Any], None] = field(default=lambda pipeline: None)


@dataclass(frozen=True, slots=True)
class Made:
    """A sealed version and the captures of the notebook that it stands for."""

    folder: Path
    captured: Captured


MakeVersion = Callable[[Mutation], Made]


@pytest.fixture
def make_mutant(tmp_path: Path) -> MakeVersion:
    def make(mutation: Mutation) -> Made:
        return _make(tmp_path / f"made{next(_numbers)}", mutation)

    return make


def _make(folder: Path, mutation: Mutation) -> Made:
    import importlib

    raw, version = raw_table(), folder / "service" / "versions" / "v1"
    fitted = fitted_values(raw)
    X, y = plain_features(raw, fitted), raw["species"]
    model = LogisticRegression(max_iter=5000).fit(X.iloc[:60], y.iloc[:60])
    run_key = digest_text(str(folder))
    package = package_name("birds", run_key)
    _write_code(version / "code", mutation.source(FEATURES))
    names = [f"code/{path.name}" for path in (version / "code").iterdir()]
    packages.register(package, version, digest_tree(version, names))
    module = importlib.import_module(f"{package}.pipeline")
    pipeline = module.assemble(
        raw, module.Fitted(fitted), module.Trained(model, None, None), ["species"]
    )
    captured = _capture(folder, raw, X.iloc[_HELD_OUT], model)
    mutation.pipeline(pipeline)
    joblib.dump(pipeline, version / "pipeline.joblib")
    (version / "schema.json").write_text(canonical_json(describe(raw, ["species"])))
    seal(version, _facts(run_key, model))
    return Made(version, captured)


def _write_code(code: Path, source: str) -> None:
    code.mkdir(parents=True)
    (code / "__init__.py").write_text("")
    (code / "features.py").write_text(source)
    for path in (template_root() / "version").glob("*.py"):
        (code / path.name).write_bytes(path.read_bytes())


def _facts(run_key: str, model: Any) -> VersionFacts:
    return VersionFacts(
        name="birds",
        version="v1",
        run_key=run_key,
        task="classification",
        classes=tuple(model.classes_.tolist()),
        target=("species",),
        metrics={"accuracy": 0.5},
        parameters={},
        seed=42,
        threads=1,
        hash_seed=42,
        data=(),
        tool=Tool("0.1.0", "3.11"),
        notebook=NotebookFile("notebook/birds.ipynb", digest_text("")),
    )


def _capture(folder: Path, raw: pd.DataFrame, features: pd.DataFrame, model: Any) -> Captured:
    joblib.dump(raw, folder / "raw.joblib")
    scored = {
        "features": features,
        "positions": np.arange(100)[_HELD_OUT],
        "predictions": model.predict(features),
        "probabilities": model.predict_proba(features),
    }
    joblib.dump(scored, folder / "scored.joblib")
    return Captured(
        raw=folder / "raw.joblib",
        scored=folder / "scored.joblib",
        rows=40,
        classes=model.classes_.tolist(),
        is_held_out=True,
        identified_by="label",
        metrics={"accuracy": 0.5},
    )
