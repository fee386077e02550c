"""The one way to say that a delivered file cannot be read.

Invariant: every refusal names the file, and the cell or line where there is one, in both languages.
"""

from __future__ import annotations

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label

OPEN_AND_SAVE = Label(
    "用表格软件打开确认后另存为 .xlsx 或 UTF-8 的 .csv 再交",
    "open it in a spreadsheet programme, save as .xlsx or UTF-8 .csv and deliver again",
)
"""The remedy for most unreadable files."""


def refusal(what: Label, *, where: str, expected: Label, remedy: Label = OPEN_AND_SAVE) -> FileRefused:
    """Error for a file of which nothing is kept.

    Parameters
    ----------
    what : Label
        What is wrong, with the offending value quoted.
    where : str
        ``file`` or ``file!sheet!cell``.
    expected : Label
        What would have been read.
    remedy : Label
        What to do now.

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return FileRefused(what, where=where, expected=expected, remedy=remedy)
