"""How near two words are in spelling, letters of other scripts that only look like a to z, and invisible letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LOOK = str.maketrans(
    # Cyrillic, then Greek, then a dotless i and the letters of phonetics.
    "аеорсухіјѕԁһԛԝкАВЕЅІЈКМНОРСТХУ" + "αονρυικτχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "\u0131\u0251\u0261",
    "aeopcyxijsdhqwkABESIJKMHOPCTXY" + "aovpuiktxyABEZHIKMNOPTYX" + "iag",
)

INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159"
) | {chr(code) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for code in range(first, last + 1)}
"""Letters, marks and symbols of which nothing is seen: fillers, a braille blank, an empty note, selectors of a variant.
Spaces, and characters of control and format, are invisible too; `str.isprintable` finds those."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]+")
_SIGN = re.compile(r"[\u03b1-\u03c9](?![^\W\d_])|[\u03b1-\u03c9][A-Z]+\b")
_OTHER_SCRIPTS = ("CYRILLIC", "GREEK", "FULLWIDTH", "MATHEMATICAL", "SCRIPT", "BLACK-LETTER", "DOUBLE-STRUCK")


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: letters of East Asia and most pictures take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def has_invisible(text: str) -> bool:
    """Whether it has a letter, mark or symbol that cannot be seen."""
    # A search for so many single characters takes thirty times as long.
    return not text.isascii() and not INVISIBLE.isdisjoint("".join(_BEYOND_ASCII.findall(text)))


def misleading(text: str) -> Iterator[tuple[int, str, str]]:
    """Each word of a line that is not what it looks like: where it begins, the word, and what it looks like.

    Such a word mixes a to z with look-alikes of other scripts; or it has look-alikes alone, in a line of words in a to
    z. A line in another script may have such words of its own. A Greek letter by itself, or before a capital, is a
    sign, such as the gamma of gamma-GT.
    """
    if text.isascii():
        return
    words = [(found.start(), found[0], set(map(_kind, found[0]))) for found in _WORD.finditer(text)]
    latin = any(kinds == {"latin"} for *_, kinds in words)
    other = any("other" in kinds and "latin" not in kinds for *_, kinds in words)
    for start, word, kinds in words:
        mixed = {"latin", "looks"} <= kinds
        whole = kinds == {"looks"} and latin and not other
        if (mixed or whole) and not _SIGN.match(word):
            yield start, word, in_ascii(word)


def _kind(letter: str) -> str:
    """`latin`; `looks`: of another script, or styled for formulas, and like one of a to z; or `other`."""
    name = unicodedata.name(letter, "")
    if not name.startswith(_OTHER_SCRIPTS):
        return "latin"
    return "looks" if _plain(letter) != letter else "other"


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
