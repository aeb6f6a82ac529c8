"""A trained object holds nothing that is another in every process."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline

from nb2prod.service.templates import template_root

TEXTS = ["a warm room", "a cold room", "the quiet street"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = template_root() / "service" / "train.py"
    spec = importlib.util.spec_from_file_location("train_script", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _within(vectorizer: TfidfVectorizer, how: str) -> Any:
    if how == "pipeline":
        return make_pipeline(vectorizer)
    if how == "union":
        return FeatureUnion([("words", vectorizer)])
    if how == "columns":
        table = pd.DataFrame({"text": TEXTS})
        return ColumnTransformer([("words", vectorizer, "text")]).fit(table)
    return SimpleNamespace(tables={"by name": [vectorizer]}, itself=how, module=json)


@pytest.mark.parametrize("how", ["pipeline", "union", "columns", "state"])
def test_no_address_is_left_wherever_a_vectorizer_is(how: str, script: ModuleType) -> None:
    vectorizer = TfidfVectorizer(stop_words=["the"]).fit(TEXTS)
    before = vectorizer.transform(TEXTS).toarray()
    held = _within(vectorizer, how)
    # A column transformer fits a copy.
    kept = held.named_transformers_["words"] if how == "columns" else vectorizer
    assert hasattr(kept, "_stop_words_id")
    script.forget_addresses(held)
    assert not hasattr(kept, "_stop_words_id")
    assert (kept.transform(TEXTS).toarray() == before).all()


def test_an_object_that_holds_itself_ends_the_search(script: ModuleType) -> None:
    ring: dict[str, Any] = {"words": CountVectorizer().fit(TEXTS)}
    ring["ring"] = ring
    script.forget_addresses(ring)
    assert not hasattr(ring["words"], "_stop_words_id")


_PROCESS = """
import hashlib, runpy, sys, joblib, io
from sklearn.feature_extraction.text import TfidfVectorizer
script = runpy.run_path(sys.argv[1])
made = TfidfVectorizer(stop_words=["the"]).fit(["a warm room", "the cold room"])
script["forget_addresses"](made)
stream = io.BytesIO()
joblib.dump(made, stream)
print(hashlib.sha256(stream.getvalue()).hexdigest())
"""


def test_two_processes_give_the_same_bits() -> None:
    path = str(template_root() / "service" / "train.py")
    command = [sys.executable, "-c", _PROCESS, path]
    digests = {
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)
    }
    assert len(digests) == 1
    assert Path(path).is_file()
