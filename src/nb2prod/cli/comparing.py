"""Show what changed between two versions."""

import json
import sys
from pathlib import Path
from typing import Literal

from nb2prod.cli.output import write_out
from nb2prod.cli.terminal import is_coloured
from nb2prod.report.comparing import compare
from nb2prod.report.comparison import Comparison


def run_compare(
    service: Path,
    versions: tuple[str, str],
    form: Literal["text", "json", "html"],
    file: Path | None,
) -> bool:
    """Compare two versions, show it, and tell whether they differ.

    Args:
        service: The service's folder.
        versions: The names of both.
        form: How to show it.
        file: Where it goes; standard output if None.

    Raises:
        Nb2prodError: If there is no such version, or it was changed.
    """
    comparison = compare(service, *versions)
    write_out(_shown(comparison, form, file), file)
    if file is not None:
        sys.stderr.write(f"Written: {file}\n")
    return not comparison.is_same


def _shown(comparison: Comparison, form: str, file: Path | None) -> str:
    if form == "json":
        return json.dumps(comparison.as_json(), ensure_ascii=False) + "\n"
    if form == "html":
        from nb2prod.report.comparison_view import view_of
        from nb2prod.report.page import page
        from nb2prod.service.templates import template_root

        return page(template_root(), "compare.html.j2", view_of(comparison))
    from nb2prod.report.comparison_text import comparison_text

    has_colours = file is None and is_coloured(sys.stdout)
    return "".join(f"{line}\n" for line in comparison_text(comparison, is_coloured=has_colours))
