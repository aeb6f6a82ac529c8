"""What the terminal can show."""

import os
from typing import TextIO


def is_coloured(stream: TextIO) -> bool:
    """Say whether to use colours: only on a terminal, and never against NO_COLOR."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
