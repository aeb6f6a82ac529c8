"""Regular expressions that are compiled when they are first used: most notebooks need few of them."""

import re
from collections.abc import Iterator


class LazyPattern:
    """A regular expression of whose compilation nobody pays before it is used.

    Args:
        text: The expression.
        flags: The flags of `re.compile`.
    """

    __slots__ = ("_compiled", "_flags", "_text")

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """Return the compiled expression."""
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        return self._compiled

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match anywhere in a text."""
        return self.compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Return the match at the start of a text."""
        return self.compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of a whole text."""
        return self.compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield all matches in a text."""
        return self.compiled.finditer(text)

    def findall(self, text: str) -> list[str]:
        """Return all matches in a text; the expression must not have several groups."""
        return self.compiled.findall(text)
