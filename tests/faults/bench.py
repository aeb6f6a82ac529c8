"""A service that is built, retrained and promoted by commands whose runs, trainings and proofs were done before."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.registry.service_registry import opened_registry
from nb2prod.runtime.selection import choose_version, version_names
from nb2prod.runtime.verifying import verify_version
from tests.build import project
from tests.retrain import saved as retraining

Action = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where it all is.

    Attributes:
        template: A service with v1, registered, in production.
        build_saved: What the steps of a real build gave.
        retrain_saved: What those of a real retraining gave.
        folder: A folder for one try.
    """

    template: Path
    build_saved: Path
    retrain_saved: Path
    folder: Path

    @property
    def service(self) -> Path:
        """The service of this try."""
        return self.folder / "services" / "plants"

    def reset(self) -> None:
        """Begin again with one version."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.service)
        notebook = project.write_project(self.folder / "project", settings="")
        (notebook.parent / "nb2prod.toml").write_text(SETTINGS)
        (self.folder / "tmp").mkdir()

    def build(self, number: int) -> Action:
        """Return a build that makes another version for each number."""

        def run() -> int:
            with self._prepared() as patch:
                project.use_saved_steps(patch, self.build_saved)
                notebook = str(self.folder / "project" / "plants.ipynb")
                value = ["-p", "regularisation", f"{number}.5"]
                return main(["build", notebook, "-o", str(self.service.parent), *value])

        return run

    def retrain(self, number: int) -> Action:
        """Return a retraining that makes another version for each number."""
        table = self.folder / f"new-{number}.csv"
        rows = (self.folder / "project" / "data" / "plants.csv").read_text()
        table.write_text(rows + f"{number}.25,1,0\n")

        def run() -> int:
            with self._prepared() as patch:
                retraining.use_saved_steps(patch, self.retrain_saved)
                return main(["retrain", str(self.service), "--of", "v1", "--data", str(table)])

        return run

    def promote(self, version: str, alias: str = "staging") -> Action:
        """Return a promotion."""

        def run() -> int:
            with self._prepared():
                where = ["--to", alias, "--by", "Ada"]
                return main(["promote", str(self.service), version, *where])

        return run

    def command(self, *arguments: str) -> Action:
        """Return a command on the service."""

        def run() -> int:
            with self._prepared():
                return main([arguments[0], *arguments[1:], str(self.service)])

        return run

    def check(self) -> int:
        """Raise where anything is half there; return 0."""
        with self._prepared():
            for arguments in (["versions"], ["history"], ["audit", "verify"]):
                code = main([*arguments, str(self.service)])
                assert code == 0, f"{' '.join(arguments)} ends with {code}"
            names = version_names(self.service)
            found = {path.name for path in (self.service / "versions").iterdir()}
            assert {name for name in found - set(names) if not name.startswith(".staging")} == set()
            for name in names:
                assert verify_version(self.service / "versions" / name).version == name
                assert (self.service / "configs" / f"{name}.yaml").is_file()
                assert (self.service / "reports" / name / "gates.json").is_file()
            assert choose_version(self.service).name in names
            with opened_registry(self.service) as registry:
                registered = registry.server.versions()
                assert sorted(registered) == sorted(names)
                assert set(registry.server.aliases().values()) <= set(names)
                entries = registry.log.entries()
            noted = sorted(entry.version for entry in entries if entry.action == "register")
            assert noted == sorted(names)
        return 0

    @contextmanager
    def _prepared(self) -> Iterator[pytest.MonkeyPatch]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(self.folder / "tmp"))
            patch.setenv("NB2PROD_USER", "robot")
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)
            patch.chdir(self.folder)
            yield patch


SETTINGS = "[gates.champion]\nenabled = false\n"
"""So few rows tell no difference, which is not what is tested here."""
