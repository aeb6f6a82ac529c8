"""Which notebooks have a row kernel, and why others have none; a kernel that differs from its pipeline is a fault."""

import pytest

from tests.corpus.conftest import Build
from tests.corpus.expectations import BUILT, EXPECTED
from tests.corpus.kernels import kernel_of

ON = (
    "column_transformer",
    "fillna_mean",
    "fillna_loop",
    "get_dummies_columns",
    "labelencoder_loop",
    "map_dict",
    "mask_filter",
    "minmax_by_hand",
    "np_where",
    "ordinal",
    "row_arithmetic",
    "simpleimputer",
    "string_methods",
)
OFF = {
    "agg_merge": "DataFrame.merge",
    "apply_rows": "a lambda or local function",
    "countvec_split": "the transformer CountVectorizer",
    "cut_edges": "pandas.cut",
    "list_comprehension_rows": "a loop over rows",
    "multi_output": "a model of several targets",
    "threshold": "the model Answers",
    "whole_adult": "DataFrame.to_dict",
}
_OTHERS = sorted(
    name for name, status in EXPECTED.items() if status == BUILT and name not in {*ON, *OFF}
)


@pytest.mark.parametrize("name", ON)
def test_a_kernel_that_holds(name: str, built: Build) -> None:
    found = kernel_of(*built(name))
    assert found.get("digest"), found
    assert found["answered"] > 0
    assert found["largest"] <= 1e-9


@pytest.mark.parametrize(("name", "why"), OFF.items())
def test_a_reason_for_none(name: str, why: str, built: Build) -> None:
    assert kernel_of(*built(name)) == {"off": why}


@pytest.mark.slow
@pytest.mark.parametrize("name", _OTHERS)
def test_no_compiled_kernel_differs(name: str, built: Build) -> None:
    outcome, folder = built(name)
    if outcome.status != "built":
        pytest.skip("a library is missing here")
    found = kernel_of(outcome, folder)
    assert "differs" not in str(found.get("off", "")), found
