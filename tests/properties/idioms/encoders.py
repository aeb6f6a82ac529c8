"""Idioms that encode categories or fit a transformer."""

from tests.properties.idioms.idiom import Idiom

_FIT = "@[{made}.fit_transform(df[{columns}])@|@<{made}.fit(df[{columns}])>@.transform(df[{columns}])]@"


def _fitted(made: str, columns: str = "$N") -> str:
    return _FIT.format(made=made, columns=columns)


_DUMMIES = "@[pd.get_dummies({data}{options})@|dummies({data}, @<pd.get_dummies({data}{options}).columns>@{rest})]@"


def _dummies(data: str, options: str = "", rest: str = "") -> str:
    return _DUMMIES.format(data=data, options=options, rest=rest)


ENCODERS = (
    Idiom("dummies column", "df = " + _dummies("df", ", columns=[$X]", ", columns=[$X]")),
    Idiom(
        "dummies drop first",
        "df = "
        + _dummies("df", ", columns=[$X], drop_first=True, dtype=int", ", columns=[$X], dtype=int"),
    ),
    Idiom(
        "dummies na",
        "df = " + _dummies("df", ", columns=[$X], dummy_na=True", ", columns=[$X], dummy_na=True"),
    ),
    Idiom(
        "dummies prefix",
        "df = " + _dummies("df", ", columns=[$X], prefix='p$u'", ", columns=[$X], prefix='p$u'"),
    ),
    Idiom(
        "dummies concat",
        "d$u = "
        + _dummies("df[$c]", ", prefix='p$u'", ", prefix='p$u'")
        + "\ndf = pd.concat([df, d$u], axis=1)",
    ),
    Idiom(
        "dummies join",
        "df = df.join(" + _dummies("df[$c]", ", prefix='j$u'", ", prefix='j$u'") + ")",
    ),
    Idiom(
        "dummies chained",
        "df = pd.concat([df.drop($X, axis=1), "
        + _dummies("df[$X]", ", prefix='p$u', dtype=float", ", prefix='p$u', dtype=float")
        + "], axis=1)",
    ),
    Idiom("scaler columns", "df[$N] = " + _fitted("StandardScaler()")),
    Idiom("minmax columns", "df[$N] = " + _fitted("MinMaxScaler()")),
    Idiom(
        "robust named",
        "r$u = @[RobustScaler()@|@<RobustScaler().fit(df[$N])>@]@\ndf[$N] = @[r$u.fit_transform(df[$N])@|r$u.transform(df[$N])]@",
    ),
    Idiom(
        "fit then transform",
        "s$u = @[StandardScaler().fit(df[$N])@|@<StandardScaler().fit(df[$N])>@]@\ndf[$N] = s$u.transform(df[$N])",
    ),
    Idiom("imputer median", "df[$N] = " + _fitted("SimpleImputer(strategy='median')")),
    Idiom(
        "imputer frequent",
        "df[[$c]] = " + _fitted("SimpleImputer(strategy='most_frequent')", "[$c]"),
    ),
    Idiom("bins", "df[[$o]] = " + _fitted("KBinsDiscretizer(n_bins=3, encode='ordinal')", "[$i]")),
    Idiom("label encoder", "df[$x] = " + _fitted("LabelEncoder()", "$x")),
    Idiom(
        "label encoder named",
        "e$u = @[LabelEncoder()@|@<LabelEncoder().fit(df[$c])>@]@\ndf[$o] = @[e$u.fit_transform(df[$c])@|e$u.transform(df[$c])]@",
    ),
    Idiom(
        "label encoder loop",
        "@[e$u = LabelEncoder()\n@|]@for c in $C:\n    df[c + '_$u'] = @[e$u.fit_transform(df[c].astype(str))@|@<LabelEncoder().fit(df[c].astype(str))>@.transform(df[c].astype(str))]@",
        is_whole=True,
    ),
    Idiom(
        "label encoder dict",
        "l$u = {}\nfor c in $C:\n    l$u[c] = @[LabelEncoder()@|@<LabelEncoder().fit(df[c].astype(str))>@]@\n    df[c + '_$u'] = @[l$u[c].fit_transform(df[c].astype(str))@|l$u[c].transform(df[c].astype(str))]@",
        is_whole=True,
    ),
    Idiom(
        "ordinal",
        "df[[$o]] = "
        + _fitted("OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)", "[$c]"),
    ),
    Idiom(
        "onehot frame",
        "h$u = @[OneHotEncoder(handle_unknown='ignore', sparse_output=False)@|@<OneHotEncoder(handle_unknown='ignore', sparse_output=False).fit(df[[$c]])>@]@\n"
        "a$u = @[h$u.fit_transform(df[[$c]])@|h$u.transform(df[[$c]])]@\n"
        "df = pd.concat([df, pd.DataFrame(a$u, columns=h$u.get_feature_names_out(), index=df.index)], axis=1)",
    ),
    Idiom(
        "text counts",
        "w$u = @[CountVectorizer()@|@<CountVectorizer().fit(df[$t])>@]@\n"
        "a$u = @[w$u.fit_transform(df[$t])@|w$u.transform(df[$t])]@.toarray()\n"
        "df = df.join(pd.DataFrame(a$u, index=df.index).add_prefix('w$u'))",
    ),
    Idiom(
        "pca",
        "df[[$o, $q]] = @[PCA(n_components=2).fit_transform(df[$N].fillna(0))@|@<PCA(n_components=2).fit(df[$N].fillna(0))>@.transform(df[$N].fillna(0))]@",
    ),
    Idiom("power", "df[[$o]] = " + _fitted("QuantileTransformer(n_quantiles=10)", "[$i]")),
)
