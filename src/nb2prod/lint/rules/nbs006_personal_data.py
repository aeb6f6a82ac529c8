"""NBS006: a saved output shows personal data."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.lazy_pattern import LazyPattern

_MAIL = LazyPattern(r"(?<![\w.+-])[\w.+-]+@(?!example\.)[\w-]+\.[a-z]{2,}(?:\.[a-z]{2,})?\b")
_CARD = LazyPattern(r"(?<![\d.])\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\d.])")
_SOCIAL = LazyPattern(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
# These begin with one letter or digit, for which a text is searched many times faster.
_LIKE_SOCIAL = LazyPattern(r"-\d\d-\d")
_LIKE_CARD = LazyPattern(r"\d{4}[ -]?\d{4}[ -]?\d{4}")
_FEW = 3


@register
class PersonalData(Rule):
    """A saved output shows mail addresses, card numbers or social security numbers.

    ## What it does
    Looks through saved text outputs for three or more of one kind. Card numbers must have a right
    check digit. Nothing that it finds is repeated in its message.

    ## Why is this bad?
    The notebook is kept and sent around with its outputs, and the people in it never agreed to
    that.

    ## Example
    ```python
    # %% count=1 output="ann@mail.org bob@mail.org cyd@mail.org"
    print(*["..."])
    ```

    ## Use instead
    ```python
    # %% count=1 output="3 people"
    print(len([1, 2, 3]), "people")
    ```
    """

    code = "NBS006"
    name = "personal-data"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding for each cell whose outputs show such data."""
        told: set[int] = set()
        for cell, text in context.saved_texts if _may_show(context.saved_text) else ():
            what = _found_in(text) if cell.number not in told else None
            if what is not None:
                told.add(cell.number)
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    f"The saved output of this cell shows {what} of people: "
                    "whoever gets the notebook gets them.",
                    hint="Clear the output, or show counts instead of rows.",
                    subject=what,
                )


def _may_show(text: str) -> bool:
    has_numbers = _LIKE_SOCIAL.search(text) is not None or _LIKE_CARD.search(text) is not None
    return has_numbers or "@" in text


def _found_in(text: str) -> str | None:
    if "@" in text and len(set(_MAIL.findall(text))) >= _FEW:
        return "mail addresses"
    if _LIKE_SOCIAL.search(text) and len(set(_SOCIAL.findall(text))) >= _FEW:
        return "social security numbers"
    if _LIKE_CARD.search(text) is None:
        return None
    cards = {match.group() for match in _CARD.finditer(text)}
    if sum(_is_card(card) for card in cards) >= _FEW:
        return "card numbers"
    return None


def _is_card(text: str) -> bool:
    """Check the last digit as cards do."""
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return digits[0] in (3, 4, 5, 6) and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
