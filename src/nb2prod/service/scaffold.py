"""Write a service's generated files, and leave alone what the user changed."""

from dataclasses import dataclass
from pathlib import Path

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.runtime.digests import digest_bytes, digest_file
from nb2prod.service.ownership import read_record, write_record
from nb2prod.service.rendering import ServiceFacts, service_files

NEW_SUFFIX = ".new"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What a scaffolding did, by path relative to the service's folder.

    Attributes:
        written: Files that are new, or that were generated and are now another text.
        removed: Files that were generated and that the templates have no more.
        edited: Files that the user changed, and that the templates would write as before.
        conflicts: Files that the user changed, and that the templates would now write otherwise;
            the new text of each is beside it as ``<file>.new``.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]
    conflicts: tuple[str, ...]


def scaffold(service: Path, facts: ServiceFacts, *, kept: frozenset[str] = frozenset()) -> Scaffold:
    """Bring the generated files of a service up to date.

    Doing it again with the same facts changes nothing.

    Args:
        service: The service's folder; it is made where it is missing.
        facts: What the texts say.
        kept: Files that are left as they are where they exist.

    Raises:
        ArtifactFault: The record of generated files cannot be understood.
        EnvironmentFault: The folder cannot be written.
    """
    files = service_files(service, facts)
    record = read_record(service)
    offered = {name: digest_bytes(content) for name, content in files.items()}
    for name in [name for name in files if name in kept and (service / name).exists()]:
        del files[name]
        offered[name] = record.get(name, offered[name])
    done: dict[str, list[str]] = {"written": [], "removed": [], "edited": [], "conflicts": []}
    with explained_faults(service):
        for name, content in files.items():
            outcome = _place(service / name, content, record.get(name))
            done.get(outcome, []).append(name)
        for name in sorted(record.keys() - offered.keys()):
            if _is_unchanged(service / name, record[name]):
                (service / name).unlink()
                done["removed"].append(name)
        write_record(service, offered)
    return Scaffold(**{kind: tuple(names) for kind, names in done.items()})


def _place(path: Path, content: bytes, recorded: str | None) -> str:
    """Write one file if nobody changed it, and say what became of it.

    The record keeps the digest of the text that was last *offered*: a user who merged a ``.new``
    by hand is not asked again until the template changes.
    """
    offered = digest_bytes(content)
    if path.exists():
        found = digest_file(path)
        if found == offered:
            return "same"
        if found != recorded:
            if offered == recorded:
                return "edited"
            write_atomically(path.with_name(path.name + NEW_SUFFIX), content)
            return "conflicts"
    write_atomically(path, content)
    return "written"


def _is_unchanged(path: Path, recorded: str) -> bool:
    return path.is_file() and digest_file(path) == recorded
