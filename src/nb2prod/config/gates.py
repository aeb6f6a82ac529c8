"""The settings of the gates: ``[gates]`` of ``nb2prod.toml``."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from nb2prod.config.section import Section

Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True)]
Count = Annotated[StrictInt, Field(ge=1)]


class Bound(Section):
    """Least and largest value of a metric.

    Attributes:
        min: Least value.
        max: Largest value.
    """

    min: Annotated[float, Field(strict=True)] | None = None
    max: Annotated[float, Field(strict=True)] | None = None


class Waiver(Section):
    """Somebody takes the responsibility for a gate that does not pass, for some time.

    Attributes:
        gate: The gate's name as `nb2prod gate` shows it, such as `metric:accuracy`.
        by: Who takes it.
        reason: Why.
        until: The last day on which it holds.
    """

    gate: Annotated[StrictStr, Field(min_length=1)]
    by: Annotated[StrictStr, Field(min_length=1)]
    reason: Annotated[StrictStr, Field(min_length=1)]
    until: date


class Champion(Section):
    """The candidate against the version in production, on rows that neither was trained on.

    Attributes:
        enabled: Whether they are compared at all.
        metric: What is compared; by default accuracy, or the mean absolute error of a regression.
        margin: By how much the candidate may be worse: of accuracy, F1 or R² in their own unit, of an error as a
            share of the champion's.
        confidence: Of the lower bound of the difference.
        min_rows: Rows below which nothing is concluded.
    """

    enabled: StrictBool = True
    metric: Literal["accuracy", "f1_macro", "mae", "rmse", "r2"] | None = None
    margin: Annotated[float, Field(ge=0, strict=True)] = 0.01
    confidence: Annotated[float, Field(gt=0.5, lt=1, strict=True)] = 0.95
    min_rows: Count = 50


class Fairness(Section):
    """Rates by group.

    Attributes:
        features: Columns of the raw table whose values are the groups.
        positive: The class that is the favourable outcome.
        min_ratio: Least ratio of two groups' selection rates.
        min_group: Rows below which a group is not judged.
        max_difference: Largest difference of true or false positive rates between groups; not asked for by default.
    """

    features: tuple[StrictStr, ...] = ()
    positive: StrictStr | StrictInt | StrictBool | StrictFloat | None = None
    min_ratio: Share = 0.8
    min_group: Count = 30
    max_difference: Share | None = None


class Drift(Section):
    """Training data against the champion's.

    Attributes:
        max_columns: Most columns that may have drifted.
        significance: Of all columns together.
        min_effect: Least distance between two distributions that counts, 0 to 1.
        min_rows: Rows below which nothing is concluded.
    """

    max_columns: Annotated[StrictInt, Field(ge=0)] = 0
    significance: Annotated[float, Field(gt=0, lt=1, strict=True)] = 0.05
    min_effect: Share = 0.1
    min_rows: Count = 100


class Quality(Section):
    """What the training data must be like.

    Attributes:
        min_rows: Least rows.
        max_null_share: Largest share of nulls in any column.
        max_duplicate_share: Largest share of rows that repeat another.
        min_class_share: Least share of any class.
        ranges: Least and largest value by column.
        max_age_days: Most days since the newest value, by column of dates.
    """

    min_rows: Count | None = None
    max_null_share: Share | None = None
    max_duplicate_share: Share | None = None
    min_class_share: Share | None = None
    ranges: dict[StrictStr, Bound] = Field(default_factory=dict)
    max_age_days: dict[StrictStr, Positive] = Field(default_factory=dict)


class Leakage(Section):
    """What may have seen held-out rows; nothing is asked by default, since a build tells leaks as warnings.

    Attributes:
        max_leaks: Most leaks; remarks on categories and conditions do not count.
        codes: Codes of leaks of which none may be there.
        max_change: By how much a metric may differ from its value without leaks, by its name.
    """

    max_leaks: Annotated[StrictInt, Field(ge=0)] | None = None
    codes: tuple[Annotated[StrictStr, Field(pattern="^NBC6[0-9]{2}$")], ...] = ()
    max_change: dict[StrictStr, Annotated[float, Field(ge=0, strict=True)]] = Field(
        default_factory=dict
    )


class Robustness(Section):
    """How much the candidate may lose on disturbed rows; a disturbance without a bound is not tried.

    Attributes:
        noise: Largest loss with noise of a tenth of a standard deviation on every number.
        missing: Largest loss with a tenth of the values missing, where training saw missing ones.
        swaps: Largest loss with a tenth of the categories swapped.
        classes: Largest loss where rows weigh so that all classes weigh the same.
        slices: Largest loss of the worst category against all rows.
        min_slice: Rows below which a category is not judged.
    """

    noise: Positive | None = None
    missing: Positive | None = None
    swaps: Positive | None = None
    classes: Positive | None = None
    slices: Positive | None = None
    min_slice: Count = 30


class Gates(Section):
    """Thresholds that a candidate must meet; no part of the run key.

    Attributes:
        metrics: Bounds by the name of a metric.
        max_artifact_mb: Most megabytes of the model files.
        max_latency_ms: Most milliseconds for one record, in 95 of 100 requests.
        reproducible: Whether a second training must give the same bits.
        champion: The candidate against the version in production.
        quality: What the training data must be like.
        leakage: What may have seen held-out rows.
        drift: Training data against the champion's; not looked at where the table is missing.
        fairness: Rates by group.
        robustness: How much may be lost on disturbed rows.
        waivers: Gates that need not pass for some time.
    """

    metrics: dict[StrictStr, Bound] = Field(default_factory=dict)
    max_artifact_mb: Positive | None = None
    max_latency_ms: Positive | None = None
    reproducible: StrictBool = False
    champion: Champion = Champion()
    quality: Quality = Quality()
    leakage: Leakage = Leakage()
    drift: Drift | None = None
    fairness: Fairness = Fairness()
    robustness: Robustness = Robustness()
    waivers: tuple[Waiver, ...] = ()
