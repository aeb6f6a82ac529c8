"""Findings as SARIF 2.1.0, which code hosts and editors read."""

import inspect
import json
from collections.abc import Iterable

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.fingerprints import fingerprints
from nb2prod.lint.reports import Located
from nb2prod.lint.rule import registered
from nb2prod.version import __version__

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_report(located: Iterable[Located]) -> str:
    """Return all findings as one run."""
    rules = registered()
    places = {code: index for index, code in enumerate(rules)}
    results = [
        _result(found, name, one, places)
        for one in located
        for name, found in zip(fingerprints(one.linted), one.linted.diagnostics, strict=True)
    ]
    driver = {
        "name": "nb2prod",
        "semanticVersion": __version__,
        "rules": [
            {
                "id": rule.code,
                "name": rule.name,
                "shortDescription": {"text": (inspect.getdoc(rule) or "").partition("\n")[0]},
                "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            }
            for rule in rules.values()
        ],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(
    found: Diagnostic, fingerprint: str, located: Located, places: dict[str, int]
) -> dict[str, object]:
    path = located.linted.notebook.path.replace("\\", "/")
    location: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": path},
            "region": {"startLine": located.line(found)},
        }
    }
    if found.cell is not None:
        name = f"cell {found.cell}" + (f":{found.line}:{found.column}" if found.line else "")
        location["logicalLocations"] = [{"name": name, "kind": "cell"}]
    text = f"{found.message} {found.hint}" if found.hint else found.message
    result: dict[str, object] = {
        "ruleId": found.code,
        "level": _LEVELS[found.severity],
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"nb2prod/v1": fingerprint},
    }
    if found.code in places:
        result["ruleIndex"] = places[found.code]
    return result
