"""Addresses of cells: A1 notation and ``file!sheet!cell``.

Invariant: ``locate(address(row, column)) == (row, column)``.
"""

from __future__ import annotations

import re


def address(row: int, column: int) -> str:
    """Cell address in A1 notation.

    Parameters
    ----------
    row, column : int
        Grid position, from 0.

    Returns
    -------
    str
        ``A1`` for (0, 0).
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def place_of(file: str, sheet: str, cell: str) -> str:
    """Address of a cell across files.

    Parameters
    ----------
    file, sheet, cell : str
        File name, sheet name (may be empty), A1 address.

    Returns
    -------
    str
        The parts that are not empty, joined by ``!``.
    """
    return "!".join(part for part in (file, sheet, cell) if part)


def locate(cell: str) -> tuple[int, int]:
    """Grid position of a cell address.

    Parameters
    ----------
    cell : str
        A1 notation.

    Returns
    -------
    tuple of int
        Row and column, from 0.

    Raises
    ------
    ValueError
        If the text is no address.
    """
    found = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", cell)
    if not found:
        raise ValueError(f"no cell address: {cell!r}")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)) - 1, column - 1
