"""``save_brief``: a brief becomes the file that is handed up: pdf or text document.

Invariant: a file is written whole or not at all; whatever the form, it says the same sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dafeng.core import registry
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.store.files import write_whole

WRITERS = "dafeng.briefs"
"""Entry points of what is called with a brief and a language, and gives the bytes of a file."""


def save_brief(written: Mapping[str, Any], path: Path | str, *, language: Language = "zh") -> None:
    """Write a brief as a file.

    Parameters
    ----------
    written : mapping
        ``brief`` of a city.
    path : Path or str
        Where it shall stand; the ending says the form: ``.pdf`` or ``.docx``. A file there is replaced whole.
    language : {"zh", "en"}
        Language of the file.

    Raises
    ------
    SettingError
        If no writer is registered for the ending, or a writer lacks a package or font.
    OSError
        If the folder is missing or cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    if form not in registry.names(WRITERS):
        known = [f".{name}" for name in registry.names(WRITERS)]
        raise SettingError(
            Label(f"不能把简报写成“.{form}”", f"cannot write a brief as '.{form}'"),
            where=str(path),
            expected=Label("、".join(known) or "（无）", ", ".join(known) or "none"),
            remedy=Label("改用这些结尾的文件名", "give the file one of these endings"),
        )
    write_whole(Path(path), registry.load(WRITERS, form)(written, language))


def name_brief(slug: str, language: Language, form: str) -> str:
    """Name of the file of a brief.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    language : {"zh", "en"}
        Language.
    form : str
        ``pdf`` or ``docx``.

    Returns
    -------
    str
        ``yantai-brief-zh.pdf``.
    """
    return f"{slug}-brief-{language}.{form}"
