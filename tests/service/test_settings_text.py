import tomllib

import pytest

from nb2prod.config import Config
from nb2prod.service.settings_text import settings_text

WAIVERS = """
[[gates.waivers]]
gate = "drift"
by = "A"
reason = "B\\n"
until = 2026-01-31

[[gates.waivers]]
gate = "champion"
by = "A"
reason = "C"
until = 2026-02-28
"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[gates]\nmax_artifact_mb = 5.0\nmetrics.accuracy.min = 0.9\n[gates.drift]\n",
        '[gates.quality.ranges."Body Mass (g)"]\nmin = 1.0\n',
        '[governance]\napprovals = 2\nowners.deployment = ["Ada \\"A\\"", "Zoë"]\n',
        "[registry]\nenabled = false\n",
        WAIVERS,
        '[gates.fairness]\nfeatures = ["a", "b"]\npositive = true\n',
    ],
)
def test_a_service_gets_the_settings_of_its_project(text: str) -> None:
    config = Config.model_validate(tomllib.loads(text))
    again = Config.model_validate(tomllib.loads(settings_text(config)))
    assert again == config
    assert (settings_text(config) == "") is (text == "")
