"""The one way to say that a delivered file cannot be read.

Invariant: every refusal names the file, and the cell or line where there is one, in both languages.
"""

from __future__ import annotations

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.core.persons import hides_signs, show_hidden

LONGEST_NAME = 120
"""Most characters of the name of a file that is handed in. [characters]"""

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


def check_file_name(name: str) -> None:
    """Refuse the name of a file that is handed in where it would mislead whoever reads it.

    Parameters
    ----------
    name : str
        The name, without any folder.

    Raises
    ------
    FileRefused
        If it has too many characters, or signs that nobody sees or that change the order of others.
    """
    shown = show_hidden(name[:LONGEST_NAME])
    if hides_signs(name):
        what = Label(f"文件名“{shown}”含有看不见的字符", f"the file name '{shown}' holds signs that nobody sees")
        expected = Label("不含控制字符和文字方向字符的文件名", "a name without control and direction characters")
    elif len(name) > LONGEST_NAME:
        what = Label(f"文件名有 {len(name)} 个字符，过长", f"the file name has {len(name)} characters, which is too long")
        expected = Label(f"至多 {LONGEST_NAME} 个字符的文件名", f"a name of at most {LONGEST_NAME} characters")
    else:
        return
    raise refusal(what, where=shown[:60], expected=expected, remedy=Label("改名后再交", "rename it and hand it in again"))
