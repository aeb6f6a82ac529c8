"""Idioms whose rows depend on other rows, for which no oracle can give one request's answer: they must be refused."""

from tests.properties.idioms.idiom import Idiom


def _impossible(expression: str) -> str:
    return f"df[$o] = @[{expression}@|impossible()]@"


def _impossible_where_null(expression: str) -> str:
    return f"df[$o] = @[{expression}@|impossible() if df[$n].isna().any() else df[$n]]@"


OTHER_ROWS = (
    Idiom("rank", _impossible("df[$n].rank(pct=True)")),
    Idiom("cumsum", _impossible("df[$i].cumsum()")),
    Idiom("shift", _impossible("df[$n].shift(1)")),
    Idiom("diff", _impossible("df[$i].diff().fillna(0)")),
    Idiom("rolling", _impossible("df[$i].rolling(3, min_periods=1).mean()")),
    Idiom("ffill", _impossible_where_null("df[$n].ffill()")),
    Idiom("argsort", _impossible("df[$i].values.argsort()")),
    Idiom("sorted", _impossible("np.sort(df[$i].values)")),
    Idiom("reversed", _impossible("df[$i].values[::-1]")),
    Idiom("row number", _impossible("range(len(df))")),
    Idiom("index", _impossible("df.index")),
    Idiom("cumcount", _impossible("df.groupby($c).cumcount()")),
    Idiom("duplicated", _impossible("df.duplicated(subset=[$c]).astype(int)")),
    Idiom("group rank", _impossible("df.groupby($c)[$i].rank()")),
    Idiom("zscore of library", _impossible("stats.zscore(df[$i])")),
    Idiom("interpolate", _impossible_where_null("df[$n].interpolate().fillna(0)")),
    Idiom("random", _impossible("np.random.rand(len(df))")),
)
