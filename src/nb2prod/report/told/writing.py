"""Write what is told of a version into ``reports/vN/``."""

from __future__ import annotations

from pathlib import Path

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.report.markdown import markdown
from nb2prod.report.page import page
from nb2prod.report.told.card_view import card_view
from nb2prod.report.told.gathering import Told
from nb2prod.report.told.report_view import report_view

REPORT_NAME = "report.html"
CARD_NAME = "MODEL_CARD.md"
CARD_PAGE_NAME = "model_card.html"


def write_report(service: Path, told: Told, templates: Path) -> tuple[Path, ...]:
    """Write the report of a version as one self-contained page.

    Args:
        service: The service's folder.
        told: What is told of the version.
        templates: The folder of all templates.

    Raises:
        EnvironmentFault: The folder cannot be written.
    """
    return _written(
        service, told, {REPORT_NAME: page(templates, "report.html.j2", report_view(told))}
    )


def write_card(service: Path, told: Told, templates: Path) -> tuple[Path, ...]:
    """Write the model card of a version, as Markdown and as a page.

    Args:
        service: The service's folder.
        told: What is told of the version.
        templates: The folder of all templates.

    Raises:
        EnvironmentFault: The folder cannot be written.
    """
    values = card_view(told)
    texts = {
        CARD_NAME: markdown(templates, "card.md.j2", values),
        CARD_PAGE_NAME: page(templates, "card.html.j2", values),
    }
    return _written(service, told, texts)


def _written(service: Path, told: Told, texts: dict[str, str]) -> tuple[Path, ...]:
    folder = service / "reports" / told.manifest.version
    with explained_faults(folder):
        for name, text in texts.items():
            write_atomically(folder / name, text.encode())
    return tuple(folder / name for name in texts)
