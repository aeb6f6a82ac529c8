"""Move a proved version into its service."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from nb2prod.artifact.disk import copy_tree, explained_faults
from nb2prod.artifact.dvc import carry_pointer
from nb2prod.artifact.evidence import keep_gates
from nb2prod.artifact.store import Store
from nb2prod.build.candidate import Candidate
from nb2prod.build.order import Order
from nb2prod.build.subject import Subject
from nb2prod.build.workshop import place_data
from nb2prod.config import Config
from nb2prod.config.loading import OWN_FILE
from nb2prod.gates.judging import Judgement
from nb2prod.gates.verdict import Verdict
from nb2prod.registry.deployment import hold_back
from nb2prod.runtime.manifest import SCHEMA_NAME, Manifest
from nb2prod.runtime.schema import Schema
from nb2prod.runtime.verifying import read_manifest
from nb2prod.service.rendering import ServiceFacts
from nb2prod.service.scaffold import scaffold
from nb2prod.service.settings_text import settings_text


def nothing() -> None:
    """Write nothing else."""


def publish(
    subject: Subject,
    made: Candidate,
    judgement: Judgement,
    store: Store,
    beside: Callable[[], object] = nothing,
) -> tuple[str, ...]:
    """Publish a candidate; the version appears last and by one rename.

    What its gates said is there before it, and one that did not pass never serves by being the newest. A build that is
    ended before that leaves the versions as they were, and the next one does all of this again. The
    version is copied first, because it is what a full disk refuses.

    Args:
        subject: What becomes a version.
        made: The proved candidate.
        judgement: What its gates said.
        store: The service's versions.
        beside: Writes what else belongs to the service, before the version appears.

    Returns:
        Generated files that the user had changed; the new text of each stands beside it.

    Raises:
        EnvironmentFault: If the service's folder cannot be written.
    """
    service = subject.service
    facts = _facts(subject.config, made.manifest, made.schema, subject.notebook)
    with explained_faults(service), store.stage() as staged:
        copy_tree(made.workshop.version, staged)
        place_data(service, subject.data, made.inputs)
        for entry in made.inputs.data:
            carry_pointer(subject.data[entry.path], service / "notebook" / entry.path)
        beside()
        config = service / "configs" / made.workshop.config.name
        config.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made.workshop.config, config)
        # A retraining takes its settings from there.
        own = frozenset() if subject.trained_from is None else frozenset({OWN_FILE})
        scaffolded = scaffold(service, facts, kept=own)
        keep_gates(service, judgement.version, judgement.as_json())
        if judgement.verdict is not Verdict.PASS:
            hold_back(service, judgement.version)
        store.publish(staged, made.manifest.version)
    return scaffolded.conflicts


def restore(order: Order, store: Store) -> tuple[str, ...]:
    """Bring the generated files up to date for the newest version: some may be gone, or say other settings.

    Returns:
        Generated files that the user had changed; the new text of each stands beside it.

    Raises:
        EnvironmentFault: If the service's folder cannot be written.
    """
    names = store.versions()
    if not names:
        return ()
    folder = store.path(names[-1])
    content = json.loads((folder / SCHEMA_NAME).read_text(encoding="utf-8"))
    manifest = read_manifest(folder)
    schema = Schema.from_mapping(content)
    facts = _facts(order.config, manifest, schema, manifest.notebook.path)
    return scaffold(order.service, facts).conflicts


def _facts(config: Config, manifest: Manifest, schema: Schema, notebook: str) -> ServiceFacts:
    return ServiceFacts(
        manifest,
        schema,
        Path(notebook).name,
        config.domain,
        config.fallback,
        settings=settings_text(config),
        schedule=config.retrain.schedule,
    )
