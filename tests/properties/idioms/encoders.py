"""Idioms that encode categories or fit a transformer."""

from tests.properties.idioms.idiom import Idiom


def _fitted(made: str, data: str = "df[$N]") -> str:
    return f"@[{made}.fit_transform({data})@|@<{made}.fit({data})>@.transform({data})]@"


def _named(name: str, made: str, data: str) -> str:
    """Bind a transformer to a name; it is fitted later in the notebook, and at once for the oracle."""
    return f"{name} = @[{made}@|@<{made}.fit({data})>@]@\n"


def _applied(name: str, data: str) -> str:
    return f"@[{name}.fit_transform({data})@|{name}.transform({data})]@"


def _dummies(data: str, options: str = "", rest: str = "") -> str:
    call = f"pd.get_dummies({data}{options})"
    return f"@[{call}@|dummies({data}, @<{call}.columns>@{rest})]@"


_HOT = "OneHotEncoder(handle_unknown='ignore', sparse_output=False)"
_ORDINAL = "OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)"
_TEXT = "df[c].astype(str)"
_OF = ", columns=[$X]"
_CONCAT, _JOIN = ", prefix='p$u'", ", prefix='j$u'"
_MEDIAN = "SimpleImputer(strategy='median')"
_FREQUENT = "SimpleImputer(strategy='most_frequent')"
_BINS = "KBinsDiscretizer(n_bins=3, encode='ordinal')"

ENCODERS = (
    Idiom("dummies column", "df = " + _dummies("df", _OF, _OF)),
    Idiom(
        "dummies drop first",
        "df = " + _dummies("df", f"{_OF}, drop_first=True, dtype=int", f"{_OF}, dtype=int"),
    ),
    Idiom("dummies na", "df = " + _dummies("df", *[f"{_OF}, dummy_na=True"] * 2)),
    Idiom("dummies prefix", "df = " + _dummies("df", *[f"{_OF}, prefix='p$u'"] * 2)),
    Idiom(
        "dummies concat",
        f"d$u = {_dummies('df[$c]', _CONCAT, _CONCAT)}\ndf = pd.concat([df, d$u], axis=1)",
    ),
    Idiom("dummies join", f"df = df.join({_dummies('df[$c]', _JOIN, _JOIN)})"),
    Idiom(
        "dummies chained",
        "df = pd.concat([df.drop($X, axis=1), "
        + _dummies("df[$X]", *[", prefix='p$u', dtype=float"] * 2)
        + "], axis=1)",
    ),
    Idiom("scaler columns", f"df[$N] = {_fitted('StandardScaler()')}"),
    Idiom("minmax columns", f"df[$N] = {_fitted('MinMaxScaler()')}"),
    Idiom(
        "robust named",
        _named("r$u", "RobustScaler()", "df[$N]") + f"df[$N] = {_applied('r$u', 'df[$N]')}",
    ),
    Idiom(
        "fit then transform",
        "s$u = @[StandardScaler().fit(df[$N])@|@<StandardScaler().fit(df[$N])>@]@\n"
        "df[$N] = s$u.transform(df[$N])",
    ),
    Idiom("imputer median", f"df[$N] = {_fitted(_MEDIAN)}"),
    Idiom(
        "imputer frequent",
        f"df[[$c]] = {_fitted(_FREQUENT, 'df[[$c]]')}",
    ),
    Idiom("bins", f"df[[$o]] = {_fitted(_BINS, 'df[[$i]]')}"),
    Idiom("label encoder", f"df[$x] = {_fitted('LabelEncoder()', 'df[$x]')}"),
    Idiom(
        "label encoder named",
        _named("e$u", "LabelEncoder()", "df[$c]") + f"df[$o] = {_applied('e$u', 'df[$c]')}",
    ),
    Idiom(
        "label encoder loop",
        "@[e$u = LabelEncoder()\n@|]@for c in $C:\n"
        f"    df[c + '_$u'] = @[e$u.fit_transform({_TEXT})@|"
        f"@<LabelEncoder().fit({_TEXT})>@.transform({_TEXT})]@",
        is_whole=True,
    ),
    Idiom(
        "label encoder dict",
        f"l$u = {{}}\nfor c in $C:\n    {_named('l$u[c]', 'LabelEncoder()', _TEXT)}"
        f"    df[c + '_$u'] = {_applied('l$u[c]', _TEXT)}",
        is_whole=True,
    ),
    Idiom("ordinal", f"df[[$o]] = {_fitted(_ORDINAL, 'df[[$c]]')}"),
    Idiom(
        "onehot frame",
        _named("h$u", _HOT, "df[[$c]]")
        + f"a$u = {_applied('h$u', 'df[[$c]]')}\n"
        + "n$u = h$u.get_feature_names_out()\n"
        "df = pd.concat([df, pd.DataFrame(a$u, columns=n$u, index=df.index)], axis=1)",
    ),
    Idiom(
        "text counts",
        _named("w$u", "CountVectorizer()", "df[$t]")
        + f"a$u = {_applied('w$u', 'df[$t]')}.toarray()\n"
        + "df = df.join(pd.DataFrame(a$u, index=df.index).add_prefix('w$u'))",
    ),
    Idiom("pca", f"df[[$o, $q]] = {_fitted('PCA(n_components=2)', 'df[$N].fillna(0)')}"),
    Idiom("quantiles", f"df[[$o]] = {_fitted('QuantileTransformer(n_quantiles=10)', 'df[[$i]]')}"),
)
