"""Text of data on a terminal: shown as it stands, never obeyed.

Invariant: no text becomes a style, a picture or a command of the terminal; signs that a terminal obeys are shown escaped.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TextIO

from rich.console import Console, JustifyMethod, OverflowMethod
from rich.style import Style
from rich.text import Text

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""A text without signs that a terminal obeys or that turn the order of others.

    Parameters
    ----------
    text : str
        As it was typed.

    Returns
    -------
    str
        The same with control signs as ``\x1b``, ``\u202e``; ends of lines and tabs stay.
    """
    return _OBEYED.sub(_escape, text)


def _escape(sign: re.Match[str]) -> str:
    number = ord(sign.group())
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def plain_text(text: str, *, style: str | Style = "") -> Text:
    """A text with one style.

    Parameters
    ----------
    text : str
        As it was typed.
    style : str or Style
        Style of rich for all of it.

    Returns
    -------
    Text
        Ready to print.
    """
    return Text(plain(text), style=style)


class _Plain(Console):
    def render_str(
        self,
        text: str,
        *,
        style: str | Style = "",
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        emoji: bool | None = None,
        markup: bool | None = None,
        highlight: bool | None = None,
        highlighter: Callable[[str | Text], Text] | None = None,
    ) -> Text:
        return super().render_str(plain(text), style=style, justify=justify, overflow=overflow, emoji=False, markup=False)


def plain_console(*, file: TextIO | None = None, width: int | None = None) -> Console:
    """A console that takes every text as it stands, wherever it is printed: in lines, tables, rules and trees.

    Parameters
    ----------
    file : text file, optional
        Where it prints; by default standard output.
    width : int, optional
        Columns; by default those of the terminal.

    Returns
    -------
    Console
        Neither markup nor names of pictures mean anything to it.
    """
    return _Plain(file=file, width=width, soft_wrap=False, markup=False, emoji=False, highlight=False)


def write_error(text: str) -> None:
    """Write a line where errors are written.

    Parameters
    ----------
    text : str
        As it stands.
    """
    sys.stderr.write(f"{plain(text)}\n")
