"""Packages that an install command in a cell asks for."""

import re

_INSTALL = re.compile(
    r"(?:sudo\s+)?(?:\S*/)?"
    r"(?:(?:python3?|py|\{sys\.executable\}|\$\{?\w+\}?)\s+-m\s+)?"
    r"(?:uv\s+)?(?:pip3?|conda|mamba|micromamba)\s+install\b(?P<rest>.*)",
    re.DOTALL,
)
_SEPARATOR = re.compile(r"&&|\|\|?|;")
_REDIRECTION = re.compile(r"\d?>>?\s*(?:&\d|[\w./-]+)(?=\s|$)")
_QUIET = re.compile(r"(?:tail|grep|cat|head|echo|true)\b.*", re.DOTALL)
_WITH_VALUE = frozenset(
    {"-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url"}
    | {"-f", "--find-links", "-t", "--target", "-n", "--name", "-p", "--prefix", "--channel"}
    | {"--python", "--root", "--proxy", "--timeout"}
)
_NO_NAME = ("-", ".", "/", "git+", "http:", "https:", "{", "$")


def requirements_in(command: str) -> tuple[str, ...] | None:
    """Return what an install command installs, or None when it does anything else.

    Options are left out, and so are requirement files, local folders and URLs: no name says what
    they bring.
    """
    parts = _SEPARATOR.split(_REDIRECTION.sub("", command.replace("\\\n", " ")))
    found: list[str] = []
    is_install = False
    for part in parts:
        match = _INSTALL.fullmatch(part.strip())
        if match is not None:
            is_install = True
            found += _packages(match["rest"])
        elif not _QUIET.fullmatch(part.strip()):
            return None
    return tuple(found) if is_install else None


def _packages(text: str) -> list[str]:
    import shlex

    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        words = text.split()
    found: list[str] = []
    is_value = False
    for word in words:
        if not is_value and not word.startswith(_NO_NAME) and not word.endswith((".txt", ".whl")):
            found.append(word)
        is_value = word in _WITH_VALUE
    return found
