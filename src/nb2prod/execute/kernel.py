"""The kernel of a run: the interpreter that nb2prod itself runs in."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from nb2prod.errors import EnvironmentFault, Place
from nb2prod.notebook import Notebook

KERNEL_NAME = "python3"
"""The name that every Jupyter installation gives to its own interpreter."""

_USUAL = frozenset({KERNEL_NAME, "python"})

_LONGEST_SOCKET = 90
"""Path length that leaves room for ``-<n>`` under the 104 bytes of the narrowest system."""


class Leash:
    """Ends the processes of one run, from whatever thread, whether they have started or not."""

    def __init__(self) -> None:
        self._groups: list[int] = []
        self._is_over = False
        self._lock = threading.Lock()

    def hold(self, group: int) -> None:
        """Take a process group; it ends at once if the run is over."""
        with self._lock:
            self._groups.append(group)
            is_over = self._is_over
        if is_over:
            self.end()

    def end(self) -> None:
        """End whatever the kernel started and left behind, and itself if it still runs."""
        with self._lock:
            self._is_over = True
            groups, self._groups = self._groups, []
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


class _OneSpec(KernelSpecManager):
    """Finds one specification, without reading or writing Jupyter's folders."""

    def __init__(self, spec: KernelSpec) -> None:
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 (overrides)
        """Return the one specification, whatever the name."""
        return self._spec


class RunKernelManager(AsyncKernelManager):
    """Starts this interpreter as a kernel and writes only into the folder of the run.

    nbclient makes the manager itself, from a class: ``for_run`` returns a class for one run.
    """

    folder: ClassVar[Path]
    workspace: ClassVar[Path]
    environment: ClassVar[Mapping[str, str]]
    leash: ClassVar[Leash]

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            kernel_spec_manager=_OneSpec(_specification(self.folder, self.environment)),
            connection_file=str(self.folder / "kernel.json"),
        )
        # Sockets in a folder of ours take no ports, and nobody else on the machine can read them.
        if len(str(self.folder)) < _LONGEST_SOCKET:
            self.transport = "ipc"
            self.ip = str(self.folder / "socket")

    async def start_kernel(  # type: ignore[override]  # as AsyncKernelManager itself does
        self,
        **options: Any,
    ) -> None:
        """Start the kernel in the working copy, with what it prints itself going to a file."""
        with kernel_log(self.folder).open("wb") as log:
            await super().start_kernel(
                **{**options, "cwd": str(self.workspace), "stdout": log, "stderr": log}
            )
        group = getattr(self.provisioner, "pgid", None)
        if group:
            self.leash.hold(group)


def for_run(
    folder: Path, workspace: Path, environment: Mapping[str, str], leash: Leash
) -> type[RunKernelManager]:
    """Return the class of kernel managers for one run.

    Args:
        folder: An existing folder for the connection file, sockets, log and IPython's profile.
        workspace: The folder that the kernel starts in.
        environment: Variables to set on top of this process's own.
        leash: Takes hold of the kernel's processes.
    """
    members = {
        "folder": folder,
        "workspace": workspace,
        "environment": environment,
        "leash": leash,
    }
    return type("RunKernelManager", (RunKernelManager,), members)


def kernel_log(folder: Path) -> Path:
    """Return the file that a kernel's own messages go to."""
    return folder / "kernel.log"


def _specification(folder: Path, environment: Mapping[str, str]) -> KernelSpec:
    """Describe the kernel; IPython's folder keeps the user's start-up scripts out of the run."""
    return KernelSpec(
        argv=[
            sys.executable,
            "-Xfrozen_modules=off",
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ],
        display_name="nb2prod",
        language="python",
        env={**environment, "IPYTHONDIR": str(folder / "ipython")},
    )


def check_kernel(notebook: Notebook) -> None:
    """Check that the notebook was written for the interpreter that nb2prod runs in.

    Raises:
        EnvironmentFault: If its kernelspec names another environment, or one that is missing.
    """
    name = notebook.kernel
    if name is None or name in _USUAL:
        return
    try:
        spec = KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        raise _missing(notebook, name) from None
    python = _interpreter(spec)
    if python is None or _prefix(python) != _prefix(Path(sys.executable)):
        raise _elsewhere(notebook, name, python)


def _interpreter(spec: KernelSpec) -> Path | None:
    found = shutil.which(spec.argv[0]) if spec.argv else None
    return Path(found) if found else None


def _prefix(python: Path) -> Path:
    """Return the environment of an interpreter: links between environments must stay apart."""
    return python.parent.resolve()


_WHY = (
    "The notebook's packages are probably in that environment; "
    "with others it may fail, or compute something else."
)
_ANYWAY = "To run it here all the same, add --this-kernel."


def _missing(notebook: Notebook, name: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"The notebook asks for the kernel `{name}`, which this machine does not have.",
        place=Place(notebook.path),
        why=_WHY,
        hint="Install nb2prod into the environment that the notebook was written in, "
        f"and start it from there. {_ANYWAY}",
    )


def _elsewhere(notebook: Notebook, name: str, python: Path | None) -> EnvironmentFault:
    if python is None:
        return _missing(notebook, name)
    return EnvironmentFault(
        f"The notebook asks for the kernel `{name}`, which is another environment: {python}.",
        place=Place(notebook.path),
        why=_WHY,
        hint=f"Install nb2prod there (`{python} -m pip install nb2prod`) "
        f"and start it from there (`{python} -m nb2prod ...`). {_ANYWAY}",
    )
