"""Which file replaces which."""

from pathlib import Path

import pytest

from nb2prod.errors import EnvironmentFault, Nb2prodError, UsageError
from nb2prod.retrain.data import resolve_data
from nb2prod.runtime.manifest import DataFile

TWO = ("data/plants.csv", "data/sites.parquet")


def _resolve(folder: Path, paths: tuple[str, ...], *given: str) -> dict[str, str]:
    service = folder / "service"
    for path in TWO:
        (service / "notebook" / path).parent.mkdir(parents=True, exist_ok=True)
        (service / "notebook" / path).touch()
    for name in ("new.csv", "plants.csv", "a=b.csv"):
        (folder / name).touch()
    known = [DataFile(path, "sha256:" + "0" * 64, 0) for path in paths]
    found = resolve_data(service, known, [text.replace("HERE", str(folder)) for text in given])
    return {path: file.relative_to(folder).as_posix() for path, file in found.items()}


@pytest.mark.parametrize(
    ("paths", "given", "expected"),
    [
        pytest.param(TWO, (), {}, id="nothing given"),
        pytest.param(TWO, ("HERE/plants.csv",), {"data/plants.csv": "plants.csv"}, id="same name"),
        pytest.param(TWO[:1], ("HERE/new.csv",), {"data/plants.csv": "new.csv"}, id="the only one"),
        pytest.param(
            TWO, ("plants=HERE/new.csv",), {"data/plants.csv": "new.csv"}, id="without ending"
        ),
        pytest.param(
            TWO, ("sites.parquet=HERE/new.csv",), {"data/sites.parquet": "new.csv"}, id="file name"
        ),
        pytest.param(
            TWO, ("data/plants.csv=HERE/new.csv",), {"data/plants.csv": "new.csv"}, id="path"
        ),
        pytest.param(
            TWO[:1], ("HERE/a=b.csv",), {"data/plants.csv": "a=b.csv"}, id="equals sign in a name"
        ),
    ],
)
def test_files_are_found(
    paths: tuple[str, ...], given: tuple[str, ...], expected: dict[str, str], tmp_path: Path
) -> None:
    own = {path: f"service/notebook/{path}" for path in paths}
    assert _resolve(tmp_path, paths, *given) == own | expected


@pytest.mark.parametrize(
    ("paths", "given", "fault", "said"),
    [
        pytest.param(TWO, ("HERE/new.csv",), UsageError, "which data file does", id="ambiguous"),
        pytest.param(
            TWO, ("soil=HERE/new.csv",), UsageError, "no file called 'soil'", id="unknown"
        ),
        pytest.param(
            TWO,
            ("plants=HERE/new.csv", "HERE/plants.csv"),
            UsageError,
            "data/plants.csv twice",
            id="twice",
        ),
        pytest.param((), ("HERE/new.csv",), UsageError, "which data file does", id="reads no file"),
        pytest.param(TWO, ("plants=HERE/away.csv",), EnvironmentFault, "is missing", id="missing"),
    ],
)
def test_what_cannot_be_told_is_said(
    paths: tuple[str, ...],
    given: tuple[str, ...],
    fault: type[Nb2prodError],
    said: str,
    tmp_path: Path,
) -> None:
    with pytest.raises(fault, match=said):
        _resolve(tmp_path, paths, *given)


def test_a_file_that_dvc_holds_is_to_be_pulled(tmp_path: Path) -> None:
    service = tmp_path / "service"
    pointer = service / "notebook" / "data" / "plants.csv.dvc"
    pointer.parent.mkdir(parents=True)
    pointer.touch()
    with pytest.raises(EnvironmentFault) as raised:
        resolve_data(service, [DataFile("data/plants.csv", "sha256:" + "0" * 64, 0)], ())
    assert raised.value.hint == f"dvc pull {pointer}"
