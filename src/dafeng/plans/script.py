"""A paragraph in one script: half-width digits, full-width marks, simplified characters, no marks of the layout.

Invariant: every character kept knows its position in the document, so that a stretch of the cleaned text can be shown
in the original.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import opencc

from dafeng.core.documents import Paragraph

TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
SYLLABLE = (
    "(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)(?:ai|ei|ao|ou|ang?|eng?|ong|i(?:ao|ang?|ng?|ong|e|a|u)?|u(?:ang?|ai|an|ei|o|a|i|n|e)?|ve?|a|o|e)"
    "|ai|ei|ao|ou|ang?|eng?|er"
)
"""A syllable of pinyin without tone, as careless copies put behind each character."""
LAYOUT = re.compile(
    r"\[bookmark:[^\]\n]{0,200}\]|[\u200b-\u200f\u2060\ufeff\u00ad]"
    rf"|[（(][a-zA-Z]{{0,12}}[{TONES}][^（）()]{{0,60}}[）)]"
    rf"|(?<=[\u4e00-\u9fff])[（(](?!pue)(?:{SYLLABLE})[）)]"
)
PINYIN = re.compile(rf"(?<![a-z])[a-z]{{0,6}}[{TONES}][a-z{TONES} ]{{0,200}}")
SPACE = re.compile(r"\s+")
WIDE = (
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ％．＋－／﹪₀₁₂₃₄₅₆₇₈₉"
)
NARROW = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%.+-/%0123456789"
HALF = ";:()!?∶"
FULL = "；：（）！？："
WRITTEN_YEAR = re.compile(r"(?:二[〇零○]|一九)[〇零○一二三四五六七八九]{2}(?=年)")
WRITTEN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
LOOKALIKE = re.compile(
    r"(?<=\d)[OoＯ](?=[\dOo年%])|(?<=20)[OoＯ](?=\d)|(?<=[到至])2[OoＯ](?=\d\d年)"
    r"|(?<=\d)[lI|](?=[\d%])|(?<=[到达至])[lI](?=\d{0,3}%)"
)


@dataclass(frozen=True, slots=True)
class Script:
    """Cleaned text of a paragraph.

    Parameters
    ----------
    text : str
        Cleaned characters.
    origin : tuple of int
        Position of each of them in the document. [characters]
    paragraph : int
        Number of the paragraph.
    mended : bool
        Whether a letter that stands for a digit was read as the digit.
    """

    text: str
    origin: tuple[int, ...]
    paragraph: int
    mended: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Stretch of the document behind a stretch of the cleaned text.

        Parameters
        ----------
        start, end : int
            Half-open range in ``text``, not empty. [characters]

        Returns
        -------
        tuple of int
            Half-open range in the document. [characters]
        """
        return self.origin[start], self.origin[end - 1] + 1


def clean(paragraph: Paragraph) -> Script:
    """Bring a paragraph into one script.

    Parameters
    ----------
    paragraph : Paragraph
        Paragraph as read.

    Returns
    -------
    Script
        Cleaned text with positions.
    """
    raw = paragraph.text
    kept = [*_kept(raw)]
    text = "".join(raw[at] for at in kept).translate(_table())
    text = WRITTEN_YEAR.sub(lambda found: found.group().translate(WRITTEN_DIGITS), text)
    text = re.sub(r"(?<!\d),|,(?!\d{3}(?!\d))", "，", text)
    text = re.sub(r"(?<=[\u4e00-\u9fff%”])\.(?=[\u4e00-\u9fff“（]|$)", "。", text)
    mended = LOOKALIKE.sub(_digits, text)
    return Script(mended, tuple(paragraph.start + at for at in kept), paragraph.number, mended != text)


def simplify(text: str) -> str:
    """Simplified characters and half-width digits for a short text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same length.
    """
    return text.translate(_table())


def _digits(found: re.Match[str]) -> str:
    return found.group().translate(str.maketrans("OoＯlI|", "000111"))


def _kept(raw: str) -> list[int]:
    dropped = bytearray(len(raw))
    for pattern in (LAYOUT, PINYIN):
        for found in pattern.finditer(raw):
            dropped[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    for found in SPACE.finditer(raw):
        if not _between_words(raw, found.start(), found.end()):
            dropped[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    return [at for at in range(len(raw)) if not dropped[at]]


def _between_words(raw: str, start: int, end: int) -> bool:
    """A space is kept between two Latin words or two numbers, and nowhere else."""
    if start == 0 or end == len(raw):
        return False
    before, after = raw[start - 1], raw[end]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum() and before.isdigit() == after.isdigit()


class _Table(dict[int, str]):
    """Characters as they are written out; traditional ones are looked up when they are first met."""

    def __missing__(self, code: int) -> str:
        mark = chr(code)
        simple = _converter().convert(mark) if "\u3400" <= mark <= "\U0003ffff" and not "\uac00" <= mark <= "\uffff" else mark
        self[code] = simple if len(simple) == 1 else mark
        return self[code]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _table() -> Mapping[int, str]:
    table = _Table({ord(wide): narrow for wide, narrow in zip(WIDE, NARROW, strict=True)})
    table.update({ord(half): full for half, full in zip(HALF, FULL, strict=True)})
    return table
