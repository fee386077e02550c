"""Whether two spellings name one person.

Invariant: width, case, blanks and characters that nobody sees never make a second person of one.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Characters that nobody sees though they are letters or marks: fillers and variation selectors."""
ALIKE = ("LATIN", "CYRILLIC", "GREEK")
"""Scripts whose letters look the same."""


def fold_person(name: str) -> str:
    """The one spelling of a name.

    Parameters
    ----------
    name : str
        As it was typed.

    Returns
    -------
    str
        Compatibility forms resolved, case folded, without blanks, control and format characters; equal for what a reader cannot
        tell apart by width, case or invisible characters. Look-alike letters of two scripts stay different.
    """
    plain = name
    while (again := _fold_once(plain)) != plain:
        plain = again
    return plain


def _fold_once(name: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "CZ")


def hides_signs(text: str) -> bool:
    """Whether a text holds characters that nobody sees, or that change the order in which others are seen.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        True with control and format characters, line ends, fillers and variation selectors; a plain blank is seen.
    """
    return not text.isprintable() or _UNSEEN.search(text) is not None


def show_hidden(text: str) -> str:
    """A text in which everything can be seen.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        With the code of each sign that nobody sees in its place, ``‹U+202E›``.
    """
    return "".join(f"‹U+{ord(sign):04X}›" if hides_signs(sign) else sign for sign in text)


def mixes_scripts(name: str) -> bool:
    """Whether a name mixes letters of scripts that look the same: a Cyrillic О among Latin letters.

    Parameters
    ----------
    name : str
        As it was typed.

    Returns
    -------
    bool
        True where letters of two of Latin, Cyrillic and Greek stand in it, whatever their width.
    """
    letters = (unicodedata.name(sign, "").split(" ")[0] for sign in unicodedata.normalize("NFKC", name) if sign.isalpha())
    return len({script for script in letters if script in ALIKE}) > 1
