"""A proof is worth what it finds: every mutation of a right version must be found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from nb2prod.errors import ExecutionFailed
from nb2prod.prove.captured import open_scored, open_table
from nb2prod.prove.equality import Comparison
from nb2prod.prove.replay import Replay
from nb2prod.prove.replaying import replaying
from nb2prod.runtime.loading import load_version
from tests.prove.conftest import (
    Made,
    MakeVersion,
    Mutation,
    fitted_values,
    plain_features,
    raw_table,
)


def replay_of(made: Made) -> Replay:
    scored = open_scored(made.captured.scored)
    return Replay(load_version(made.folder).pipeline, open_table(made.captured.raw), scored, 300)


def wrong_in(report: dict[str, Comparison]) -> set[str]:
    return {kind for kind, found in report.items() if found.mismatches}


def test_a_right_version_is_proved(make_mutant: MakeVersion) -> None:
    report = replay_of(make_mutant(Mutation())).report()
    assert wrong_in(report) == set()
    rows = {kind: found.rows for kind, found in report.items()}
    assert (rows["features"], rows["batch"], rows["shuffled"], rows["single"]) == (40, 40, 40, 40)
    assert rows["target"] > 0
    assert rows["synthetic"] > 20
    assert max(found.largest for found in report.values()) < 1e-9


def _without(line: str) -> Callable[[str], str]:
    def drop(source: str) -> str:
        assert source.count(line) == 1
        return source.replace(line, "pass")

    return drop


def _with(old: str, new: str) -> Callable[[str], str]:
    def change(source: str) -> str:
        assert old in source
        return source.replace(old, new, 1)

    return change


def _fitted(name: str, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    def set_value(pipeline: Any) -> None:
        fitted = pipeline.named_steps["features"].fitted
        setattr(fitted, name, change(getattr(fitted, name)))

    return set_value


def _coefficients(pipeline: Any) -> None:
    pipeline[-1].coef_ = pipeline[-1].coef_ * (1 + 1e-6)


def _classes(pipeline: Any) -> None:
    pipeline[-1].classes_ = pipeline[-1].classes_[::-1]


MUTATIONS = {
    "a mean is off in the sixth digit": (
        Mutation(pipeline=_fitted("mass_mean", lambda value: value * (1 + 1e-6))),
        "features",
    ),
    "a threshold moved a little": (
        Mutation(pipeline=_fitted("mass_median", lambda value: value + 40)),
        "features",
    ),
    "two groups are exchanged": (
        Mutation(
            pipeline=_fitted("island_means", lambda v: v.set_axis([v.index[1], v.index[0], "x"]))
        ),
        "features",
    ),
    "a category is lost": (
        Mutation(pipeline=_fitted("island_means", lambda value: value.iloc[1:])),
        "features",
    ),
    "a model's coefficients are off": (Mutation(pipeline=_coefficients), "batch"),
    "the classes are exchanged": (Mutation(pipeline=_classes), "batch"),
    "nulls are not filled": (
        Mutation(_without('df["mass"] = df["mass"].fillna(fitted.mass_mean)')),
        "features",
    ),
    "a derived column is not there": (
        Mutation(_without('df["ratio"] = df["mass"] / df["length"]')),
        "features",
    ),
    "columns are permuted": (
        Mutation(_with('"mass", "length", "heavy"', '"length", "mass", "heavy"')),
        "features",
    ),
    "columns have other names": (
        Mutation(_with("return X", 'return X.rename(columns={"ratio": "rate"})')),
        "features",
    ),
    "a column too many": (Mutation(_with("return X", "return X.assign(one=1)")), "features"),
    "a row is lost": (Mutation(_with("return X", "return X.iloc[1:]")), "features"),
    "it raises for some rows": (
        Mutation(_with("return X", 'assert (df["mass"] < 4500).all()\n    return X')),
        "features",
    ),
    "a mean of the request's own rows": (
        Mutation(_with("fitted.mass_median", 'df["mass"].median()')),
        "single",
    ),
    "the row before": (
        Mutation(_with('df["mass"] / df["length"]', 'df["mass"].shift(1) / df["length"]')),
        "single",
    ),
    "rows are sorted": (
        Mutation(_with("return X", 'return X.sort_values("mass", kind="stable")')),
        "features",
    ),
    "the label of the row": (
        Mutation(_with('df["mass"] / df["length"]', 'df["mass"] / df["length"] + df.index * 0.1')),
        "shuffled",
    ),
    "the target": (
        Mutation(_with("return X", 'X["heavy"] += df["species"] == "Gentoo"\n    return X')),
        "target",
    ),
    "a filter that drops scored rows": (Mutation(_with("> 100,", "> 190,")), "domain"),
    "a filter that looks at other rows": (
        Mutation(_with('df["length"] > 100', 'df["length"] > 380 / (1 + len(df))')),
        "domain",
    ),
    "a number beyond all that are known": (
        Mutation(
            _with(
                'df["mass"] / df["length"]',
                'df["mass"] / df["length"] + (df["length"] > 300).any() * 1.0',
            )
        ),
        "synthetic",
    ),
    "values that only a new mixture shows": (
        Mutation(
            _with(
                'df["mass"] / df["length"]',
                'df["mass"] / df["length"] + (df.duplicated() * 1.0)',
            )
        ),
        "synthetic",
    ),
}


@pytest.mark.parametrize(("mutation", "kind"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_mutation_is_found(mutation: Mutation, kind: str, make_mutant: MakeVersion) -> None:
    report = replay_of(make_mutant(mutation)).report()
    assert kind in wrong_in(report)
    assert report[kind].first is not None


@pytest.mark.parametrize(
    ("mutation", "kind", "line", "name"),
    [
        (MUTATIONS["a mean of the request's own rows"][0], "single", 15, "df"),
        (MUTATIONS["the row before"][0], "single", 17, "df"),
    ],
    ids=["a mean", "the row before"],
)
def test_the_first_statement_that_differs_is_blamed(
    mutation: Mutation, kind: str, line: int, name: str, make_mutant: MakeVersion
) -> None:
    replay = replay_of(make_mutant(mutation))
    blamed = replay.blame(kind, replay.report()[kind])
    assert blamed is not None
    assert (blamed.file, blamed.line, blamed.name) == ("features.py", line, name)


def _with_training(made: Made) -> Replay:
    """Replay also the rows that the model was fitted on, as the notebook computes them."""
    raw = raw_table()
    features = plain_features(raw, fitted_values(raw)).iloc[:60]
    model = LogisticRegression(max_iter=5000).fit(features, raw["species"].iloc[:60])
    training = {
        "features": features,
        "positions": np.arange(60),
        "predictions": model.predict(features),
        "probabilities": model.predict_proba(features),
    }
    scored = {**open_scored(made.captured.scored), "training": training}
    return Replay(load_version(made.folder).pipeline, open_table(made.captured.raw), scored, 300)


def test_fitted_rows_prove_a_right_version_too(make_mutant: MakeVersion) -> None:
    report = _with_training(make_mutant(Mutation())).report()
    assert wrong_in(report) == set()
    assert report["training"].rows == 120


def _off_where_only_training_shows() -> Mutation:
    lengths = raw_table()["length"]
    value = next(v for v in lengths.iloc[:60] if v not in set(lengths.iloc[60:]))
    replaced = f'df["mass"] / df["length"].replace({value}, {value + 5})'
    return Mutation(_with('df["mass"] / df["length"]', replaced))


def test_a_fitted_row_shows_what_no_held_out_row_shows(make_mutant: MakeVersion) -> None:
    made = make_mutant(_off_where_only_training_shows())
    assert wrong_in(replay_of(made).report()) == set()
    report = _with_training(made).report()
    assert wrong_in(report) == {"training"}
    assert "ratio" in str(report["training"].first)


def _with_parts(made: Made, **changed: Any) -> Replay:
    """Replay also what the notebook's split gave as its other part; there `X` is the part that is scored."""
    raw = raw_table()
    table = plain_features(raw, fitted_values(raw)).iloc[:60].assign(**changed)
    part = {"names": ["X", "y"], "table": table, "positions": np.arange(60)}
    scored = {**open_scored(made.captured.scored), "parts": [part]}
    return Replay(load_version(made.folder).pipeline, open_table(made.captured.raw), scored, 300)


