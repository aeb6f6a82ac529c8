"""Idioms that drop, repeat or reorder rows: training only."""

from tests.properties.idioms.idiom import Idiom


def _training(statement: str) -> str:
    return f"@[{statement}@|if training: {statement}]@"


FEWER_ROWS = (
    Idiom("dropna", _training("df = df.dropna(subset=[$n])")),
    Idiom("dropna inplace", _training("df.dropna(subset=$N, inplace=True)")),
    Idiom("dropna all", _training("df = df.dropna()")),
    Idiom("mask", _training("df = df[df[$n] < $f]")),
    Idiom("mask null", _training("df = df[df[$c].notna()]")),
    Idiom("mask copy", _training("df = df[(df[$i] > 0) | df[$n].isna()].copy()")),
    Idiom("query", _training("df = df.query('visits < 6')")),
    Idiom("isin", _training("df = df[~df[$c].isin(['Bern', 'pro'])]")),
    Idiom("duplicates", _training("df = df.drop_duplicates()")),
    Idiom("duplicates index", _training("df.drop_duplicates(inplace=True, ignore_index=True)")),
    Idiom("shuffle", _training("df = df.sample(frac=1, random_state=3)")),
    Idiom(
        "shuffle index", _training("df = df.sample(frac=1, random_state=3).reset_index(drop=True)")
    ),
    Idiom("sort", _training("df = df.sort_values($n)")),
    Idiom("reset", _training("df = df.reset_index(drop=True)")),
    Idiom("reset inplace", _training("df.reset_index(drop=True, inplace=True)")),
    Idiom("head", _training("df = df.iloc[:-2]")),
    Idiom("drop labels", _training("df = df.drop(df[df[$n] > $f].index)")),
    Idiom(
        "iqr",
        "@[q$u = df[$n].quantile(0.05)\ndf = df[(df[$n] > q$u) | df[$n].isna()]"
        "@|if training: df = df[(df[$n] > df[$n].quantile(0.05)) | df[$n].isna()]]@",
    ),
    Idiom("doubled", _training("df = pd.concat([df, df.iloc[:4]])")),
    Idiom("doubled index", _training("df = pd.concat([df, df.iloc[:4]], ignore_index=True)")),
    Idiom("regrouped", _training("df = pd.concat([df[df[$i] > 2], df[df[$i] <= 2]])")),
    Idiom(
        "regrouped index", _training("df = pd.concat([df[df[$b]], df[~df[$b]]], ignore_index=True)")
    ),
    Idiom(
        "zscore filter",
        _training("df = df[((df[$n] - df[$n].mean()) / df[$n].std()).abs().fillna(0) < 2.5]"),
    ),
)
