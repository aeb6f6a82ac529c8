"""What a build looks like on a terminal: a line a step, then where everything is and what to type next."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from nb2prod.build import BuildResult
from nb2prod.diagnostic import Severity
from nb2prod.lint.reports import diagnostic_text
from nb2prod.notebook import read

_WIDTH = 9


class Terminal:
    """Show the steps of a build as they end.

    Args:
        to_stderr: Whether standard output is kept for JSON.
    """

    def __init__(self, *, to_stderr: bool) -> None:
        self.stream = sys.stderr if to_stderr else sys.stdout
        self._is_live = self.stream.isatty() and "NO_COLOR" not in os.environ

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show that a step runs."""
        if self._is_live:
            self.stream.write(f"  {name:<{_WIDTH}} …\r")
            self.stream.flush()
        try:
            yield
        finally:
            if self._is_live:
                self.stream.write("\x1b[2K")

    def done(self, name: str, result: str, seconds: float) -> None:
        """Show what a step came to."""
        self.line(f"  {name:<{_WIDTH}} {seconds:6.1f} s   {result}")

    def line(self, text: str = "") -> None:
        """Write a line."""
        click.echo(text, file=self.stream)


def show(notebook: Path, result: BuildResult, terminal: Terminal, *, as_json: bool) -> None:
    """Show the outcome of a build."""
    shown = [d for d in result.diagnostics if d.severity is not Severity.INFO]
    if result.status in {"built", "unchanged"}:
        shown = [d for d in shown if d.severity is Severity.WARNING or d.severity is Severity.ERROR]
    if shown:
        terminal.line()
        source = read(str(notebook))
        for diagnostic in shown:
            terminal.line(diagnostic_text(diagnostic, source).rstrip("\n"))
    terminal.line()
    for text in _summary(notebook, result):
        terminal.line(text)
    if as_json:
        click.echo(json.dumps(result.as_json(), ensure_ascii=False))


def _summary(notebook: Path, result: BuildResult) -> list[str]:
    if result.status == "refused":
        return [f"refused: {notebook} was not built; nothing was written."]
    if result.status == "unproved":
        return [
            f"unproved: {notebook} compiles, but does not give what the notebook gave.",
            f"  evidence  {result.evidence}",
            "Nothing was published; versions that were there before stay as they are.",
        ]
    service, version = result.service, result.version
    head = "built" if result.status == "built" else "unchanged"
    metrics = ", ".join(f"{name} {value:.4g}" for name, value in result.metrics.items())
    lines = [
        f"{head}: {service} {version}" + (f"  ({metrics})" if metrics else ""),
        f"  version   {service}/versions/{version}",
        f"  digest    {result.artifact_digest}",
    ]
    for conflict in result.conflicts:
        lines.append(f"  kept      your edit of {conflict}; the new text is in {conflict}.new")
    return [*lines, f"Next: nb2prod serve {service}"]
