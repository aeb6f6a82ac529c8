"""Read the metrics of a run in its kernel, by a last cell that imports nothing of nb2prod."""

from __future__ import annotations

import json
from pathlib import Path

from nb2prod.execute.recorder.settings import bound_by
from nb2prod.notebook import Notebook, Role

_MEASURE = """
def _nb2prod_measure():
    import json, math
    found = {{}}
    def note(name, value):
        if getattr(value, "shape", None) == () and hasattr(value, "item"):
            value = value.item()
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = value if math.isfinite(value) else None
    for name in {names!r}:
        value = globals().get(name)
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(key, str):
                    note(name + "." + key, item)
        else:
            note(name, value)
    with open({path!r}, "w") as stream:
        json.dump(found, stream)
_nb2prod_measure()
del _nb2prod_measure
"""


def measuring_source(notebook: Notebook, path: Path) -> str:
    """Return the source of a cell that writes the numbers which the ``evaluate`` cells bind.

    Args:
        notebook: The notebook.
        path: The file that they go to.
    """
    return _MEASURE.format(names=bound_by(notebook, Role.EVALUATE), path=str(path.resolve()))


def measured(path: Path) -> dict[str, float | None]:
    """Return what the cell wrote; nothing where the run did not come so far."""
    try:
        found: dict[str, float | None] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    path.unlink()
    return found
