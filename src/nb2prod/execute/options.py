"""What a run is asked to do, and what it says afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from nb2prod.execute.leftovers import discard
from nb2prod.execute.literals import Value


@dataclass(frozen=True, slots=True)
class ExecuteOptions:
    """How to run a notebook.

    Attributes:
        parameters: Values to inject, already checked against the notebook by ``overrides``.
        seed: Seeds ``random``, NumPy, the frameworks that the notebook imports, and string hashes.
        threads: Threads of BLAS and OpenMP in the kernel.
        timeout: Seconds that one cell may take, or None for no limit.
        deterministic: Ask torch and TensorFlow for deterministic algorithms.
        this_kernel: Run here although the notebook names a kernel of another environment.
        prelude: Sources of cells to run after the seed cell and before the notebook.
        epilogue: Sources of cells to run after the notebook.
        output: Where to keep the executed notebook, also when a cell fails.
        progress: Show a progress bar when standard error is a terminal.
        only_tagged: Leave out cells without a role.
        environment: Further variables of the kernel's environment.
    """

    parameters: Mapping[str, Value] = field(default_factory=dict)
    seed: int = 42
    threads: int = 1
    timeout: float | None = 600.0
    deterministic: bool = False
    this_kernel: bool = False
    prelude: tuple[str, ...] = ()
    epilogue: tuple[str, ...] = ()
    output: Path | None = None
    progress: bool = True
    only_tagged: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Execution:
    """A finished run; a context manager that removes the working copy at its end.

    Attributes:
        executed: The executed notebook: in the working copy, or where ``output`` asked for it.
        workspace: The notebook's folder in the working copy, as the kernel saw it.
        root: The folder that holds everything of this run; what ``discard`` removes.
        seconds: The whole run, kernel start included.
        seconds_by_cell: By cell number of the original notebook.
        environment: Variables that were set for the kernel: hash seed and thread counts.
        files_read: Files of the user that the run opened, most of them through their copies.
        files_written: Files that the run left in the working copy, relative to ``workspace``.
        linked: Large files that were linked instead of copied, relative to ``workspace``.
    """

    executed: Path
    workspace: Path
    root: Path
    seconds: float
    seconds_by_cell: Mapping[int, float]
    environment: Mapping[str, str]
    files_read: tuple[Path, ...]
    files_written: tuple[str, ...]
    linked: tuple[str, ...]

    def discard(self) -> None:
        """Remove the working copy."""
        discard(self.root)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.discard()
