"""Print findings in the form that somebody asked for."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence

from nb2prod.cli.terminal import is_coloured
from nb2prod.lint.reports import Linted, Located, json_report, text_report

FORMS = ("text", "json", "github", "gitlab", "junit", "sarif")
"""The forms of `--format`."""


def print_findings(form: str, linted: Sequence[Linted]) -> None:
    """Print findings as text, or for another program."""
    if form == "text":
        if linted:
            for block in text_report(linted, is_coloured=is_coloured(sys.stdout)):
                sys.stdout.write(f"{block}\n")
        return
    text = json_report(linted) if form == "json" else _MACHINES[form](linted)
    sys.stdout.write(f"{text}\n" if text else "")


def print_statistics(linted: Sequence[Linted]) -> None:
    """Print how often each rule found something, the most frequent first."""
    counts = Counter((one.code, one.name) for each in linted for one in each.diagnostics)
    mendable = Counter(one.code for each in linted for one in each.diagnostics if one.fixable)
    for (code, name), count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        mark = "[*]" if mendable[code] else "[ ]"
        sys.stdout.write(f"{count:6}  {code}  {mark}  {name}\n")
    if mendable:
        sys.stdout.write("[*] some can be mended by --fix\n")


def _github(linted: Sequence[Linted]) -> str:
    from nb2prod.lint.ci_reports import github_report

    return "\n".join(github_report(_located(linted)))


def _gitlab(linted: Sequence[Linted]) -> str:
    from nb2prod.lint.ci_reports import gitlab_report

    return gitlab_report(_located(linted))


def _junit(linted: Sequence[Linted]) -> str:
    from nb2prod.lint.junit import junit_report

    return junit_report(linted)


def _sarif(linted: Sequence[Linted]) -> str:
    from nb2prod.lint.sarif import sarif_report

    return sarif_report(_located(linted))


_MACHINES: dict[str, Callable[[Sequence[Linted]], str]] = {
    "github": _github,
    "gitlab": _gitlab,
    "junit": _junit,
    "sarif": _sarif,
}


def _located(linted: Sequence[Linted]) -> list[Located]:
    return [Located(one, _lines(one.notebook.path)) for one in linted]


def _lines(path: str) -> list[tuple[int, ...]]:
    """Return the file's lines of each cell; none for what came from standard input."""
    from nb2prod.notebook.locating import file_lines

    try:
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 - pathlib starts slowly
            return file_lines(file.read())
    except OSError:
        return []
