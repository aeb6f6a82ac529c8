"""Idioms on ``X`` once it is chosen: ``A`` where it has become an array, ``F`` where it is a frame of numbers."""

from tests.properties.idioms.idiom import Idiom


def _fitted(made: str) -> str:
    return f"X = @[{made}.fit_transform(X)@|@<{made}.fit(X)>@.transform(X)]@"


ARRAYS = (
    Idiom("nan to num", "X = np.nan_to_num(X)"),
    Idiom("standardised", "X = (X - @<np.nanmean(X, axis=0)>@) / (@<np.nanstd(X, axis=0)>@ + 1)"),
    Idiom("filled by mean", "X = np.where(np.isnan(X), @<np.nanmean(X, axis=0)>@, X)"),
    Idiom("stacked", "X = np.hstack([X, X[:, [0]] * 2])"),
    Idiom("columns added", "X = np.c_[X, X[:, 0] - @<np.nanmin(X[:, 0])>@]"),
    Idiom("column stack", "X = np.column_stack([X, np.nansum(X, axis=1)])"),
    Idiom("ones", "X = np.concatenate([np.ones((X.shape[0], 1)), X], axis=1)"),
    Idiom("slice", "X = X[:, :-1]"),
    Idiom("written column", "X[:, 0] = X[:, 0] / (@<np.nanmax(X[:, 0])>@ + 1)"),
    Idiom("written mask", "X[np.isnan(X)] = -1"),
    Idiom("written above", "X[X > @<np.nanpercentile(X, 95)>@] = 0"),
    Idiom(
        "clip",
        "X = np.clip(X, @<np.nanquantile(X, 0.05, axis=0)>@, @<np.nanquantile(X, 0.95, axis=0)>@)",
    ),
    Idiom("log", "X = np.log1p(np.abs(X))"),
    Idiom("float32", "X = X.astype('float32')"),
    Idiom("norm", "X = X / (np.linalg.norm(np.nan_to_num(X), axis=1, keepdims=True) + 1)"),
    Idiom("scaler", _fitted("StandardScaler()")),
    Idiom("imputer", _fitted("SimpleImputer(strategy='mean')")),
    Idiom("imputer scaler", _fitted("make_pipeline(SimpleImputer(), MinMaxScaler())")),
    Idiom("projected", "X = np.nan_to_num(X) @ @<np.linalg.eigh(np.cov(np.nan_to_num(X).T))[1]>@"),
    Idiom("transposed", "X = X.T\nX = X[::-1]\nX = X.T"),
)

FRAMES = (
    Idiom("fill mean", "X = X.fillna(@<X.mean()>@)"),
    Idiom("fill median inplace", "X.fillna(@<X.median()>@, inplace=True)"),
    Idiom("fill zero", "X = X.fillna(0)"),
    Idiom("standardised", "X = (X - @<X.mean()>@) / (@<X.std()>@ + 1)"),
    Idiom("minmax", "X = (X - @<X.min()>@) / (@<X.max()>@ - @<X.min()>@ + 1)"),
    Idiom("loop fill", "for c in @<X.columns>@:\n    X[c] = X[c].fillna(@<X[c].mean()>@)"),
    Idiom(
        "loop scale",
        "for c in @<list(X.columns)>@:\n    if @<X[c].std()>@ > 5:\n        X[c] = X[c] / @<X[c].std()>@",
    ),
    Idiom(
        "loop dtype",
        "for c in X.columns:\n    if X[c].dtype == 'float64':\n        X[c] = X[c].fillna(@<X[c].median()>@)",
    ),
    Idiom("drop constant", "X = X[@<[c for c in X.columns if X[c].nunique() > 1]>@]"),
    Idiom(
        "drop correlated",
        "X = X.drop(columns=@<[c for c in X.columns[1:] if abs(X[c].corr(X.iloc[:, 0])) > 0.95]>@)",
    ),
    Idiom("variance", "X = X.loc[:, @<X.var() > 0.01>@]"),
    Idiom("rename", "X.columns = [str(c).lower() for c in X.columns]"),
    Idiom("reindex", "X = X[sorted(X.columns)]"),
    Idiom("astype", "X = X.astype(float)"),
    Idiom(
        "scaler",
        "X = @[StandardScaler().fit_transform(X)@|@<StandardScaler().fit(X)>@.transform(X)]@",
        is_whole=True,
    ),
    Idiom(
        "scaler frame",
        "s = @[MinMaxScaler()@|@<MinMaxScaler().fit(X)>@]@\n"
        "X = pd.DataFrame(@[s.fit_transform(X)@|s.transform(X)]@, columns=X.columns, index=X.index)",
    ),
    Idiom(
        "scaler frame without index",
        "s = @[StandardScaler()@|@<StandardScaler().fit(X)>@]@\n"
        "X = pd.DataFrame(@[s.fit_transform(X)@|s.transform(X)]@, columns=X.columns)",
    ),
    Idiom(
        "scaler written",
        "s = @[StandardScaler()@|@<StandardScaler().fit(X)>@]@\nX[:] = @[s.fit_transform(X)@|s.transform(X)]@",
    ),
    Idiom("values", "X = X.to_numpy(dtype=float)", is_whole=True),
    Idiom("apply columns", "X = X.apply(lambda c: c.fillna(0))"),
    Idiom("row share", "X = X.div(X.abs().sum(axis=1) + 1, axis=0)"),
    Idiom("map values", "X = X.map(lambda v: v * 2)"),
)
