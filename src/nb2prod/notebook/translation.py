"""Translate the lines of a cell that hold IPython syntax."""

import ast
import re
import warnings
from collections.abc import Mapping

from nb2prod.notebook import magic_table as table
from nb2prod.notebook.logical_lines import Special, special_lines
from nb2prod.notebook.magic_names import bound_by_cell_magic, bound_by_line_magic
from nb2prod.notebook.requirement_lines import requirements_in
from nb2prod.notebook.translated import Dropped, Problem, Translated

_ESCAPE = re.compile(r"\s*(?P<escape>%%?|!!?|\?\??|[,;/])(?=\S)(?P<rest>.*)", re.DOTALL)
_HELP = re.compile(r"\s*%{0,2}(?:[^\W\d]|\*)[\w.*]*(?:\[[^\]\n]*\][\w.*]*)*\?\??\s*\Z")
_TARGET = r"[^\W\d][\w.]*(?:\[[^\]]*\])?"
_ASSIGN = re.compile(
    rf"(?P<head>\s*{_TARGET}(?:\s*,\s*{_TARGET})*\s*(?:,\s*)?=\s*)(?P<escape>%|!!?)(?P<rest>\S.*)",
    re.DOTALL,
)
_AUTOMAGIC_INSTALL = re.compile(
    r"\s*(?:pip|conda|mamba)[ \t]+(?:install|uninstall|list|show|freeze)\b"
)
_NAME = re.compile(r"[\w.]+")
_OPTIONS = re.compile(r"(?:\s*-{1,2}[A-Za-z][\w-]*(?:[ \t]+(?:cumulative|time|calls|\d+)\b)?)*\s*")
_PADDING = "pass;"
_SHELLS = ("bash", "sh", "system", "sx", "cmd")


def translate_lines(
    code: str, shifts: Mapping[int, int], magics: frozenset[str] = frozenset()
) -> Translated:
    """Translate a cell's lines.

    Args:
        code: The cell's text without the indentation of its first line.
        shifts: How many columns that took from each line, by 1-based number.
        magics: Names of further magics that bind nothing.
    """
    work = _Translation(code, shifts, magics)
    first = next((index for index, line in enumerate(work.lines) if line.strip()), 0)
    if work.lines[first].startswith("%%") and not _HELP.match(work.lines[first]):
        work.cell_magic(first)
    else:
        work.line_magics(first)
    return work.result()


def _is_special(line: str) -> bool:
    return bool(
        _ESCAPE.match(line)
        or _HELP.match(line)
        or _ASSIGN.fullmatch(line)
        or _AUTOMAGIC_INSTALL.match(line)
    )


