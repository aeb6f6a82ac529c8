import json
import shutil
from pathlib import Path

import pytest
import yaml

from nb2prod.artifact.opening import load
from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.service import rendering
from nb2prod.service.rendering import ServiceFacts, repository_root, service_files
from nb2prod.service.scaffold import scaffold
from nb2prod.service.templates import template_files, template_root


@pytest.fixture(scope="module")
def facts(built_service: Path) -> ServiceFacts:
    loaded = load(built_service)
    return ServiceFacts(loaded.manifest, loaded.schema, "birds.ipynb")


@pytest.fixture
def service(tmp_path: Path, facts: ServiceFacts) -> Path:
    folder = tmp_path / "services" / "birds"
    scaffold(folder, facts)
    return folder


def with_template(monkeypatch: pytest.MonkeyPatch, name: str, content: bytes | None) -> None:
    """Have the templates of a next release: one file is another text, or gone."""

    def next_release(service: Path, facts: ServiceFacts) -> dict[str, bytes]:
        files = service_files(service, facts)
        del files[name]
        return files if content is None else {**files, name: content}

    monkeypatch.setattr("nb2prod.service.scaffold.service_files", next_release)


def test_a_new_service_has_its_parts(service: Path) -> None:
    expected = [
        "app/main.py",
        "app/batch.py",
        "runtime/loading.py",
        "tests/test_contract.py",
        "Dockerfile",
        "Makefile",
        "README.md",
        "compose.yaml",
        "deploy/kubernetes.yaml",
        ".dockerignore",
        ".gitignore",
        "nb2prod.toml",
        ".nb2prod-files.json",
    ]
    assert [name for name in expected if not (service / name).is_file()] == []
    assert not list(service.rglob("*.j2"))
    assert not list(service.rglob("__pycache__"))


def test_the_runtime_is_copied_verbatim(service: Path) -> None:
    source = Path(rendering.__file__).parents[1] / "runtime"
    for path in source.glob("*.py"):
        assert (service / "runtime" / path.name).read_bytes() == path.read_bytes()


def test_doing_it_again_changes_nothing(service: Path, facts: ServiceFacts) -> None:
    before = {path: path.stat().st_mtime_ns for path in (service / "app").iterdir()}
    done = scaffold(service, facts)
    assert done.written == done.removed == done.edited == done.conflicts == ()
    assert {path: path.stat().st_mtime_ns for path in (service / "app").iterdir()} == before


def test_an_edit_stays(service: Path, facts: ServiceFacts) -> None:
    (service / "Makefile").write_text("mine\n")
    done = scaffold(service, facts)
    assert done.edited == ("Makefile",)
    assert done.conflicts == ()
    assert (service / "Makefile").read_text() == "mine\n"
    assert not (service / "Makefile.new").exists()


def test_an_edit_and_a_new_template_are_a_conflict_once(
    service: Path, facts: ServiceFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (service / "Makefile").write_text("mine\n")
    with_template(monkeypatch, "Makefile", b"theirs\n")
    assert scaffold(service, facts).conflicts == ("Makefile",)
    assert (service / "Makefile").read_text() == "mine\n"
    assert (service / "Makefile.new").read_text() == "theirs\n"
    assert scaffold(service, facts).conflicts == ()


def test_a_file_that_nobody_changed_follows_its_template(
    service: Path, facts: ServiceFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_template(monkeypatch, "Makefile", b"theirs\n")
    assert scaffold(service, facts).written == ("Makefile",)
    assert (service / "Makefile").read_text() == "theirs\n"


@pytest.mark.parametrize("is_edited", [False, True])
def test_a_file_that_has_no_template_any_more(
    service: Path, facts: ServiceFacts, monkeypatch: pytest.MonkeyPatch, is_edited: bool
) -> None:
    if is_edited:
        (service / "compose.yaml").write_text("mine\n")
    with_template(monkeypatch, "compose.yaml", None)
    assert scaffold(service, facts).removed == (() if is_edited else ("compose.yaml",))
    assert (service / "compose.yaml").exists() is is_edited


def test_a_file_that_was_there_before_the_service(tmp_path: Path, facts: ServiceFacts) -> None:
    (tmp_path / "README.md").write_text("mine\n")
    assert scaffold(tmp_path, facts).conflicts == ("README.md",)
    assert (tmp_path / "README.md").read_text() == "mine\n"


def test_a_deleted_file_comes_back(service: Path, facts: ServiceFacts) -> None:
    (service / "app" / "main.py").unlink()
    assert scaffold(service, facts).written == ("app/main.py",)


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2, "files": {}}', '{"format": 1}'])
def test_a_record_that_is_none(service: Path, facts: ServiceFacts, text: str) -> None:
    (service / ".nb2prod-files.json").write_text(text)
    (service / "Makefile").write_text("mine\n")
    with pytest.raises(ArtifactFault, match="cannot be understood"):
        scaffold(service, facts)
    assert (service / "Makefile").read_text() == "mine\n"


def test_a_folder_that_cannot_be_written(tmp_path: Path, facts: ServiceFacts) -> None:
    (tmp_path / "app").write_text("a file")
    with pytest.raises(EnvironmentFault):
        scaffold(tmp_path, facts)


def test_the_record_names_no_path_of_this_machine(service: Path) -> None:
    record = (service / ".nb2prod-files.json").read_text()
    assert str(service.parent) not in record
    assert json.loads(record)["format"] == 1


def test_texts_are_valid_yaml_and_name_the_version(service: Path) -> None:
    documents = list(yaml.safe_load_all((service / "deploy" / "kubernetes.yaml").read_text()))
    deployment, cluster_service = documents
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert cluster_service["spec"]["selector"].items() <= labels.items()
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "birds:v2"
    assert yaml.safe_load((service / "compose.yaml").read_text())["services"]["birds"]["read_only"]
    assert "versions/v2/requirements-serve.lock" in (service / "Dockerfile").read_text()


@pytest.mark.parametrize("is_repository", [True, False])
def test_the_workflow_is_where_it_is_found(
    tmp_path: Path, facts: ServiceFacts, is_repository: bool
) -> None:
    if is_repository:
        (tmp_path / ".git").mkdir()
    folder = tmp_path / "services" / "birds"
    scaffold(folder, facts)
    root = tmp_path if is_repository else folder
    assert repository_root(folder) == root.resolve()
    workflow = yaml.safe_load((root / ".github" / "workflows" / "birds-ci.yml").read_text())
    where = workflow["defaults"]["run"]["working-directory"]
    assert where == ("services/birds" if is_repository else ".")
    assert not (folder / ".nb2prod-files.json.new").exists()
    assert scaffold(folder, facts).written == ()


def test_bytecode_beside_templates_is_left_out(tmp_path: Path) -> None:
    copied = tmp_path / "templates"
    shutil.copytree(template_root(), copied)
    cache = copied / "service" / "app" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "main.cpython-311.pyc").write_bytes(b"")
    assert not [name for name in template_files(copied / "service") if "pycache" in name]


@pytest.mark.parametrize(
    ("template", "name"),
    [("a.py", "a.py"), ("b.md.j2", "b.md"), ("dot-gitignore", ".gitignore"), ("d/e.py", "d/e.py")],
)
def test_what_a_template_becomes(tmp_path: Path, template: str, name: str) -> None:
    path = tmp_path / template
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert template_files(tmp_path) == {name: path}
