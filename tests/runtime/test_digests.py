import hashlib
from pathlib import Path

import pytest

from nb2prod.runtime.digests import canonical_json, digest_file, digest_listing, digest_tree


def test_digest_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert digest_file(tmp_path / "a") == "sha256:" + hashlib.sha256(b"abc").hexdigest()


def test_listing_is_what_sha256sum_prints_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"2")
    (tmp_path / "a").write_bytes(b"1")
    files = digest_tree(tmp_path, ["b", "a"])
    lines = sorted(f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in [("a", b"1"), ("b", b"2")])
    expected = "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()
    assert digest_listing(files) == expected
    assert digest_listing(dict(reversed(files.items()))) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": "é"}, '{\n  "a": "é",\n  "b": 1\n}\n'),
        ([0.1, 2**53 + 1], "[\n  0.1,\n  9007199254740993\n]\n"),
    ],
)
def test_canonical_json(value: object, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_canonical_json_has_no_nan(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"metric": value})