class _Translation:
    """The lines of one cell while they are translated."""

    def __init__(
        self, source: str, shifts: Mapping[int, int], magics: frozenset[str] = frozenset()
    ) -> None:
        self.magics = magics
        self.source = source
        self.lines = source.split("\n")
        self.dropped: list[Dropped] = []
        self.requirements: list[str] = []
        self.problems: list[Problem] = []
        self.is_blind = False
        self.shifts = dict(shifts)

    def result(self) -> Translated:
        return Translated(
            "\n".join(self.lines),
            tuple(self.dropped),
            tuple(dict.fromkeys(self.requirements)),
            tuple(self.problems),
            self.is_blind,
            self.shifts,
        )

    def line_magics(self, first: int) -> None:
        """Translate the special lines from a line on; what is before it is left as it is."""
        offset = sum(len(line) + 1 for line in self.lines[:first])
        for special in special_lines(self.source[offset:], _is_special):
            self._line(special._replace(line=special.line + first))

    def cell_magic(self, first: int) -> None:
        """Translate a cell whose first line starts with ``%%``."""
        match = _NAME.match(self.lines[first], 2)
        name = match.group() if match else ""
        rest = self.lines[first][2 + len(name) :].strip()
        whole = Special(first, len(self.lines) - first, "\n".join(self.lines[first:]))
        if name in table.KEPT_CELLS:
            bound = (
                _NAME.fullmatch(rest.split()[-1])
                if name == "capture" and rest and not rest.split()[-1].startswith("-")
                else None
            )
            self.dropped.append(Dropped(first + 1, self.lines[first]))
            self.lines[first] = f"{bound.group()} = None" if bound else f"# {self.lines[first]}"
            self.line_magics(first + 1)
        elif name in table.DISPLAY_CELLS:
            self._drop(Special(first, whole.length, self.lines[first]))
        elif "--" not in rest and name in _SHELLS and self._only_installs(whole):
            return
        else:
            names = bound_by_cell_magic(name, rest)
            self._refuse(
                whole._replace(text=self.lines[first]),
                f"%%{name}",
                table.ADVICE.get(name, _CELL_ADVICE),
                " = ".join([*names, "None"]) if names else "pass",
            )
            self.is_blind |= names is None and name not in self.magics

    def _only_installs(self, whole: Special) -> bool:
        """Take a shell cell that does nothing but install packages or show things."""
        commands = [
            line.strip()
            for line in whole.text.split("\n")[1:]
            if line.strip() and not line.lstrip().startswith("#")
        ]
        found = [requirements_in(command) for command in commands]
        if not all(
            new is not None or _is_looking(command)
            for new, command in zip(found, commands, strict=True)
        ):
            return False
        self.requirements += [requirement for new in found for requirement in new or ()]
        self._drop(whole._replace(text=whole.text.split("\n")[0]), is_shell=True)
        return True

    def _line(self, special: Special) -> None:
        assignment = _ASSIGN.fullmatch(special.text)
        if _HELP.match(special.text):
            self._drop(special)
        elif assignment:
            self._assignment(special, assignment)
        elif _AUTOMAGIC_INSTALL.match(special.text):
            self._command(special, special.text.strip())
        else:
            match = _ESCAPE.match(special.text)
            escape, rest = (match["escape"], match["rest"].strip()) if match else ("", "")
            if escape in ("?", "??"):
                self._drop(special)
            elif escape in ("!", "!!"):
                self._command(special, rest)
            elif escape in ("%", "%%"):
                self._magic(special, escape, rest)
            else:
                self._refuse(
                    special, f"the shortcut {escape}", "Write the call with its parentheses."
                )

    def _magic(self, special: Special, escape: str, rest: str) -> None:
        match = _NAME.match(rest)
        name = match.group() if match else ""
        statement = rest[len(name) :].strip()
        if escape == "%%":
            self._refuse(special, f"%%{name}", "A cell magic must be the first line of its cell.")
        elif name in table.KEPT:
            self._keep(special, special.text.index(name) + len(name), name)
        elif name in table.INSTALLERS or name in ("system", "sx"):
            self._command(special, rest if name in table.INSTALLERS else statement)
        elif name in table.DISPLAY or (
            name in ("env", "store") and not re.search(r"=|-r\b", statement)
        ):
            self._drop(special)
        else:
            bound = bound_by_line_magic(name, statement)
            instead = " = ".join([*bound, "None"]) if bound else "pass"
            self._refuse(special, f"%{name}", table.ADVICE.get(name, _LINE_ADVICE), instead)
            is_unknown = name in table.BLIND or name not in (*table.ADVICE, *self.magics)
            self.is_blind |= bound is None and is_unknown

    def _keep(self, special: Special, start: int, name: str) -> None:
        """Keep the statement that a magic measures, at its own columns where Python allows it."""
        text = special.text
        options = _OPTIONS.match(text, start)
        begin = options.end() if options else start
        statement = text[begin:]
        if not statement.strip():
            self._drop(special)
            return
        tree = _parsed(statement)
        if tree is None or special.length > 1:
            self._refuse(
                special,
                f"%{name}",
                "Put the whole statement on the line of the magic, or use %%time.",
            )
            return
        indent = len(text) - len(text.lstrip())
        if begin - indent > len(_PADDING) and not any(hasattr(node, "body") for node in tree.body):
            self.lines[special.line] = text[:indent] + _PADDING.ljust(begin - indent) + statement
        else:
            self.lines[special.line] = text[:indent] + statement
            self.shifts[special.line + 1] = self.shifts.get(special.line + 1, 0) + begin - indent
        self.dropped.append(Dropped(special.line + 1, text.strip()))

    def _assignment(self, special: Special, match: re.Match[str]) -> None:
        head, escape, rest = match["head"], match["escape"], match["rest"]
        name = _NAME.match(rest)
        if escape == "%" and name and name.group() in table.KEPT and special.length == 1:
            expression = rest[name.end() :]
            if _parsed(expression.strip()) is not None:
                self.lines[special.line] = head + " " * (1 + name.end()) + expression
                self.dropped.append(Dropped(special.line + 1, special.text.strip()))
                return
        what = f"{escape}{name.group() if name else ''}"
        self._refuse(
            special,
            what,
            "Assign the value with plain Python, for example with pathlib or subprocess.",
            f"{head}None",
        )

    def _command(self, special: Special, command: str) -> None:
        found = requirements_in(command)
        if found is None and not _is_looking(command):
            word = command.split(maxsplit=1)[0] if command.split() else ""
            self._refuse(special, f"!{word}", _SHELL_ADVICE)
            return
        self.requirements += found or ()
        self._drop(special, is_shell=True)

    def _drop(self, special: Special, *, is_shell: bool = False) -> None:
        self.dropped.append(Dropped(special.line + 1, special.text.strip(), is_shell))
        self._replace(special, "pass")

    def _refuse(self, special: Special, what: str, hint: str, instead: str = "pass") -> None:
        lines = special.text.split("\n")
        indent = len(lines[0]) - len(lines[0].lstrip())
        shift = self.shifts.get(special.line + 1, 0)
        end = shift + len(lines[-1].rstrip()) + 1
        self.problems.append(
            Problem(
                what, special.line + 1, shift + indent + 1, special.line + len(lines), end, hint
            )
        )
        self._replace(special, instead.strip())

    def _replace(self, special: Special, instead: str) -> None:
        """Comment each line out, behind a statement where a block or a name needs one."""
        for index in range(special.line, special.line + special.length):
            line = self.lines[index]
            indent = line[: len(line) - len(line.lstrip())]
            is_first = index == special.line
            statement = f"{instead}  " if is_first and (indent or instead != "pass") else ""
            self.lines[index] = f"{indent}{statement}# {line.strip()}" if line.strip() else line


_SHELL_ADVICE = "Do it in Python, or before the notebook runs; train.py calls no shell."
_LINE_ADVICE = "Replace it by plain Python, or move it to a cell without a role."
_CELL_ADVICE = "Write the cell in Python, or take its role away."


def _is_looking(command: str) -> bool:
    """Say whether a shell command only shows something."""
    if re.search(r"[>;&`]|\$\(", command):
        return False
    words = [part.split()[0] if part.split() else "" for part in command.split("|")]
    return all(
        word in table.LOOKING or word in table.INSTALLERS for word in words
    ) and not re.search(r"\b(?:install|uninstall|remove)\b|python3?\s+\S*\.py|-m\s", command)


def _parsed(statement: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(statement)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
