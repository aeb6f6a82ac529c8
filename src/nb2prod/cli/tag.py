"""`nb2prod tag`: list, propose and set the roles of cells."""

import click


@click.command("tag")
@click.argument("notebook")
@click.option("--suggest", is_flag=True, help="Propose roles by fixed rules; nothing is changed.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="CELL=ROLE[,ROLE]",
    help="Give a cell these roles and no others; `3=` takes its roles away. Repeatable.",
)
def tag_command(*, notebook: str, suggest: bool, settings: tuple[str, ...]) -> None:
    """List the cells of NOTEBOOK with their tags, propose roles, or set them.

    Setting changes the tags in the file and nothing else; other tools' tags stay.
    """
    from nb2prod.cli import tagging
    from nb2prod.notebook.reading import read

    read_notebook = read(notebook)
    if settings:
        for line in tagging.set_roles(read_notebook, settings):
            click.echo(line)
    else:
        lines = tagging.suggestions(read_notebook) if suggest else tagging.listing(read_notebook)
        for line in lines:
            click.echo(line)
