"""Turn the templates into a service's files, in memory."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from nb2prod.artifact.run_key import runtime_files
from nb2prod.runtime.manifest import Manifest
from nb2prod.runtime.schema import Schema
from nb2prod.service.templates import RENDERED, template_files, template_root


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What the service's texts say.

    Attributes:
        manifest: The version that the texts use: the newest.
        schema: Its raw record.
        notebook: The notebook's file name within ``notebook/``.
        domain: What the service does with rows that training would have dropped.
        fallback: The prediction that it gives for them, where ``domain`` is ``fallback``.
        settings: Gates, governance, registry and retraining as TOML; empty where they are the defaults.
        schedule: When the retraining workflow runs, as cron says it, or None.
    """

    manifest: Manifest
    schema: Schema
    notebook: str
    domain: str = "flag"
    fallback: object = None
    settings: str = ""
    schedule: str | None = None


def service_files(service: Path, facts: ServiceFacts) -> dict[str, bytes]:
    """Return the generated files by path relative to the service's folder.

    The workflow belongs to the repository's root, so its path may lead out of the folder.
    """
    root = template_root()
    repository = repository_root(service)
    values = _values(service, repository, facts)
    files = {f"runtime/{name}": path.read_bytes() for name, path in runtime_files().items()}
    for name, path in template_files(root / "service").items():
        files[name] = _content(path, values)
    workflows = Path(os.path.relpath(repository, service.resolve())) / ".github" / "workflows"
    for name, path in template_files(root / "workflows").items():
        files[(workflows / f"{facts.manifest.name}-{name}").as_posix()] = _content(path, values)
    return files


def repository_root(service: Path) -> Path:
    """Return the nearest folder above the service that git tracks, else the service's own."""
    resolved = service.resolve()
    return next((one for one in resolved.parents if (one / ".git").exists()), resolved)


def _content(path: Path, values: dict[str, object]) -> bytes:
    if path.suffix != RENDERED:
        return path.read_bytes()
    environment = Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        # The texts are YAML, Markdown and a Dockerfile, not HTML.
        autoescape=False,  # noqa: S701
    )
    return environment.from_string(path.read_text(encoding="utf-8")).render(values).encode()


def _values(service: Path, repository: Path, facts: ServiceFacts) -> dict[str, object]:
    manifest = facts.manifest
    return {
        "name": manifest.name,
        # Container and Kubernetes names have hyphens where Python has underscores.
        "label": manifest.name.replace("_", "-").strip("-"),
        "version": manifest.version,
        "task": manifest.task,
        "target": manifest.target,
        "metrics": manifest.metrics,
        "python": manifest.tool.python,
        "release": manifest.tool.nb2prod,
        "notebook": facts.notebook,
        "columns": facts.schema.columns,
        "example": json.dumps(facts.schema.example(), ensure_ascii=False),
        "domain": facts.domain,
        "fallback": facts.fallback,
        "settings": facts.settings,
        "schedule": facts.schedule,
        "parameters": manifest.parameters,
        "seed": manifest.seed,
        "data": [each.path for each in manifest.data],
        "folder": os.path.relpath(service.resolve(), repository),
    }
