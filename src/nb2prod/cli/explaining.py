"""Show what a build makes of a notebook, cell by cell."""

import json
import sys
from pathlib import Path
from typing import Literal

from nb2prod.build import BuildOptions
from nb2prod.build.explanation import Explanation, explain
from nb2prod.build.result import failed
from nb2prod.cli.explanation_text import explanation_text
from nb2prod.cli.output import write_out
from nb2prod.cli.terminal import is_coloured
from nb2prod.errors import Nb2prodError, UsageError

Form = Literal["text", "json", "html"]


def run_explain(notebook: Path, options: BuildOptions, form: Form, file: Path | None) -> int:
    """Explain a notebook, show it, and return the exit code.

    Args:
        notebook: The notebook.
        options: How to run it.
        form: How to show it; where that is no text on standard output, the text goes to standard error.
        file: Where it goes; standard output if None.

    Raises:
        UsageError: If the file is the notebook itself.
        Nb2prodError: If the notebook cannot be read or run; its text is for the caller to show.
    """
    if file is not None and file.exists() and notebook.exists() and file.samefile(notebook):
        raise UsageError(
            f"-o {file} is the notebook itself, which is never written to",
            hint=f"give another file: -o {file.with_suffix('.html').name}",
        )
    try:
        explanation = explain(notebook, options)
    except Nb2prodError as fault:
        if form == "json":
            write_out(json.dumps(failed(fault).as_json(), ensure_ascii=False) + "\n", file)
        raise
    write_out(_shown(explanation, form, file), file)
    if form != "text":
        lines = explanation_text(explanation, is_coloured=is_coloured(sys.stderr))
        sys.stderr.writelines(f"{line}\n" for line in lines)
    if file is not None:
        sys.stderr.write(f"Written: {file}\n")
    return explanation.exit_code


def _shown(explanation: Explanation, form: Form, file: Path | None) -> str:
    if form == "json":
        return json.dumps(explanation.as_json(), ensure_ascii=False) + "\n"
    if form == "html":
        from nb2prod.build.explanation.view import view_of
        from nb2prod.report.page import page
        from nb2prod.service.templates import template_root

        return page(template_root(), "explain.html.j2", view_of(explanation))
    has_colours = file is None and is_coloured(sys.stdout)
    return "".join(f"{line}\n" for line in explanation_text(explanation, is_coloured=has_colours))
