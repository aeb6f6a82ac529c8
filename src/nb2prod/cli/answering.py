"""Answer as text or as JSON, a fault too."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from nb2prod.errors import Nb2prodError


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to show it.",
    )(command)


@contextmanager
def answering(form: str) -> Iterator[None]:
    """Say a fault of the block as JSON too, where that was asked for.

    Raises:
        Nb2prodError: What the block raised, for the caller to show.
    """
    try:
        yield
    except Nb2prodError as fault:
        if form == "json":
            said = {"what": fault.what, "why": fault.why, "hint": fault.hint}
            click.echo(json.dumps({"status": "failed", "fault": said}, ensure_ascii=False))
        raise


def answer(form: str, content: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Write the content as JSON, or the lines."""
    if form == "json":
        click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
        return
    for line in lines:
        click.echo(line)


def say_waiting(form: str, text: str) -> None:
    """Tell a person why nothing is seen for some seconds."""
    if form == "text" and sys.stderr.isatty():
        click.echo(text, err=True)
