"""The brief as downloads on the first page: a text document, and a pdf where it can be set.

Invariant: a file says what the run on the page says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from dafeng.core import registry
from dafeng.core.errors import SettingError
from dafeng.core.labels import Language
from dafeng.work.brief import LANGUAGES, write_brief
from dafeng.work.save_brief import WRITERS, name_brief

Row = Mapping[str, Any]
TYPES: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def list_forms(*, live: bool = True) -> Sequence[str]:
    """Forms in which a brief can be downloaded.

    Parameters
    ----------
    live : bool
        Whether it is made when asked for; a frozen copy carries the text document only, which needs no font of this machine.

    Returns
    -------
    sequence of str
        Of ``docx`` and ``pdf``.
    """
    known = registry.names(WRITERS)
    return [form for form in (list_possible() if live else ("docx",)) if form in known]


def list_possible() -> Sequence[str]:
    """Forms of a paper that this installation can set.

    Returns
    -------
    sequence of str
        ``docx``, and ``pdf`` where the typesetter is installed.
    """
    return ("docx", "pdf") if find_spec("typst") is not None else ("docx",)


def list_files(slug: str, language: Language, *, live: bool) -> list[tuple[str, str]]:
    """Downloads in one language.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    language : {"zh", "en"}
        Language.
    live : bool
        Whether the page is served.

    Returns
    -------
    list of (str, str)
        Form and file name.
    """
    return [(form, name_brief(slug, language, form)) for form in list_forms(live=live)]


def make_file(view: Row, name: str) -> tuple[bytes, str] | None:
    """A brief by its file name.

    Parameters
    ----------
    view : mapping
        View document.
    name : str
        ``yantai-brief-zh.docx``.

    Returns
    -------
    (bytes, str) or None
        Content and media type; ``None`` where there is no such file or it cannot be set on this machine.
    """
    known = {
        file: (form, language) for language in LANGUAGES for form, file in list_files(view["city"]["slug"], language, live=True)
    }
    if name not in known:
        return None
    form, language = known[name]
    try:
        content: bytes = registry.load(WRITERS, form)(write_brief(view), language)
    except SettingError:  # no font with Chinese characters
        return None
    return content, TYPES[form]
