"""Fill the slots of an idiom with columns of a table, and follow what becomes of them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from tests.properties.idioms.idiom import Idiom

_SLOT = re.compile(r"\$(oc|[a-zA-Z])")
_SAME = {"m": "n", "e": "c", "D": "d", "S": "s", "Z": "m", "z": "m", "x": "c", "X": "c"}
_BECOMES = {"D": "p", "S": "n", "Z": "n", "x": "n", "X": ""}
_MADE = {"o": "n", "q": "n", "oc": "c"}


class Columns:
    """The columns of a frame on its way, by kind.

    Args:
        kinds: Of the raw table.
        rng: Draws.
    """

    def __init__(self, kinds: Mapping[str, str], rng: random.Random) -> None:
        self._kinds = dict(kinds)
        self._rng = rng
        self._made = 0

    def fill(self, idiom: Idiom) -> str | None:
        """Return an idiom's template without slots, or None where the table has no such columns."""
        chosen: dict[str, str] = {}
        for slot in dict.fromkeys(_SLOT.findall(idiom.form)):
            literal = self._literal(slot, chosen)
            if literal is None:
                return None
            chosen[slot] = literal
        for slot, literal in chosen.items():
            self._follow(slot, literal)
        self._made += 1
        return _SLOT.sub(lambda found: chosen[found[1]], idiom.form)

    def _literal(self, slot: str, chosen: Mapping[str, str]) -> str | None:
        if slot in _MADE:
            return repr(f"{slot}{self._made}")
        if slot == "u":
            return str(self._made)
        if slot == "f":
            return repr(self._rng.choice([0.5, 3, 30.0, 50, 60.5]))
        if slot in "NC":
            found = self._of_kind(slot.lower())
            picked = self._rng.sample(found, min(len(found), self._rng.randint(2, 4)))
            return repr(picked) if len(picked) > 1 else None
        found = [c for c in self._of_kind(_SAME.get(slot, slot)) if repr(c) not in chosen.values()]
        return repr(self._rng.choice(found)) if found else None

    def _of_kind(self, kind: str) -> list[str]:
        kinds = {"n", "i"} if kind == "n" else {kind}
        return [name for name, each in self._kinds.items() if each in kinds]

    def _follow(self, slot: str, literal: str) -> None:
        if slot in _MADE:
            self._kinds[literal.strip("'")] = _MADE[slot]
        elif slot in _BECOMES:
            self._kinds[literal.strip("'")] = _BECOMES[slot]
