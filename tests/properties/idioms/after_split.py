"""Idioms on ``X_train`` and ``X_test``: statistics of the one, applied to both."""

from tests.properties.idioms.idiom import Idiom

AFTER_SPLIT = (
    Idiom(
        "fill mean",
        "m = @<X_train.mean()>@\nX_train = X_train.fillna(m)\nX_test = X_test.fillna(m)",
    ),
    Idiom(
        "fill inline",
        "X_test = X_test.fillna(@<X_train.median()>@)\nX_train = X_train.fillna(@<X_train.median()>@)",
    ),
    Idiom(
        "loop over columns",
        "for c in @<list(X_train.columns)>@:\n    m = @<X_train[c].mean()>@\n"
        "    X_train[c] = X_train[c].fillna(m)\n    X_test[c] = X_test[c].fillna(m)",
    ),
    Idiom(
        "loop over frames",
        "m = @<X_train.median()>@\nfor part in [X_train, X_test]:\n    part.fillna(m, inplace=True)",
    ),
    Idiom(
        "scaler",
        "s = @[StandardScaler()@|@<StandardScaler().fit(X_train)>@]@\n"
        "X_train = @[s.fit_transform(X_train)@|s.transform(X_train)]@\nX_test = s.transform(X_test)",
    ),
    Idiom(
        "scaler other names",
        "s = @[MinMaxScaler()@|@<MinMaxScaler().fit(X_train)>@]@\n@[s.fit(X_train)\n@|]@"
        "X_train, X_test = s.transform(X_train), s.transform(X_test)",
    ),
    Idiom(
        "imputer",
        "s = @[SimpleImputer(strategy='median')@|@<SimpleImputer(strategy='median').fit(X_train)>@]@\n"
        "X_train = @[s.fit_transform(X_train)@|s.transform(X_train)]@\nX_test = s.transform(X_test)",
    ),
    Idiom(
        "scaler frames",
        "s = @[StandardScaler().fit(X_train)@|@<StandardScaler().fit(X_train)>@]@\n"
        "X_train = pd.DataFrame(s.transform(X_train), columns=X_train.columns, index=X_train.index)\n"
        "X_test = pd.DataFrame(s.transform(X_test), columns=X_test.columns, index=X_test.index)",
    ),
    Idiom(
        "clip by training",
        "a, b = @<X_train.quantile(0.05)>@, @<X_train.quantile(0.95)>@\n"
        "X_train = X_train.clip(a, b, axis=1)\nX_test = X_test.clip(a, b, axis=1)",
    ),
    Idiom(
        "columns by training",
        "k = @<[c for c in X_train.columns if X_train[c].std() > 0.5]>@\nX_train = X_train[k]\nX_test = X_test[k]",
    ),
    Idiom(
        "selector",
        "s = @[SelectKBest(k=2)@|@<SelectKBest(k=2).fit(X_train.fillna(0), y_train)>@]@\n"
        "X_train = @[s.fit_transform(X_train.fillna(0), y_train)@|s.transform(X_train.fillna(0))]@\n"
        "X_test = s.transform(X_test.fillna(0))",
    ),
    Idiom(
        "own statistic of the held-out rows",
        "X_train = X_train.fillna(@<X_train.mean()>@)\nX_test = X_test.fillna(@<X_test.mean()>@)",
    ),
    Idiom(
        "function for both",
        "def prepare(frame, means):\n    frame = frame.copy()\n    return frame.fillna(means)\n"
        "m = @<X_train.mean()>@\nX_train = prepare(X_train, m)\nX_test = prepare(X_test, m)",
    ),
    Idiom("row-wise", "X_train = X_train * 2\nX_test = X_test * 2"),
    Idiom(
        "reset", "X_train = X_train.reset_index(drop=True)\nX_test = X_test.reset_index(drop=True)"
    ),
    Idiom(
        "training only",
        "@[X_train = X_train.iloc[:-2]\ny_train = y_train[:-2]@|"
        "if training: X_train, y_train = X_train.iloc[:-2], y_train[:-2]]@",
    ),
)
