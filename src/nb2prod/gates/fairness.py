"""Fairness: selection, true and false positive rates by the groups of a sensitive feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from nb2prod.gates.answers import LabelledRows, NoAnswer, Values, answers, labelled_rows
from nb2prod.gates.gate import Question
from nb2prod.gates.resampling import wilson
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.predictor import label_key

_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval.

    Attributes:
        hits: How many.
        n: Out of how many.
    """

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.hits / self.n if self.n else None

    def as_json(self) -> dict[str, Any]:
        """Return the figures with Wilson's interval."""
        return {"value": self.value, "n": self.n, "interval": list(wilson(self.hits, self.n))}


@dataclass(frozen=True, slots=True)
class Group:
    """The rates of one group, by fairlearn's names."""

    name: str
    selection_rate: Rate
    true_positive_rate: Rate
    false_positive_rate: Rate

    def as_json(self) -> dict[str, Any]:
        """Return the JSON-native form."""
        return {
            "selection_rate": self.selection_rate.as_json(),
            "true_positive_rate": self.true_positive_rate.as_json(),
            "false_positive_rate": self.false_positive_rate.as_json(),
        }


def fairness(question: Question) -> Iterator[GateResult]:
    """Compare the groups of each sensitive feature on the held-out rows.

    The ratio of the least to the largest selection rate must reach ``min_ratio``, four fifths by default (29 CFR
    1607.4 D). As there, a smaller ratio that chance explains is no finding, and here no pass either: it is
    inconclusive. Groups below ``min_group`` rows are shown and not judged.
    """
    settings = question.settings.fairness
    for feature in settings.features:
        name = f"fairness:{feature}"
        try:
            rows = labelled_rows(question.candidate)
            positive = _positive(question, settings.positive)
            said = answers(question.candidate, rows.records)
            groups = group_rates(_groups(rows, feature), rows.truth == positive, said == positive)
        except NoAnswer as error:
            yield GateResult(name, Verdict.INCONCLUSIVE, str(error))
            continue
        judged = [group for group in groups if group.selection_rate.n >= settings.min_group]
        evidence = {
            "positive": positive,
            "groups": {group.name: group.as_json() for group in groups},
            "not_judged": [group.name for group in groups if group not in judged],
        }
        yield _ratio(name, judged, settings.min_ratio, settings.min_group, evidence)
        if settings.max_difference is not None:
            yield _difference(name, judged, settings.max_difference)


def group_rates(groups: Sequence[str], truth: Values, said: Values) -> list[Group]:
    """Return the rates of each group.

    Args:
        groups: The group of each row.
        truth: Whether the favourable class is true of it.
        said: Whether it is predicted.
    """
    names = np.asarray(groups, dtype=object)
    found = []
    for name in sorted(set(groups)):
        own = names == name
        found.append(
            Group(
                name,
                Rate(int(said[own].sum()), int(own.sum())),
                Rate(int((said & truth)[own].sum()), int(truth[own].sum())),
                Rate(int((said & ~truth)[own].sum()), int((~truth)[own].sum())),
            )
        )
    return found


def _positive(question: Question, positive: object) -> str:
    manifest = question.candidate.manifest
    if manifest.task != "classification":
        raise NoAnswer("rates by group need a classification")
    labels = [label_key(label) for label in manifest.classes or ()]
    if positive is None:
        raise NoAnswer(f"`positive` must name the favourable class: {', '.join(labels)}")
    if label_key(positive) not in labels:
        raise NoAnswer(f"there is no class {positive!r}; there are {', '.join(labels)}")
    return label_key(positive)


def _groups(rows: LabelledRows, feature: str) -> list[str]:
    if any(feature not in record for record in rows.records[:1]):
        raise NoAnswer(f"the raw table has no column `{feature}`")
    return ["null" if r[feature] is None else label_key(r[feature]) for r in rows.records]


def _ratio(
    name: str, judged: Sequence[Group], least: float, min_group: int, evidence: dict[str, Any]
) -> GateResult:
    rates = [(group.selection_rate.value or 0.0, group) for group in judged]
    if len(rates) < 2:
        message = f"fewer than two groups have {min_group} held-out rows"
        return GateResult(name, Verdict.INCONCLUSIVE, message, evidence=evidence)
    (low, worst), (high, best) = (pick(rates, key=lambda pair: pair[0]) for pick in (min, max))
    n = sum(group.selection_rate.n for group in judged)
    if high == 0:
        message = "nobody is selected in any group"
        return GateResult(name, Verdict.INCONCLUSIVE, message, n=n, evidence=evidence)
    ratio = low / high
    interval = ratio_interval(worst.selection_rate, best.selection_rate)
    verdict = Verdict.PASS
    if ratio < least:
        verdict = Verdict.FAIL if interval[1] < 1.0 else Verdict.INCONCLUSIVE
    return GateResult(
        name,
        verdict,
        f"`{worst.name}` is selected {ratio:.3f} times as often as `{best.name}`, "
        f"and at least {least:g} is asked for",
        value=ratio,
        threshold=least,
        interval=interval,
        n=n,
        evidence=evidence,
    )


def ratio_interval(one: Rate, other: Rate) -> tuple[float, float]:
    """Return an interval of the ratio of two shares by its logarithm (Katz and others, Biometrics 34, 1978)."""
    z = float(special.ndtri((1 + _CONFIDENCE) / 2))
    # Half a case more, so that a group in which nobody is selected has an interval too.
    shares = [((rate.hits + 0.5) / (rate.n + 0.5), rate) for rate in (one, other)]
    spread = np.sqrt(sum(1 / (r.hits + 0.5) - 1 / (r.n + 0.5) for _, r in shares))
    middle = np.log(shares[0][0] / shares[1][0])
    return float(np.exp(middle - z * spread)), float(np.exp(middle + z * spread))


def _difference(name: str, judged: Sequence[Group], largest: float) -> GateResult:
    gaps = {}
    for kind in ("true_positive_rate", "false_positive_rate"):
        values = [v for v in (getattr(group, kind).value for group in judged) if v is not None]
        if len(values) > 1:
            gaps[kind] = max(values) - min(values)
    gate = f"{name}:equalized_odds"
    if not gaps:
        return GateResult(gate, Verdict.INCONCLUSIVE, "no two groups have rates to compare")
    kind, gap = max(gaps.items(), key=lambda item: item[1])
    return GateResult(
        gate,
        Verdict.PASS if gap <= largest else Verdict.FAIL,
        f"the {kind.replace('_', ' ')}s of two groups differ by {gap:.3f}, at most {largest:g}",
        value=gap,
        threshold=largest,
        evidence=gaps,
    )
