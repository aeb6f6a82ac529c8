"""``nb2prod data``: versions of data files."""

from pathlib import Path

import click

from nb2prod.cli.answering import format_option

_ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="Folder that holds the snapshots.  [default: here]",
)


@click.group("data")
def data_command() -> None:
    """Keep data files by digest, so that a version's data can be had again."""


@data_command.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dvc", is_flag=True, help="Track them with DVC instead (`dvc add`).")
@click.option("--git-tag", metavar="NAME", help="Also tag the commit that holds them.")
@_ROOT
@format_option
def add_command(
    files: tuple[Path, ...], git_tag: str | None, root: Path, form: str, *, dvc: bool
) -> int:
    """Keep FILES as they are now, below .nb2prod-data/."""
    from nb2prod.cli.snapshots import run_add

    return run_add(files, root, form, git_tag=git_tag, with_dvc=dvc)


@data_command.command("list")
@_ROOT
@format_option
def list_command(root: Path, form: str) -> int:
    """List what is kept, oldest first."""
    from nb2prod.cli.snapshots import run_list

    return run_list(root, form)


@data_command.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("digest", required=False)
@_ROOT
@format_option
def restore_command(file: Path, digest: str | None, root: Path, form: str) -> int:
    """Put back FILE as it was with DIGEST, of which the beginning will do; the newest without."""
    from nb2prod.cli.snapshots import run_restore

    return run_restore(file, digest, root, form)
