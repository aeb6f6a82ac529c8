"""A build order: notebook, settings and names, all checked before anything runs."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import explained_faults
from nb2prod.artifact.names import service_name
from nb2prod.build.options import BuildOptions
from nb2prod.config import Config, load_config, merged
from nb2prod.notebook import Notebook, Role, read


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be built.

    Attributes:
        notebook: The notebook.
        config: Every setting, resolved.
        name: Name of the service.
        service: Its folder.
        injected: Parameters that this run sets.
        parameters: Every parameter with its value.
        this_kernel: Run here although the notebook names a kernel of another environment.
    """

    notebook: Notebook
    config: Config
    name: str
    service: Path
    injected: Mapping[str, Any]
    parameters: Mapping[str, Any]
    this_kernel: bool

    @property
    def folder(self) -> Path:
        """The notebook's folder, which its relative paths start from."""
        return Path(self.notebook.path).resolve().parent


def take_order(path: str | Path, options: BuildOptions) -> Order:
    """Check what a build is asked to do.

    Raises:
        NotebookFault: If the file is no notebook.
        UsageError: If a setting, a name or a parameter cannot be taken.
        EnvironmentFault: If the service's folder cannot be written.
    """
    from nb2prod.execute.overrides import overrides
    from nb2prod.execute.parameters import declared

    notebook = read(str(path))
    config = merged(load_config(Path(path)), _settings(options))
    name = service_name(Path(path), config.name)
    service = Path(config.output) / name
    given = [(name, _as_text(value)) for name, value in options.parameters.items()]
    injected = overrides(notebook, (*given, *options.parameters_text), options.parameters_file)
    declared_values = {name: found.value for name, found in declared(notebook).items()}
    values = declared_values if notebook.with_role(Role.PARAMETERS) else {}
    _check_writable(service)
    return Order(
        notebook=notebook,
        config=config,
        name=name,
        service=service,
        injected=injected,
        parameters={**values, **injected},
        this_kernel=options.this_kernel,
    )


def _settings(options: BuildOptions) -> dict[str, Any]:
    return {
        "seed": options.seed,
        "name": options.name,
        "output": options.output,
        "strict": options.strict,
        "prove": options.prove,
        "timeout": options.timeout,
    }


def _check_writable(service: Path) -> None:
    """Find out before the notebook runs whether what it comes to can be kept; nothing is made yet."""
    wanted = service.absolute() / "versions"
    nearest = next(folder for folder in (wanted, *wanted.parents) if os.path.lexists(folder))
    with explained_faults(service):
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            is_fixed = os.statvfs(nearest).f_flag & os.ST_RDONLY
            number = errno.EROFS if is_fixed else errno.EACCES
            raise OSError(number, os.strerror(number))


def _as_text(value: object) -> str:
    """Return a value as the command line would say it: every value takes the one way of being checked."""
    return value if isinstance(value, str) else repr(value)
