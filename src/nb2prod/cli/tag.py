"""`nb2prod tag`: list, propose and set the roles of cells."""

import click


@click.command("tag")
@click.argument("notebook")
@click.option("--suggest", is_flag=True, help="Propose roles by fixed rules; nothing is changed.")
@click.option("--apply", "applies", is_flag=True, help="With --suggest: set what is proposed.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="CELL=ROLE[,ROLE]",
    help="Give a cell these roles and no others; `3=` takes its roles away. Repeatable.",
)
def tag_command(*, notebook: str, suggest: bool, applies: bool, settings: tuple[str, ...]) -> None:
    """List the cells of NOTEBOOK with their tags, propose roles, or set them.

    Setting changes the tags in the file and nothing else; other tools' tags stay. Cells that have
    a role keep it: nothing is proposed for them.
    """
    if applies and (settings or not suggest):
        raise click.UsageError("--apply goes with --suggest, and not with --set.")
    from nb2prod.cli import tagging
    from nb2prod.notebook.reading import read

    read_notebook = read(notebook)
    if settings:
        for line in tagging.set_roles(read_notebook, settings):
            click.echo(line)
    else:
        shown = tagging.listing(read_notebook)
        if suggest:
            shown = tagging.suggestions(read_notebook, applies=applies)
        for line in shown:
            click.echo(line)
