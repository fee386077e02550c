"""A text in the two languages of the product.

Invariant: both languages are present; a missing one is refused when the label is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Label:
    """One text in Chinese and English.

    Parameters
    ----------
    zh, en : str
        The same statement in both languages, neither empty.

    Raises
    ------
    ValueError
        If one of the languages is empty.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"a label needs both languages: zh={self.zh!r} en={self.en!r}")

    def __str__(self) -> str:
        return self.zh

    def read(self, language: Language) -> str:
        """Text in one language.

        Parameters
        ----------
        language : {"zh", "en"}
            The language wanted.

        Returns
        -------
        str
            The text in that language.
        """
        return self.zh if language == "zh" else self.en


Wording = str | Label
"""A text as published, in its own language alone, or a text of the project's own in both languages."""


def read_wording(wording: Wording, language: Language) -> str:
    """A text in one language, or as published.

    Parameters
    ----------
    wording : str or Label
        The text.
    language : {"zh", "en"}
        The language wanted.

    Returns
    -------
    str
        What is published stays as published.
    """
    return wording.read(language) if isinstance(wording, Label) else wording


def texts_of(wording: Wording) -> tuple[str, ...]:
    """All texts that a wording has.

    Parameters
    ----------
    wording : str or Label
        The text.

    Returns
    -------
    tuple of str
        The one as published, or the Chinese and the English one.
    """
    return (wording.zh, wording.en) if isinstance(wording, Label) else (wording,)
