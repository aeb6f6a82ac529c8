"""The run key: one digest of all that decides what a training gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2prod import runtime
from nb2prod.runtime.digests import canonical_json, digest_file, digest_listing, digest_text
from nb2prod.runtime.manifest import KERNEL_NAME, DataFile

RUN_KEY_FORMAT = 1
"""Format of what the run key is taken of; raise it when the meaning of an input changes.

A raised format gives every notebook a new run key, and so a new version at its next build.
"""


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What goes into a training.

    Attributes:
        code: Digest of every emitted file, by relative path.
        data: The files that were read.
        parameters: Resolved parameters, JSON-native.
        seed: The seed of every generator.
        threads: BLAS and OpenMP threads.
        hash_seed: ``PYTHONHASHSEED``.
        lock: Text of ``requirements-train.lock``.
        tool: Release of nb2prod.
        python: Minor version of Python.
        runtime: Digest of the runtime that the service is given.
    """

    code: Mapping[str, str]
    data: tuple[DataFile, ...]
    parameters: Mapping[str, object]
    seed: int
    threads: int
    hash_seed: int
    lock: str
    tool: str
    python: str
    runtime: str


def run_key(inputs: RunInputs) -> str:
    """Return the digest of the inputs; the order in which they were gathered does not matter.

    Raises:
        ValueError: A parameter is NaN or infinite, which JSON cannot hold.
    """
    content = {
        "format": RUN_KEY_FORMAT,
        "code": dict(inputs.code),
        "data": sorted([file.path, file.sha256, file.bytes] for file in inputs.data),
        "parameters": dict(inputs.parameters),
        "seed": inputs.seed,
        "threads": inputs.threads,
        "hash_seed": inputs.hash_seed,
        "lock": inputs.lock,
        "tool": inputs.tool,
        "python": inputs.python,
        "runtime": inputs.runtime,
    }
    return digest_text(canonical_json(content))


def runtime_files() -> dict[str, Path]:
    """Return the runtime's source files by their name within ``runtime/``."""
    folder = Path(runtime.__file__).parent
    return {path.name: path for path in sorted(folder.glob("*.py"))}


def runtime_digest() -> str:
    """Return the digest of the runtime that services are given."""
    return digest_listing({name: digest_file(path) for name, path in runtime_files().items()})


def trained_code(version: Path) -> list[str]:
    """Return the modules that decide what a training gives: all but the row kernel, which is made of its model.

    Args:
        version: The folder that holds ``code/``.
    """
    names = (f"code/{path.name}" for path in sorted((version / "code").glob("*.py")))
    return [name for name in names if name != KERNEL_NAME]