def test_the_other_part_of_a_split_proves_a_right_version_too(make_mutant: MakeVersion) -> None:
    report = _with_parts(make_mutant(Mutation())).report()
    assert wrong_in(report) == set()
    assert report["parts"].rows == 60 * 5


def test_the_other_part_of_a_split_shows_what_no_held_out_row_shows(
    make_mutant: MakeVersion,
) -> None:
    report = _with_parts(make_mutant(_off_where_only_training_shows())).report()
    assert wrong_in(report) == {"parts"}
    assert "ratio" in str(report["parts"].first)


def test_what_later_lines_change_proves_still(make_mutant: MakeVersion) -> None:
    scaled = Mutation(_with("return X", 'X = X.assign(ratio=X["ratio"] / 7)\n    return X'))
    assert wrong_in(_with_parts(make_mutant(scaled)).report()) == {
        "features",
        "batch",
        "shuffled",
        "single",
    }


def test_a_column_that_depends_on_the_target_is_none_that_a_request_has(
    make_mutant: MakeVersion,
) -> None:
    labelled = Mutation(
        _with("return X", 'X = X.assign(heavy=(df["species"] == "Gentoo"))\n    return X')
    )
    gentoo = (raw_table()["species"] == "Gentoo").iloc[:60]
    assert "parts" not in wrong_in(_with_parts(make_mutant(labelled), heavy=gentoo).report())


def test_a_replay_runs_in_a_process_of_its_own(make_mutant: MakeVersion, tmp_path: Path) -> None:
    mutation, kind = MUTATIONS["a mean of the request's own rows"]
    made = make_mutant(mutation)
    with replaying(made.folder, made.captured, tmp_path, sample=True) as replay:
        comparisons, blame = replay.result()
    assert comparisons[kind].mismatches > 0
    assert blame[kind]["line"] == 15


def test_a_version_that_was_changed_is_not_opened(make_mutant: MakeVersion, tmp_path: Path) -> None:
    made = make_mutant(Mutation())
    (made.folder / "code" / "features.py").write_text("print('hello')\n")
    with (
        replaying(made.folder, made.captured, tmp_path, sample=True) as replay,
        pytest.raises(ExecutionFailed, match="could not be opened") as raised,
    ):
        replay.result()
    assert "was changed" in str(raised.value.why)
