"""Show a fault to the person who can mend it."""

from nb2prod.errors import Nb2prodError
from nb2prod.lint.excerpt import excerpt


def fault_text(fault: Nb2prodError, *, is_coloured: bool = False) -> str:
    """Return a fault as text: where and what, the source line, why it matters, what to do next."""
    place = f"{fault.place}: " if fault.place is not None else ""
    lines = [f"{place}{_paint('error:', is_coloured=is_coloured)} {fault.what}"]
    where = fault.place
    if where is not None and where.source_line is not None and where.column is not None:
        end = where.end_column if where.end_line in (None, where.line) else None
        shown, blanks, carets = excerpt(where.source_line, where.column, end)
        lines += [f"{where.line or '':5} | {shown}", f"      | {blanks}{carets}"]
    if fault.why:
        lines += [f"    why:  {line}" for line in fault.why.split("\n")]
    if fault.hint:
        lines += [f"    hint: {line}" for line in fault.hint.split("\n")]
    return "\n".join(lines)


def _paint(text: str, *, is_coloured: bool) -> str:
    return f"\x1b[1;31m{text}\x1b[0m" if is_coloured else text
