"""The notebooks whose versions are mutated."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.corpus.percent import Source, read_sources

_ROOT = Path(__file__).resolve().parents[2]
_CORPUS = read_sources(_ROOT / "tests" / "corpus" / "notebooks")
_MAGIC = re.compile(r"^%.*$", re.MULTILINE)

CORPUS = (
    "string_methods",
    "dates",
    "to_numeric_coerce",
    "np_where",
    "apply_column",
    "fillna_mean",
    "fillna_dict_stat",
    "fillna_loop_dtypes",
    "loc_quantile_named",
    "zscore_helper_loop",
    "frequency_encoding",
    "rare_to_other",
    "agg_merge",
    "agg_map",
    "target_encoding",
    "get_dummies_columns",
    "get_dummies_na",
    "labelencoder_loop",
    "ordinal",
    "onehot_frame",
    "scaler_train_test",
    "features_after_split",
    "test_own_stat",
    "tfidf_hstack",
    "imputer_after_filter",
    "iqr",
    "numpy_stats",
    "matrix_covariance",
    "function_returns_statistic",
    "column_transformer",
    "regression_plain",
    "whole_houses",
    "whole_customers",
    "whole_visits",
)
"""Notebooks of the corpus, varied in what they freeze."""

QUICK = ("np_where", "fillna_dict_stat", "loc_quantile_named", "labelencoder_loop", "agg_map")
"""Notebooks of which some mutants are judged in every test run."""

SHIPPED = ("penguins", "adult", "housing")
"""The notebooks of `notebooks/`, on samples of their tables."""

ALL = (*CORPUS, *SHIPPED)


def source_of(name: str) -> Source:
    """Return a notebook by its name."""
    return _shipped(name) if name in SHIPPED else _CORPUS[name]


def _shipped(name: str) -> Source:
    path = _ROOT / "notebooks" / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = []
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        # Exploration draws pictures, which a process without a screen does not show.
        if cell["cell_type"] == "code" and tags:
            text = _MAGIC.sub("", "".join(cell["source"]))
            texts.append(f"# %% {','.join(tags)}\n{text}")
    return Source(name, "\n".join(texts) + "\n")
