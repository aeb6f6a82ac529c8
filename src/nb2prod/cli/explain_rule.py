"""`nb2prod explain-rule`: a rule's page in the terminal."""

import click


@click.command("explain-rule")
@click.argument("code", metavar="CODE")
def explain_rule_command(*, code: str) -> None:
    """Show what a lint rule does, why it matters, an example, and what to use instead."""
    import nb2prod.lint.rules  # noqa: F401 - importing the rules registers them
    from nb2prod.errors import UsageError
    from nb2prod.lint.page import page_of
    from nb2prod.lint.rule import registered
    from nb2prod.notebook.spelling import nearest

    rules = registered()
    found = {rule.name: rule for rule in rules.values()} | rules
    rule = found.get(code.upper()) or found.get(code.lower())
    if rule is None:
        near = nearest(code.upper(), rules)
        hint = f"Did you mean {near}? " if near else ""
        raise UsageError(
            f"There is no rule {code}.",
            hint=f"{hint}docs/rules/README.md lists them; NBC codes are in docs/refusals.md.",
        )
    click.echo(page_of(rule), nl=False)
