"""A build order: notebook, settings and names, all checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    """

    notebook: Notebook
    config: Config
    name: str
    service: Path
    injected: Mapping[str, Any]
    parameters: Mapping[str, Any]
    this_kernel: bool


def take_order(path: str | Path, options: BuildOptions) -> Order:
    """Check what a build is asked to do.

    Raises:
        NotebookFault: If the file is no notebook.
        UsageError: If a setting, a name or a parameter cannot be taken.
    """
    from nb2prod.execute.overrides import overrides
    from nb2prod.execute.parameters import declared

    notebook = read(str(path))
    given = {
        "seed": options.seed,
        "name": options.name,
        "output": options.output,
        "strict": options.strict,
        "prove": options.prove,
        "timeout": options.timeout,
    }
    config = merged(load_config(Path(path)), given)
    name = service_name(Path(path), config.name)
    pairs = (*((n, repr(v) if not isinstance(v, str) else v) for n, v in options.parameters.items()),)
    injected = overrides(notebook, (*pairs, *options.parameters_text), options.parameters_file)
    values = {n: p.value for n, p in declared(notebook).items()} if notebook.with_role(Role.PARAMETERS) else {}
    return Order(
        notebook=notebook,
        config=config,
        name=name,
        service=Path(config.output) / name,
        injected=injected,
        parameters={**values, **injected},
        this_kernel=options.this_kernel,
    )
