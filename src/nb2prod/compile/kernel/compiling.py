"""Compile a version's kernel, or say why it has none."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from nb2prod.compile.kernel.emitting import emitted
from nb2prod.compile.kernel.following import follow
from nb2prod.compile.kernel.node import NoKernel
from nb2prod.compile.kernel.tabulating import runs_of
from nb2prod.runtime.loading import LoadedVersion

KERNEL_NAME = "code/kernel.py"


def compile_kernel(version: LoadedVersion, samples: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a version's ``kernel.py``.

    Args:
        version: The version, as the service loads it.
        samples: Checked records that show nulls, categories and extremes.

    Raises:
        NoKernel: Something in its features or its model has no form for one row.
    """
    models = importlib.import_module(f"{version.manifest.package}.row_models")
    try:
        models.row_model(version.pipeline)
    except models.NoRowModel as error:
        raise NoKernel(str(error)) from error
    text = (version.folder / "code" / "features.py").read_text(encoding="utf-8")
    try:
        trace, outputs = follow(version, samples)
        return emitted(trace, version.schema, runs_of(trace, version.schema, outputs), text)
    except NoKernel:
        raise
    except Exception as error:
        # Code of the notebook may do anything with a stand-in: what it cannot do means that there is no kernel.
        raise NoKernel(f"what one row cannot stand in for ({type(error).__name__})") from error
