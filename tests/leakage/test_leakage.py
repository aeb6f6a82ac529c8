"""Leakage rules on labelled programs: right ones, wrong ones, and what is known to be missed."""

import re
from pathlib import Path

import pytest

from nb2prod.lint import lint
from nb2prod.notebook.percent import from_percent

_HEAD = """\
# %%
import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, silhouette_score
from sklearn.model_selection import (
    GridSearchCV, KFold, StratifiedKFold, TimeSeriesSplit, cross_val_score, train_test_split
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    LabelEncoder, MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler
)
from sklearn.utils import resample
# %%
df = pd.read_csv("people.csv")
# %%
"""
_SECTION = re.compile(r"^# ==== (?P<name>\w+) \| (?P<codes>.+)\n", re.MULTILINE)


def _programs() -> dict[str, tuple[frozenset[str], str]]:
    text = Path(__file__).with_name("programs.txt").read_text(encoding="utf-8")
    parts = _SECTION.split(text)[1:]
    return {
        name: (frozenset() if codes == "-" else frozenset(codes.split()), body)
        for name, codes, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


PROGRAMS = _programs()
MISSES = {
    "mean_of_all_rows_by_hand": "statistics by hand are frozen by a build, and are not followed",
    "target_encoded_by_hand": "as above",
}
"""Programs that are judged wrongly, and why."""


def found(name: str) -> frozenset[str]:
    """Return the leakage codes that lint finds in a program."""
    findings = lint(from_percent(_HEAD + PROGRAMS[name][1]))
    return frozenset(one.code for one in findings if one.code.startswith("NBL"))


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in MISSES])
def test_a_program_is_judged_as_labelled(name: str) -> None:
    assert found(name) == PROGRAMS[name][0]


def test_the_programs_are_many_and_judged_well() -> None:
    labelled = {(name, code) for name, (codes, _) in PROGRAMS.items() for code in codes}
    told = {(name, code) for name in PROGRAMS for code in found(name)}
    right = len(labelled & told)
    precision, recall = right / len(told), right / len(labelled)
    assert len(PROGRAMS) >= 60
    assert sum(not codes for codes, _ in PROGRAMS.values()) >= 25
    assert 2 * precision * recall / (precision + recall) >= 0.9
