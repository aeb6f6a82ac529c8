"""Digests, and the one JSON form that they are taken of."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from io import BufferedReader
from pathlib import Path

PREFIX = "sha256:"


def digest_bytes(data: bytes) -> str:
    """Return ``sha256:`` and the hex digest of the bytes."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def digest_text(text: str) -> str:
    """Return the digest of the text's UTF-8 form."""
    return digest_bytes(text.encode())


def digest_stream(stream: BufferedReader) -> str:
    """Return the digest of what is left in an open binary file, in bounded memory."""
    return PREFIX + hashlib.file_digest(stream, "sha256").hexdigest()


def digest_file(path: Path) -> str:
    """Return the digest of a file's bytes."""
    with path.open("rb") as stream:
        return digest_stream(stream)


def digest_tree(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the digest of each named file below a folder, by its relative path."""
    return {path: digest_file(folder / path) for path in sorted(paths)}


def digest_listing(files: Mapping[str, str]) -> str:
    """Return one digest for several files, whatever the order they are given in.

    It is taken of the lines that ``sha256sum`` prints for them, sorted.
    """
    lines = sorted(f"{digest.removeprefix(PREFIX)}  {path}\n" for path, digest in files.items())
    return digest_text("".join(lines))


def canonical_json(value: object) -> str:
    """Return JSON that is the same text for the same value: sorted keys, two spaces, newline.

    Raises:
        ValueError: The value holds NaN or Infinity, which JSON does not have.
    """
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return text + "\n"
