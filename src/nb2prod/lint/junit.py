"""Findings as JUnit's XML, which every CI server can show."""

import re
from collections.abc import Iterable

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.ci_reports import place_in_words
from nb2prod.lint.reports import Linted, diagnostic_text

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(linted: Iterable[Linted]) -> str:
    """Return one suite for each notebook and one failing case for each finding."""
    suites = [_suite(one) for one in linted]
    return "\n".join(
        ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>", *suites, "</testsuites>"]
    )


def _suite(linted: Linted) -> str:
    path, found = linted.notebook.path, linted.diagnostics
    cases = [_case(one, linted) for one in found]
    if not found:
        cases = [f'    <testcase classname={_quoted(path)} name="clean"/>']
    head = f'  <testsuite name={_quoted(path)} tests="{len(cases)}" failures="{len(found)}" errors="0">'
    return "\n".join([head, *cases, "  </testsuite>"])


def _case(diagnostic: Diagnostic, linted: Linted) -> str:
    name = f"{diagnostic.code} {place_in_words(diagnostic)}{diagnostic.name}"
    text = diagnostic_text(diagnostic, linted.notebook)
    return (
        f"    <testcase classname={_quoted(linted.notebook.path)} name={_quoted(name)}>\n"
        f"      <failure type={_quoted(diagnostic.severity)} message={_quoted(diagnostic.message)}>"
        f"{_escaped(text)}</failure>\n"
        "    </testcase>"
    )


def _escaped(text: str) -> str:
    plain = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', "&quot;").replace("\n", " ") + '"'
