"""Idioms with a statistic of the table."""

from tests.properties.idioms.idiom import Idiom

STATISTICS = (
    Idiom("fill mean", "df[$n] = df[$n].fillna(@<df[$n].mean()>@)"),
    Idiom("fill median", "df[$n] = df[$n].fillna(value=@<df[$n].median()>@)"),
    Idiom("fill mode", "df[$c] = df[$c].fillna(@<df[$c].mode()[0]>@)"),
    Idiom("fill most frequent", "df[$c] = df[$c].fillna(@<df[$c].value_counts().idxmax()>@)"),
    Idiom("fill mean numpy", "df[$n] = df[$n].fillna(@<np.nanmean(df[$n])>@)"),
    Idiom("fill loc", "df.loc[df[$n].isnull(), $n] = @<df[$n].median()>@"),
    Idiom("fill where", "df[$n] = np.where(df[$n].isna(), @<df[$n].mean()>@, df[$n])"),
    Idiom("fill named", "m$u = @<df[$n].mean()>@\ndf[$n] = df[$n].fillna(m$u)"),
    Idiom("fill frame", "df[$N] = df[$N].fillna(@<df[$N].mean()>@)"),
    Idiom("fill dict", "df = df.fillna({$n: @<df[$n].median()>@, $m: @<df[$m].mean()>@})"),
    Idiom("fill mean of part", "df[$n] = df[$n].fillna(@<df.loc[df[$i] > 2, $n].mean()>@)"),
    Idiom("fill other", "df[$o] = df[$n].fillna(df[$m]).fillna(@<df[$m].max()>@)"),
    Idiom(
        "fill if null",
        "if @<df[$n].isnull().any()>@:\n    df[$n] = df[$n].fillna(@<df[$n].mean()>@)",
        is_whole=True,
    ),
    Idiom("zscore", "df[$o] = (df[$n] - @<df[$n].mean()>@) / @<df[$n].std()>@"),
    Idiom(
        "minmax",
        "df[$o] = (df[$n] - @<df[$n].min()>@) / (@<df[$n].max()>@ - @<df[$n].min()>@ + 1)",
    ),
    Idiom(
        "center method", "df[$o] = df[$n].sub(@<df[$n].mean()>@).div(@<df[$n].std(ddof=0)>@ + 1)"
    ),
    Idiom("share", "df[$o] = df[$i] / @<df[$i].sum()>@"),
    Idiom("rows", "df[$o] = df[$n] / @<len(df)>@"),
    Idiom("shape", "df[$o] = df[$n] * @<df.shape[0]>@"),
    Idiom("quantile clip", "df[$n] = df[$n].clip(upper=@<df[$n].quantile(0.9)>@)"),
    Idiom(
        "quantile clip both",
        "df[$n] = df[$n].clip(@<df[$n].quantile(0.1)>@, @<df[$n].quantile(0.9)>@)",
    ),
    Idiom("quantile write", "q$u = @<df[$n].quantile(0.95)>@\ndf.loc[df[$n] > q$u, $n] = q$u"),
    Idiom("percentile", "df[$o] = np.clip(df[$n], 0, @<np.nanpercentile(df[$n], 80)>@)"),
    Idiom("above median", "df[$o] = np.where(df[$n] > @<df[$n].median()>@, 1, 0)"),
    Idiom("above mean", "df[$o] = (df[$n] >= @<df[$n].mean()>@).astype(int)"),
    Idiom("lambda of mean", "m$u = @<df[$n].mean()>@\ndf[$o] = df[$n].apply(lambda v: v - m$u)"),
    Idiom("frame zscore", "df[$N] = (df[$N] - @<df[$N].mean()>@) / (@<df[$N].std()>@ + 1)"),
    Idiom(
        "iqr clip", "a$u, b$u = @<df[$n].quantile([0.25, 0.75])>@\ndf[$o] = df[$n].clip(a$u, b$u)"
    ),
    Idiom("first", "df[$o] = df[$i] - @<df[$i].iloc[0]>@"),
    Idiom("frequency", "df[$o] = df[$c].map(@<df[$c].value_counts()>@)"),
    Idiom(
        "frequency share", "df[$o] = df[$c].map(@<df[$c].value_counts(normalize=True)>@).fillna(0)"
    ),
    Idiom("group mean map", "df[$o] = df[$c].map(@<df.groupby($c)[$n].mean()>@)"),
    Idiom(
        "group dict map", "df[$o] = df[$c].map(@<df.groupby($c)[$n].median().to_dict()>@).fillna(0)"
    ),
    Idiom(
        "group named map",
        "g$u = @<df.groupby($c)[$i].max()>@\ndf[$o] = df[$i] / (df[$c].map(g$u) + 1)",
    ),
    Idiom("group fill", "df[$n] = df[$n].fillna(df[$c].map(@<df.groupby($c)[$n].mean()>@))"),
    Idiom(
        "group merge",
        "g$u = @<df.groupby($c)[$n].mean().rename($o).reset_index()>@\n"
        'df = df.merge(g$u, on=$c, how="left")',
    ),
    Idiom(
        "group agg merge",
        "g$u = @<df.groupby($c, as_index=False).agg(**{$o: ($i, 'mean'), $q: ($n, 'max')})>@\n"
        "df = pd.merge(df, g$u, on=$c, how='left')",
    ),
    Idiom(
        "group transform",
        "df[$o] = @[df.groupby($c)[$n].transform('mean')@|df[$c].map(@<df.groupby($c)[$n].mean()>@)]@",
    ),
    Idiom(
        "group transform count",
        "df[$o] = @[df.groupby($c)[$c].transform('count')@|df[$c].map(@<df.groupby($c)[$c].count()>@)]@",
    ),
    Idiom(
        "rare",
        "v$u = @<df[$c].value_counts()>@\nr$u = v$u[v$u < 6].index\ndf[$c] = df[$c].replace(r$u, 'other')",
    ),
    Idiom(
        "top",
        "t$u = @<df[$c].value_counts().index[:2]>@\ndf[$oc] = np.where(df[$c].isin(t$u), df[$c], 'rest')",
    ),
    Idiom(
        "rare lambda",
        "v$u = @<df[$c].value_counts()>@\ndf[$o] = df[$c].map(lambda v: v$u.get(v, 0))",
    ),
    Idiom(
        "codes by dict",
        "k$u = @<{v: j for j, v in enumerate(sorted(df[$c].dropna().unique()))}>@\ndf[$o] = df[$c].map(k$u)",
    ),
    Idiom(
        "codes by order",
        "k$u = @<{v: j for j, v in enumerate(df[$c].unique())}>@\ndf[$o] = df[$c].map(k$u)",
    ),
    Idiom("correlation", "df[$o] = df[$n] * @<df[$n].corr(df[$m])>@"),
    Idiom("oldest date", "df[$o] = (df[$p] - @<df[$p].min()>@).dt.days"),
    Idiom("max as divisor list", "df[$o] = df[$n] / @<max(df[$i].tolist())>@"),
    Idiom(
        "qcut",
        "df[$o] = @[pd.qcut(df[$n], 4, labels=False, duplicates='drop')@|"
        "binned(df[$n], @<pd.qcut(df[$n], 4, retbins=True, duplicates='drop')[1]>@)]@",
    ),
    Idiom(
        "cut number",
        "df[$o] = @[pd.cut(df[$n], 3, labels=False)@|binned(df[$n], @<pd.cut(df[$n], 3, retbins=True)[1]>@)]@",
    ),
    Idiom(
        "columns by nulls",
        "n$u = @<[c for c in $N if df[c].isna().mean() < 0.1]>@\ndf[$o] = df[n$u].fillna(0).sum(axis=1)",
    ),
    Idiom(
        "cat codes",
        "df[$o] = @[df[$c].astype('category').cat.codes@|coded(df[$c], @<sorted(df[$c].dropna().unique())>@)]@",
    ),
)
