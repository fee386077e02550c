"""The one spelling of an identity and of an evidence number.

Invariant: only letters and digits count, whatever their width, case and script of digits; what a person may type in between, or
nobody sees, makes no second person and no second ticket.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from dafeng.core.persons import fold_person

_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Signs that nobody sees and that are neither blanks nor controls."""
_PHONE = re.compile(r"(?:(?:00)?86)?0?(1[3-9]\d{9})")
_CARD = re.compile(r"(\d{17})[\dx]")
_OLD_CARD = re.compile(r"(\d{6})(\d{2})(\d{2})(\d{2})(\d{3})")
_PLATE = re.compile("([\u4e00-\u9fff][a-z])([a-z0-9]{5,6})")
_MAIL = re.compile(r"[^@]+@[^@]+\.[^@]+")
_CROSSES = str.maketrans("×✕✖х", "xxxx")
"""What is typed for the X at the end of a card number."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ASCII_SIGNS = str.maketrans("", "", "".join(sign for sign in map(chr, range(128)) if not sign.isalnum()))
"""ASCII that is neither letter nor digit."""
_BEFORE = str.maketrans("", "", " -_()（）\u3000")
"""What the spelling of earlier versions left out."""


def spell_identity(identity: str) -> str:
    """The one spelling of an identity.

    Parameters
    ----------
    identity : str
        A telephone number, the number of an identity card, a number plate, an address of mail, or any other number or name.

    Returns
    -------
    str
        Of a mobile number its eleven digits without the prefix of the country; of an identity card eighteen signs, also where
        fifteen were given; of a plate O and I read as 0 and 1, which plates do not have as letters; of an address of mail all
        of it, folded; of anything else its letters and digits. Empty where there are none.
    """
    folded = _fold(identity)
    if _MAIL.fullmatch(folded):
        return folded
    plain = _strip(folded)
    if found := _PHONE.fullmatch(plain):
        return found[1]
    crossed = _strip(folded.translate(_CROSSES))
    if _CARD.fullmatch(crossed):
        return crossed
    if found := _OLD_CARD.fullmatch(plain):
        return _lengthen(plain, found)
    if found := _PLATE.fullmatch(plain):
        return found[1] + found[2].replace("o", "0").replace("i", "1")
    return plain


def spell_evidence(evidence: str) -> str:
    """The one spelling of an evidence number.

    Parameters
    ----------
    evidence : str
        As it was handed in.

    Returns
    -------
    str
        Its letters and digits; of one without any, what can be seen of it.
    """
    folded = _fold(evidence)
    return _strip(folded) or folded


def list_identities(identity: str) -> tuple[str, ...]:
    """All spellings under which an identity may be kept.

    Parameters
    ----------
    identity : str
        The identity.

    Returns
    -------
    tuple of str
        As an earlier version spelt what was typed; the one of now; of a telephone number those with a prefix or dots.
    """
    made = [unicodedata.normalize("NFKC", identity).casefold().translate(_BEFORE), spell_identity(identity)]
    if found := _PHONE.fullmatch(made[1]):
        number = found[1]
        made += [f"{prefix}{number}" for prefix in ("+86", "86", "0086")] + [f"{number[:3]}.{number[3:7]}.{number[7:]}"]
    return tuple(one for one in dict.fromkeys(made) if one)


def former_evidence(evidence: str) -> tuple[str, ...]:
    """How earlier versions may have kept an evidence number, as it was handed in first.

    Parameters
    ----------
    evidence : str
        The number.

    Returns
    -------
    tuple of str
        As it was handed in, and in capital and small letters.
    """
    spelt = spell_evidence(evidence)
    return tuple(one for one in dict.fromkeys((evidence, evidence.upper(), evidence.lower())) if one != spelt)


def _fold(text: str) -> str:
    if text.isascii():  # most are; the long way gives the same
        return "".join(text.casefold().split()) if text.isprintable() else fold_person(text)
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in _UNSEEN.sub("", text))
    return fold_person(_UNSEEN.sub("", fold_person(digits)))


def _strip(folded: str) -> str:
    if folded.isascii():  # most are; the long way gives the same
        return folded.translate(_ASCII_SIGNS)
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LMN")


def _lengthen(plain: str, found: re.Match[str]) -> str:
    """The eighteen signs of a card number of fifteen; itself where its birthday is none."""
    place, year, month, day, order = found.groups()
    try:
        date(1900 + int(year), int(month), int(day))
    except ValueError:
        return plain
    digits = f"{place}19{year}{month}{day}{order}"
    return digits + "10x98765432"[sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=True)) % 11]
