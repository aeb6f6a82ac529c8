"""The row kernel of a version: one record's answer without a table, where the build proved it equal to the pipeline's.

The manifest holds the proof and the digest of the very file that it was made for. Without both nothing is imported, so
that a kernel that nobody proved cannot serve.
"""

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .faults import ArtifactError
from .loading import LoadedVersion
from .manifest import KERNEL_NAME

Answered = tuple[Any, Sequence[float] | None]
"""A prediction, and the probabilities by class or None."""

Kernel = Callable[[Mapping[str, object]], Answered]
"""Takes a checked record's values; it raises for a record that only the pipeline can answer."""


class NotForKernel(ValueError):
    """A record whose answer is not a finite number: what the pipeline makes of it is not known here."""


def load_kernel(version: LoadedVersion) -> Kernel | None:
    """Return a version's kernel, or None where it has none that was proved.

    Raises:
        ArtifactError: The kernel is not the one that was proved.
    """
    manifest = version.manifest
    proved = (manifest.kernel or {}).get("digest")
    if proved is None:
        return None
    if manifest.files.get(KERNEL_NAME) != proved:
        raise ArtifactError(
            f"the row kernel of {manifest.name} {manifest.version} is not the one that was proved",
            hint="restore the version from version control, or build it again",
        )
    return bound(importlib.import_module(f"{manifest.package}.kernel"), version.pipeline)


def bound(module: Any, pipeline: Any) -> Kernel:
    """Return the kernel of an imported module, which answers with finite numbers or not at all."""
    answer: Kernel = module.bind(pipeline)

    def finite(record: Mapping[str, object]) -> Answered:
        prediction, probabilities = found = answer(record)
        first = prediction if probabilities is None else probabilities[0]
        # One probability that is none makes all of them none: they are shares of one sum.
        if isinstance(first, float) and not math.isfinite(first):
            raise NotForKernel
        return found

    return finite
