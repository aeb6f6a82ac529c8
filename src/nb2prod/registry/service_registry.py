"""The registry of one service, held by its lock: versions on disk, MLflow, and the audit log in step.

The folders of the versions are what exists, and the log says what was decided; it is written first. MLflow and
``deployment.json`` follow, so a command that is ended in between is finished by the next one, and a lost database is
made again from the two.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nb2prod.artifact.evidence import gates_path, held_back, read_gates
from nb2prod.artifact.store import Store
from nb2prod.errors import ArtifactFault
from nb2prod.registry.audit import AuditLog, tampered
from nb2prod.registry.chain import Head
from nb2prod.registry.deployment import write_deployment
from nb2prod.registry.entry import Entry
from nb2prod.registry.locking import registry_lock
from nb2prod.registry.people import current_user
from nb2prod.registry.record import Origin, VersionRecord, number_of, read_record
from nb2prod.registry.registering import check_same, create_version, skip_number
from nb2prod.registry.server import ALIASES, Alias, Registered, Server, open_server


@dataclass(frozen=True, slots=True)
class Built:
    """The build that just made a version.

    Attributes:
        version: The version.
        origin: Where its source stood.
        files: What the run keeps beside it, by name: the executed notebook, for instance.
    """

    version: str
    origin: Origin = field(default_factory=Origin)
    files: Mapping[str, Path] = field(default_factory=dict)


_EVIDENCE = ("gates.json", "report.html", "MODEL_CARD.md", "notebook.html")
"""What a run keeps of the reports of its version."""


class Registry:
    """A service's registry while its lock is held.

    Args:
        service: The service's folder.
        server: MLflow.

    Attributes:
        service: The service's folder.
        server: MLflow.
        log: The audit log.
        store: The versions on disk.
    """

    def __init__(self, service: Path, server: Server) -> None:
        self.service = service
        self.server = server
        self.log = AuditLog(service)
        self.store = Store(service)

    def settle(self, built: Built | None = None) -> None:
        """Register what is not registered, and finish what was begun.

        Raises:
            ArtifactFault: The log or a version was changed, or the registry has another version of the same number.
        """
        self.server.make_model()
        head = self.server.head()
        entries, faults = self.log.checked(head)
        wrong = [fault for fault in faults if fault.kind != "cut"]
        if wrong:
            raise tampered(self.log.path, wrong[0])
        registered = self.server.versions()
        self._register_missing(registered, built)
        self._note_missing(entries, registered)
        self._roll_forward(head)
        self.write_deployment()

    def move(
        self, alias: Alias, version: str, *, action: str, by: str, reason: str, gates: str | None
    ) -> Entry:
        """Point an alias at a version: written down first, then done.

        Args:
            alias: The alias.
            version: A registered version.
            action: ``promote`` or ``rollback``.
            by: Who.
            reason: Why.
            gates: Digest of the version's gates, where there are some.

        Raises:
            ArtifactFault: The version was changed after it was built.
        """
        record = read_record(self.store.path(version))
        facts = {
            "alias": alias,
            "before": self.server.aliases().get(alias),
            "after": version,
            "artifact_digest": record.manifest.artifact_digest,
            "run_key": record.manifest.run_key,
            "gates": gates,
        }
        entry = self.log.append(action, by=by, version=version, reason=reason, facts=facts)
        self.server.point(alias, version)
        self.server.set_head(Head(entry.seq, entry.digest))
        self.write_deployment()
        return entry

    def note(
        self, action: str, version: str, *, by: str, reason: str, facts: Mapping[str, object]
    ) -> Entry:
        """Write an entry that moves no alias."""
        entry = self.log.append(action, by=by, version=version, reason=reason, facts=facts)
        self.server.set_head(Head(entry.seq, entry.digest))
        self.write_deployment()
        return entry

    def write_deployment(self) -> None:
        """Write down for the service what the aliases say."""
        write_deployment(self.service, self.server.aliases(), held_back(self.service))

    def _register_missing(self, registered: dict[str, Registered], built: Built | None) -> None:
        for name in self.store.versions():
            if name in registered:
                if built is not None and name == built.version:
                    check_same(read_record(self.store.path(name)), registered[name], self.server)
                continue
            own = built if built is not None and name == built.version else Built(name)
            try:
                record = read_record(self.store.path(name))
            except ArtifactFault:
                if own is built:
                    raise
                # A damaged folder must not keep the service from going back to another version.
                continue
            self._skip_to(record)
            registered[name] = create_version(
                self.server, record, own.origin, self._evidence(name, own)
            )

    def _skip_to(self, record: VersionRecord) -> None:
        """Use up the numbers of versions that are gone, so that MLflow's number is ours."""
        known = self.server.versions()
        first = max((number_of(name) for name in known), default=0) + 1
        if first > record.number:
            raise ArtifactFault(
                f"{self.server.name} {record.manifest.version} is older than what the registry holds",
                why="MLflow gives numbers upwards only, and a version must have one number everywhere",
                hint="somebody registered a later version from elsewhere: take their versions/ from "
                "version control first",
            )
        for number in range(first, record.number):
            skip_number(self.server, number)

    def _evidence(self, version: str, built: Built) -> dict[str, Path]:
        reports = gates_path(self.service, version).parent
        found = {name: reports / name for name in _EVIDENCE if (reports / name).is_file()}
        return {**built.files, **found}

    def _note_missing(self, entries: list[Entry], registered: Mapping[str, Registered]) -> None:
        noted = {
            (entry.version, entry.facts.get("run_key"))
            for entry in entries
            if entry.action == "register"
        }
        for name in self.store.versions():
            found = registered.get(name)
            if found is None or found.is_gone:
                continue
            run_key = found.run_key
            if (name, run_key) not in noted:
                record = read_record(self.store.path(name))
                gates = read_gates(self.service, name)
                facts = {
                    "run_key": run_key,
                    "artifact_digest": record.manifest.artifact_digest,
                    "gates": None if gates is None else gates.digest,
                    "verdict": None if gates is None else gates.verdict,
                }
                self.log.append("register", by=current_user(), version=name, facts=facts)

    def _roll_forward(self, head: Head) -> None:
        """Do what the log says and the registry does not know yet."""
        entries = self.log.entries()
        if not entries or entries[-1].seq == head.seq:
            return
        waiting = {entry.alias: entry for entry in entries if entry.seq > head.seq}
        for alias in ALIASES:
            if alias in waiting:
                self.server.point(alias, str(waiting[alias].facts["after"]))
        self.server.set_head(Head(entries[-1].seq, entries[-1].digest))


@contextlib.contextmanager
def opened_registry(service: Path, built: Built | None = None) -> Iterator[Registry]:
    """Open the registry of a service for this command alone, with everything settled.

    Args:
        service: The service's folder.
        built: The build that just made a version.

    Raises:
        ArtifactFault: The log or a version was changed.
        EnvironmentFault: The registry cannot be reached, or the folder not be written.
    """
    server = open_server(service)
    with registry_lock(service):
        registry = Registry(service, server)
        registry.settle(built)
        yield registry
