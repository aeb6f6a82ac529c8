"""Write a command's result to standard output or to the file that was asked for."""

import sys
from pathlib import Path

from nb2prod.errors import EnvironmentFault


def write_out(text: str, file: Path | None) -> None:
    """Write a text.

    Args:
        text: The text, newline at its end.
        file: Where it goes; standard output if None.

    Raises:
        EnvironmentFault: If the file cannot be written.
    """
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"{file} cannot be written: {error.strerror or error}",
            why="nothing else was changed",
            hint="choose another file with -o; its folder must exist",
        ) from error
