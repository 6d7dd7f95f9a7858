"""How near two words are in spelling, and letters of other scripts that only look like a to z."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_LOOK = str.maketrans(
    # Cyrillic, then Greek, then a dotless i and the letters of phonetics.
    "аеорсухіјѕԁһԛԝкАВЕЅІЈКМНОРСТХУ" + "αονρυικτχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "\u0131\u0251\u0261",
    "aeopcyxijsdhqwkABESIJKMHOPCTXY" + "aovpuiktxyABEZHIKMNOPTYX" + "iag",
)


def look_alike(text: str) -> tuple[int, str] | None:
    """Where the first character is that only looks like an ASCII one, and the one that it looks like."""
    if text.isascii():
        return None
    return next(((index, plain) for index, char in enumerate(text) if (plain := _plain(char)) != char), None)


def in_ascii(text: str) -> str:
    """The text with each look-alike replaced."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(char: str) -> str:
    looks = unicodedata.normalize("NFKC", char).translate(_LOOK)
    return looks if len(looks) == 1 and looks.isascii() else char


def near(word: str, words: Iterable[str]) -> list[str]:
    """The words that the author of `word` may have meant: those with the fewest slips, if these are few.

    One letter that is lost, added, wrong, or swapped with its neighbour is one slip; upper case, look-alikes, and a
    hyphen or space for `_` do not count. A word of `words` may have one slip from 3 letters on, two from 8 on, else
    none. With more, some word is near almost every other word, and the suggestion is a guess.
    """
    folded = _folded(word)
    slips = {other: _slips(folded, _folded(other), _allowed(other)) for other in dict.fromkeys(words)}
    counts = [count for count in slips.values() if count is not None]
    return sorted(other for other, count in slips.items() if count is not None and count == min(counts))


def _folded(word: str) -> str:
    return in_ascii(word.strip()).lower().replace("-", "_").replace(" ", "_")


def _allowed(word: str) -> int:
    return 0 if len(word) < 3 else 1 if len(word) < 8 else 2


def _slips(given: str, meant: str, most: int) -> int | None:
    """How many slips turn `meant` into `given`, or None for more than `most`."""
    if abs(len(given) - len(meant)) > most:
        return None
    earlier: list[int] = []
    last = list(range(len(meant) + 1))
    for row, letter in enumerate(given, 1):
        current = [row]
        for column, other in enumerate(meant, 1):
            fewest = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == meant[column - 2] and given[row - 2] == other:
                fewest = min(fewest, earlier[column - 2] + 1)
            current.append(fewest)
        earlier, last = last, current
    return last[-1] if last[-1] <= most else None
