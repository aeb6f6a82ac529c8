"""Which classes learn from the rows that they are fitted to, and which calls keep rows as they are."""

LEARNERS = frozenset(
    {
        "sklearn.preprocessing.StandardScaler",
        "sklearn.preprocessing.MinMaxScaler",
        "sklearn.preprocessing.MaxAbsScaler",
        "sklearn.preprocessing.RobustScaler",
        "sklearn.preprocessing.QuantileTransformer",
        "sklearn.preprocessing.PowerTransformer",
        "sklearn.preprocessing.KBinsDiscretizer",
        "sklearn.preprocessing.TargetEncoder",
        "sklearn.impute.SimpleImputer",
        "sklearn.impute.KNNImputer",
        "sklearn.impute.IterativeImputer",
        "sklearn.decomposition.PCA",
        "sklearn.decomposition.KernelPCA",
        "sklearn.decomposition.TruncatedSVD",
        "sklearn.feature_selection.SelectKBest",
        "sklearn.feature_selection.SelectPercentile",
        "sklearn.feature_selection.SelectFromModel",
        "sklearn.feature_selection.RFE",
        "sklearn.feature_selection.RFECV",
        "sklearn.feature_selection.VarianceThreshold",
        "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
        "sklearn.feature_extraction.text.TfidfVectorizer",
        "sklearn.compose.ColumnTransformer",
        "category_encoders.TargetEncoder",
    }
)
"""Transformers whose result for a row depends on the other rows."""

TRANSFORMERS = (
    "sklearn.preprocessing.",
    "sklearn.impute.",
    "sklearn.decomposition.",
    "sklearn.feature_selection.",
    "sklearn.feature_extraction.",
    "sklearn.compose.",
    "category_encoders.",
)
"""Modules whose classes transform."""

LIBRARIES = ("sklearn.", "imblearn.", "xgboost.", "lightgbm.", "catboost.", "category_encoders.")
"""Libraries whose classes are fitted."""

KEEPING = frozenset(
    {
        "copy",
        "fillna",
        "dropna",
        "astype",
        "replace",
        "reset_index",
        "sort_values",
        "sort_index",
        "assign",
        "query",
        "head",
        "tail",
        "map",
        "apply",
        "to_numpy",
        "ravel",
        "reshape",
        "drop_duplicates",
        "merge",
        "join",
        "clip",
        "round",
        "interpolate",
        "toarray",
        "to_frame",
        "squeeze",
        "flatten",
        "str",
        "where",
        "mask",
        "transform",
        "convert_dtypes",
        "infer_objects",
        "abs",
    }
)
"""Methods after which the rows and columns of a table are still its own."""

LOOKING_BACK = frozenset({"shift", "rolling", "diff", "pct_change", "expanding", "ewm"})
"""Methods that compute a row from the rows before it."""

RESAMPLERS = ("imblearn.over_sampling.", "imblearn.under_sampling.", "imblearn.combine.")
"""Modules whose classes balance classes."""

CROSS_VALIDATIONS = frozenset(
    {
        "sklearn.model_selection.cross_val_score",
        "sklearn.model_selection.cross_validate",
        "sklearn.model_selection.cross_val_predict",
    }
)
"""Calls that split, fit and score by themselves."""

CONCATENATIONS = frozenset(
    {"pandas.concat", "numpy.concatenate", "numpy.vstack", "numpy.hstack", "numpy.column_stack"}
)
"""Calls that put data together, given as a list."""

READERS = ("read_", "load_", "fetch_")
"""How the names of calls begin that give a table."""


def is_learner(path: str) -> bool:
    """Say whether a class learns from the rows."""
    return path in LEARNERS


def is_transformer(path: str) -> bool:
    """Say whether a class transforms rather than predicts."""
    return path.startswith(TRANSFORMERS)
