"""The assessment report as downloads on the first page: text document, workbook, and a pdf where it can be set.

Invariant: a file says what the run on the page says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core import registry
from dafeng.core.errors import SettingError
from dafeng.core.labels import Language
from dafeng.web import briefs
from dafeng.work.brief import LANGUAGES
from dafeng.work.report import KIND, WRITERS, name_report

Row = Mapping[str, Any]
TYPES: Mapping[str, str] = {
    **briefs.TYPES,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def list_forms() -> Sequence[str]:
    """Forms in which the report can be downloaded: made when asked for, so that an assessment need not wait for them.

    Returns
    -------
    sequence of str
        Of ``docx``, ``pdf`` and ``xlsx``.
    """
    known = registry.names(WRITERS)
    return [form for form in (*briefs.list_possible(), "xlsx") if f"{KIND}.{form}" in known]


def list_files(slug: str, language: Language) -> list[tuple[str, str]]:
    """Downloads in one language.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    list of (str, str)
        Form and file name.
    """
    return [(form, name_report(slug, language, form)) for form in list_forms()]


def make_file(view: Row, name: str) -> tuple[bytes, str] | None:
    """A report by its file name.

    Parameters
    ----------
    view : mapping
        View document.
    name : str
        ``yantai-assessment-zh.docx``.

    Returns
    -------
    (bytes, str) or None
        Content and media type; ``None`` where there is no such file or it cannot be set on this machine.
    """
    slug = view["city"]["slug"]
    known = {file: (form, language) for language in LANGUAGES for form, file in list_files(slug, language)}
    if name not in known:
        return None
    form, language = known[name]
    try:
        content: bytes = registry.load(WRITERS, f"{KIND}.{form}")(view, language)
    except SettingError:  # no font with Chinese characters
        return None
    return content, TYPES[form]
