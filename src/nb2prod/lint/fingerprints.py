"""A short, stable name for each finding, by which tools and baselines know it again."""

from collections import Counter
from collections.abc import Iterator

from nb2prod.lint.reports import Linted


def fingerprints(linted: Linted) -> Iterator[str]:
    """Yield a name for each finding of a notebook, in their order.

    It is made of the path, the code, what the finding is about and the text of its line, so it
    stays when cells move or grow. Equal ones are counted.
    """
    from hashlib import sha256

    seen: Counter[str] = Counter()
    path = linted.notebook.path.replace("\\", "/")
    for one in linted.diagnostics:
        line = ""
        if one.cell is not None and one.line is not None:
            lines = linted.notebook.cell(one.cell).source.split("\n")
            line = lines[one.line - 1].strip() if one.line <= len(lines) else ""
        key = "\0".join((path, one.code, one.subject or "", line))
        text = f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")
        seen[key] += 1
        yield sha256(text).hexdigest()[:20]
