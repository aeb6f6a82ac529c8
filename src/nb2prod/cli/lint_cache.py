"""Findings of notebooks that were linted before, by the digest of all that they depend on."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.version import __version__

FORMAT = 1
"""Version of the entries; raise it when their form changes."""


class Cache:
    """A folder with one file for each notebook's content."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def key(self, data: bytes, *settings: object) -> str:
        """Return the name of an entry: content, settings, and the rules as they are."""
        from hashlib import sha256

        digest = sha256(data)
        for part in (FORMAT, __version__, *settings, *_rule_stamps()):
            digest.update(f"\0{part!r}".encode())
        return digest.hexdigest()

    def get(self, key: str) -> list[Diagnostic] | None:
        """Return the findings of an entry, or None where there is none that can be read."""
        try:
            entries = json.loads((self._folder / f"{key}.json").read_bytes())
            return [Diagnostic(**{**one, "severity": Severity(one["severity"])}) for one in entries]
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, key: str, diagnostics: list[Diagnostic]) -> None:
        """Keep findings; where the folder cannot be written, nothing is kept."""
        text = json.dumps([one.as_json() for one in diagnostics])
        temporary = self._folder / f"{key}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            ignore = self._folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
            temporary.write_text(text)
            temporary.replace(self._folder / f"{key}.json")
        except OSError:
            temporary.unlink(missing_ok=True)


def _rule_stamps() -> Iterator[tuple[str, int]]:
    """Yield when each rule was changed last, for those who work on rules."""
    import nb2prod.lint

    folder = Path(nb2prod.lint.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        yield path.name, path.stat().st_mtime_ns
