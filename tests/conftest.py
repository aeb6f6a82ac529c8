"""A version and a service made by hand, as a build would leave them."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from nb2prod.registry.address import DATABASE_NAME, URI_VARIABLE

# The same examples in every run, and a busy machine is no fault of what is tested.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

FEATURES = '''
"""Raw rows to model input."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from .functions import island_code


class Refused(ValueError):
    """A record that the training's own filter would have dropped."""

    rejected_field = "mass"
    rejected_reason = "must be above 0"


class Features(TransformerMixin, BaseEstimator):
    def fit(self, df, y=None):
        self.mass_mean_ = df["mass"].mean()
        self.sexes_ = {sex: code for code, sex in enumerate(sorted(df["sex"].unique()))}
        return self

    def transform(self, df):
        if (df["mass"] <= 0).any():
            raise Refused
        return np.column_stack(
            [
                df["mass"].fillna(self.mass_mean_) / SCALE,
                df["eggs"],
                df["island"].map(island_code),
                df["seen"].dt.day_of_year.fillna(0),
                df["tagged"].astype(int),
                (df["ring"] % 7).astype(float),
                [self.sexes_[sex] for sex in df["sex"]],
            ]
        )
'''
FUNCTIONS = '''
"""What the features share."""


def island_code(island):
    return {"Biscoe": 0, "Dream": 1}.get(island, 2)
'''
ROWS = 60
PROVED = {"rows": ROWS, "mismatches": 0, "largest": 0.0, "first": None, "row": None}


def raw_frame(rows: int = ROWS) -> Any:
    """Return a raw table with nulls, labels, integers beyond 2**53, booleans and dates."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    mass = rng.normal(4000.0, 500.0, rows).round(1)
    mass[::7] = np.nan
    seen = pd.Series(pd.date_range("2008-01-01", periods=rows, freq="D", unit="us"))
    seen[5] = None
    return pd.DataFrame(
        {
            "island": pd.Series(rng.choice(["Biscoe", "Dream", "Torgersen"], rows), dtype="str"),
            "mass": mass,
            "eggs": rng.integers(0, 4, rows),
            "seen": seen,
            "tagged": rng.random(rows) < 0.5,
            "ring": np.arange(2**53 + 1, 2**53 + 1 + rows),
            "sex": pd.Series(["f", "m"] * (rows // 2), dtype="str"),
            "species": pd.Series(
                np.where(np.nan_to_num(mass) > 4000, "Gentoo", "Adelie"), dtype="str"
            ),
        }
    )


MakeVersion = Callable[..., Path]


@pytest.fixture(scope="session")
def make_version() -> MakeVersion:
    """Return a function that writes, trains and seals a version below a service's folder."""
    return _make_version


def _make_version(
    service: Path,
    version: str = "v1",
    *,
    scale: float = 1000.0,
    name: str = "birds",
    rows: int = ROWS,
    held_out: int = 3,
) -> Path:
    """Train on all rows but every ``held_out``th; features divided by a larger ``scale`` make a worse model."""
    import importlib

    import joblib
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    from nb2prod.artifact.manifest import NotebookFile, Tool, VersionFacts, package_name, seal
    from nb2prod.artifact.reference import write_reference
    from nb2prod.artifact.rows import write_rows
    from nb2prod.artifact.schema import describe
    from nb2prod.runtime import packages
    from nb2prod.runtime.digests import canonical_json, digest_text, digest_tree
    from nb2prod.runtime.frames import to_records
    from nb2prod.runtime.schema import Schema

    folder = service / "versions" / version
    code = folder / "code"
    code.mkdir(parents=True)
    code.joinpath("__init__.py").write_text('"""The emitted code."""\n')
    code.joinpath("functions.py").write_text(FUNCTIONS)
    code.joinpath("features.py").write_text(FEATURES.replace("SCALE", str(scale)))
    run_key = digest_text(f"{name} {scale}")
    package = package_name(name, run_key)
    paths = [path.relative_to(folder).as_posix() for path in code.iterdir()]
    packages.register(package, folder, digest_tree(folder, paths))
    frame = raw_frame(rows)
    raw = frame.drop(columns=["species"])
    features = importlib.import_module(f"{package}.features").Features()
    pipeline = Pipeline([("features", features), ("model", LogisticRegression(max_iter=5000))])
    fitted = np.arange(rows) % held_out != 0
    pipeline.fit(raw[fitted], frame["species"][fitted])
    joblib.dump(pipeline, folder / "pipeline.joblib")
    content = describe(frame, ["species"])
    (folder / "schema.json").write_text(canonical_json(content))
    schema = Schema.from_mapping(content)
    write_reference(folder, frame, schema)
    write_rows(
        folder,
        frame,
        schema,
        range(0, rows, held_out),
        is_held_out=True,
        is_fitted_target=True,
    )
    records = to_records(Schema.from_mapping(content), raw)
    golden = [
        {
            "record": record,
            "prediction": label,
            "probabilities": dict(zip(pipeline.classes_, row, strict=True)),
        }
        for record, label, row in zip(
            records, pipeline.predict(raw), pipeline.predict_proba(raw).tolist(), strict=True
        )
    ]
    (folder / "golden.json").write_text(
        json.dumps({"format": 1, "tolerance": 1e-9, "rows": golden[:60]})
    )
    checks = dict.fromkeys(("batch", "shuffled", "single", "http"), PROVED)
    parity = {"format": 1, "held_out": True, "rows": ROWS, "tolerance": 1e-9, "checks": checks}
    (folder / "parity.json").write_text(canonical_json(parity))
    for lock in ("requirements-train.lock", "requirements-serve.lock"):
        (folder / lock).write_text("pandas==3.1.1\n")
    facts = VersionFacts(
        name=name,
        version=version,
        run_key=run_key,
        task="classification",
        classes=tuple(pipeline.classes_.tolist()),
        target=("species",),
        metrics={"accuracy": 0.75},
        parameters={},
        seed=42,
        threads=1,
        hash_seed=42,
        data=(),
        tool=Tool("0.1.0", "3.11"),
        notebook=NotebookFile("notebook/birds.ipynb", digest_text("")),
    )
    seal(folder, facts)
    return folder


@pytest.fixture(scope="session")
def built_service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a scaffolded service with versions v1 and v2, whose code differs. Do not change it."""
    from nb2prod.artifact.opening import load
    from nb2prod.service.rendering import ServiceFacts
    from nb2prod.service.scaffold import scaffold

    service = tmp_path_factory.mktemp("services") / "birds"
    _make_version(service, "v1")
    loaded = load(_make_version(service, "v2", scale=500.0))
    scaffold(service, ServiceFacts(loaded.manifest, loaded.schema, "birds.ipynb"))
    return service


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new database of MLflow; migrating one takes seconds."""
    from nb2prod.registry.opening import _make_database

    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    path = tmp_path_factory.mktemp("database") / DATABASE_NAME
    _make_database(path)
    return path


NewService = Callable[..., Path]


@pytest.fixture
def new_service(
    built_service: Path, migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> NewService:
    """Return a function that makes a service called birds, with v1 and v2 or only some of them."""
    monkeypatch.delenv(URI_VARIABLE, raising=False)

    def make(*versions: str) -> Path:
        service = tmp_path / "birds"
        shutil.copytree(built_service, service)
        for folder in (service / "versions").glob("v*"):
            if versions and folder.name not in versions:
                shutil.rmtree(folder)
        (service / "state").mkdir(exist_ok=True)
        shutil.copyfile(migrated_database, service / "state" / DATABASE_NAME)
        return service

    return make
