"""A rule's page, made from its docstring."""

import inspect

from nb2prod.lint.rule import Rule, registered

_FAMILIES = {
    "NBH": "hidden state",
    "NBO": "order of execution",
    "NBR": "determinism",
    "NBL": "leakage",
    "NBP": "portability",
    "NBT": "tags and structure",
    "NBS": "security",
}


def page_of(rule: type[Rule]) -> str:
    """Return the Markdown page of a rule."""
    stops = "; stops a build" if rule.stops_build else ""
    family = _FAMILIES[rule.code[:3]]
    head = f"# {rule.code}: {rule.name}\n\n*{family}; {rule.severity}{stops}*\n\n"
    return head + (inspect.getdoc(rule) or "") + "\n"


def index_page() -> str:
    """Return the Markdown page that lists all rules by family."""
    lines = [
        "# Rules",
        "",
        "`nb2prod explain-rule CODE` shows a page in the terminal. These pages are made from the code, and each",
        "example is a test: it fires exactly its code, and what to use instead is clean.",
    ]
    for prefix, family in _FAMILIES.items():
        lines += [
            "",
            f"## {prefix}: {family}",
            "",
            "| code | name | severity | stops a build | what |",
        ]
        lines.append("|---|---|---|---|---|")
        for rule in registered().values():
            if rule.code.startswith(prefix):
                first = (inspect.getdoc(rule) or "").partition("\n")[0].replace("|", "\\|")
                stops = "yes" if rule.stops_build else ""
                link = f"[{rule.code}]({rule.code}.md)"
                lines.append(f"| {link} | {rule.name} | {rule.severity} | {stops} | {first} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Return all pages by file name."""
    made = {f"{code}.md": page_of(rule) for code, rule in registered().items()}
    return {"README.md": index_page(), **made}
