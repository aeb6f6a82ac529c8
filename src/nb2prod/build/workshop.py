"""Fill a temporary service with what training and proving need; nothing is published from here."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from nb2prod.artifact.manifest import package_name
from nb2prod.artifact.run_key import runtime_files
from nb2prod.build.draft import Workshop
from nb2prod.build.inputs import Inputs
from nb2prod.build.subject import Subject
from nb2prod.compile.emit import Emitted
from nb2prod.runtime.digests import digest_file
from nb2prod.service.templates import template_files, template_root


def write_code(version: Path, emitted: Emitted) -> None:
    """Write a version's emitted modules and the ones that every version has."""
    code = version / "code"
    code.mkdir(parents=True, exist_ok=True)
    for name, text in emitted.files.items():
        (code / name).write_text(text, encoding="utf-8")
    for name, path in template_files(template_root() / "version").items():
        (code / name).write_bytes(path.read_bytes())


def set_up(workshop: Workshop, data: Mapping[str, Path], inputs: Inputs) -> None:
    """Put script, application, runtime and data into the temporary service.

    Args:
        workshop: Where the version is made.
        data: Where each data file is now, by its path from the notebook.
        inputs: What training reads.
    """
    service = workshop.service
    (service / "runtime").mkdir(parents=True)
    for name, path in runtime_files().items():
        shutil.copyfile(path, service / "runtime" / name)
    root = template_root() / "service"
    (service / "app").mkdir()
    for name, path in template_files(root / "app").items():
        shutil.copyfile(path, service / "app" / name)
    shutil.copyfile(root / "train.py", service / "train.py")
    place_data(service, data, inputs)


def place_data(service: Path, data: Mapping[str, Path], inputs: Inputs) -> None:
    """Copy the data files to where the notebook's relative paths find them."""
    (service / "notebook").mkdir(parents=True, exist_ok=True)
    for entry in inputs.data:
        target = service / "notebook" / entry.path
        if target.exists() and digest_file(target) == entry.sha256:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        copied = target.with_name(target.name + ".part")
        shutil.copyfile(data[entry.path], copied)
        copied.replace(target)


def write_config(workshop: Workshop, subject: Subject, inputs: Inputs) -> None:
    """Write the resolved snapshot that ``train.py`` reads."""
    installed = {line.partition("==")[0] for line in inputs.train_lock.splitlines()}
    config: dict[str, Any] = {
        "version": workshop.number,
        "run_key": inputs.run_key,
        "package": package_name(subject.name, inputs.run_key),
        "parameters": dict(subject.parameters),
        "seed": subject.config.seed,
        "hash_seed": subject.config.seed,
        "seeds": sorted({"torch", "tensorflow"} & installed),
        "threads": subject.config.threads,
        "target": list(subject.target),
        "data_folder": "notebook",
        "data": [{"path": d.path, "sha256": d.sha256, "bytes": d.bytes} for d in inputs.data],
        "states": [dict(state) for state in subject.states],
    }
    head = f"# Resolved settings of {workshop.number}; written once, never edited.\n"
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
    workshop.config.parent.mkdir(parents=True, exist_ok=True)
    workshop.config.write_text(head + text, encoding="utf-8")
