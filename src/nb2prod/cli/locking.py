"""Write a version's locks with digests, and say where they are."""

from pathlib import Path

from nb2prod.artifact.hashes import write_hashed_locks
from nb2prod.cli.answering import answer, answering
from nb2prod.errors import ArtifactFault
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.verifying import verify_version
from nb2prod.service.finding import find_service, find_version


def run_lock(service: Path, version: str | None, form: str) -> int:
    """Write the locks with digests, and return the exit code.

    Raises:
        Nb2prodError: The digests cannot be had, or the version was changed.
    """
    with answering(form):
        folder = find_service(service)
        name = find_version(folder, version)
        try:
            manifest = verify_version(folder / "versions" / name)
        except ArtifactError as error:
            raise ArtifactFault(error.what, hint=error.hint) from error
        files = write_hashed_locks(folder, name, manifest.tool.python)
    shown = [path.relative_to(folder).as_posix() for path in files]
    content = {"status": "written", "version": name, "files": shown}
    lines = [f"written: {folder.name}/{path}" for path in shown]
    answer(
        form,
        content,
        [*lines, f"Next: pip install --require-hashes -r {shown[-1]}"],
    )
    return 0
