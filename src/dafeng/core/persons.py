"""Whether two spellings name one person.

Invariant: width, case, blanks and characters that nobody sees never make a second person of one.
"""

from __future__ import annotations

import unicodedata


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
