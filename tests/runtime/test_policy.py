from pathlib import Path

import pytest

from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.policy import DomainPolicy, read_policy


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        pytest.param(None, DomainPolicy("flag"), id="no-file"),
        pytest.param("name = 'a'", DomainPolicy("flag"), id="default"),
        pytest.param("domain = 'reject'", DomainPolicy("reject"), id="reject"),
        pytest.param(
            "domain = 'fallback'\nfallback = 3.5", DomainPolicy("fallback", 3.5), id="fallback"
        ),
    ],
)
def test_the_service_s_settings_say_it(
    tmp_path: Path, text: str | None, policy: DomainPolicy
) -> None:
    if text is not None:
        (tmp_path / "nb2prod.toml").write_text(text)
    assert read_policy(tmp_path) == policy


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("domain = 'drop'", "flag, reject, fallback", id="unknown"),
        pytest.param("domain = 'fallback'", "needs `fallback`", id="no-value"),
        pytest.param("domain = ", "no valid TOML", id="toml"),
    ],
)
def test_settings_that_say_nothing_keep_the_service_from_starting(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "nb2prod.toml").write_text(text)
    with pytest.raises(ArtifactError, match=says):
        read_policy(tmp_path)
