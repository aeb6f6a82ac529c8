"""How far words are apart, for "did you mean"."""

from collections.abc import Iterable


def edit_distance(left: str, right: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours between two words."""
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a word was probably meant to be, or None when nothing is near."""
    allowed = max(1, len(word) // 3)
    letters = set(word.lower())
    best: tuple[int, str] | None = None
    for candidate in sorted(set(candidates)):
        if candidate == word or abs(len(candidate) - len(word)) > allowed:
            continue
        # One edit adds or removes at most two different letters.
        if len(letters.symmetric_difference(candidate.lower())) > 2 * allowed:
            continue
        distance = 0 if candidate.lower() == word.lower() else edit_distance(word, candidate)
        # Among short names every other one is one letter away.
        if distance <= min(allowed, len(word) - 1) and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None
