import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest

from nb2prod.build.options import BuildOptions
from nb2prod.build.recipe import build
from nb2prod.config import Governance
from nb2prod.promote.promoting import promote
from nb2prod.registry.service_registry import opened_registry
from tests.build import project
from tests.build.conftest import first_build
from tests.faults.bench import SETTINGS, Bench
from tests.retrain.conftest import first_service
from tests.retrain.saved import FirstService

__all__ = ["bench", "first_build", "first_service"]


@pytest.fixture(scope="session")
def template(
    first_service: FirstService,
    migrated_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Bench:
    """Return a bench whose service has v1 in production."""
    folder = tmp_path_factory.mktemp("bench")
    notebook = project.write_project(folder / "project", settings="")
    (notebook.parent / "nb2prod.toml").write_text(SETTINGS)
    service = folder / "services" / "plants"
    (service / "state").mkdir(parents=True)
    shutil.copyfile(migrated_database, service / "state" / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setattr(tempfile, "tempdir", str(folder))
        project.use_saved_steps(patch, first_service.built)
        build(notebook, BuildOptions(output=service.parent))
        with opened_registry(service) as registry:
            today = date(2026, 1, 1)
            promote(registry, "v1", "production", Governance(), by="Ada", reason="", today=today)
    return Bench(service, first_service.built, first_service.saved, folder / "unused")


@pytest.fixture
def bench(template: Bench, tmp_path: Path) -> Bench:
    """Return a bench with a service of its own."""
    made = Bench(template.template, template.build_saved, template.retrain_saved, tmp_path / "b")
    made.reset()
    return made
