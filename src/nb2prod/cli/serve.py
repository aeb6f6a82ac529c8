"""``nb2prod serve``: start a service on this machine."""

from pathlib import Path

import click


@click.command(name="serve")
@click.argument("service", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--version", "version", metavar="vN", help="Serve this version.")
def serve_command(service: Path, port: int, host: str, version: str | None) -> None:
    """Start SERVICE, a folder that `nb2prod build` made, or its name under services/.

    The version in production answers, else the newest. Stop it with Ctrl-C.
    """
    from nb2prod.service.launch import launch

    launch(service, host=host, port=port, version=version, say=click.echo)
