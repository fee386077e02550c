"""``report``: a frozen run becomes a paper that is handed out: text document, pdf, workbook or JSON, in one's own template.

Invariant: a file is written whole or not at all; the same run, language and template give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dafeng.core import registry
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.store.files import write_whole
from dafeng.work.city import City
from dafeng.work.frozen import read_view

WRITERS = "dafeng.reports"
"""Entry points ``kind.form``: called with a view document, a language and ``template=`` (bytes or ``None``), gives bytes."""
TEMPLATES = "dafeng.report_templates"
"""Entry points ``kind.form`` of what is called with a language and gives the bytes of a template to start from."""
KIND = "assessment"
"""Kind of report where none is asked for."""


def report(
    city: City,
    form: str,
    *,
    kind: str = KIND,
    language: Language = "zh",
    template: Path | str | None = None,
    run: str | None = None,
) -> bytes:
    """Report of a city.

    Parameters
    ----------
    city : City
        The city.
    form : str
        ``docx``, ``pdf``, ``xlsx`` or ``json``.
    kind : str
        ``assessment``, or another kind that an extension registers.
    language : {"zh", "en"}
        Language.
    template : Path or str, optional
        One's own document or workbook with placeholders, which is filled; ``docx`` and ``xlsx`` only.
    run : str, optional
        Id of a frozen run; the newest one by default.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    CityError
        If the city has no run.
    StoreError
        If the run does not exist or is damaged.
    SettingError
        If no such report is registered, a package or font is missing, or the template cannot be filled.
    OSError
        If the template cannot be read.
    """
    write = _load(WRITERS, kind, form)
    own = None if template is None else Path(template).read_bytes()
    return write(read_view(city, run=run), language, template=own)


def save_report(
    city: City,
    path: Path | str,
    *,
    kind: str = KIND,
    language: Language = "zh",
    template: Path | str | None = None,
    run: str | None = None,
) -> None:
    """Write a report of a city as a file.

    Parameters
    ----------
    city : City
        The city.
    path : Path or str
        Where it shall stand; the ending says the form. A file there is replaced whole.
    kind, language, template, run
        As for ``report``.

    Raises
    ------
    SettingError
        As ``report``.
    OSError
        If the folder is missing or cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    write_whole(Path(path), report(city, form, kind=kind, language=language, template=template, run=run))


def report_template(form: str, *, kind: str = KIND, language: Language = "zh") -> bytes:
    """A template to start from: every placeholder in its place.

    Parameters
    ----------
    form : str
        ``docx`` or ``xlsx``.
    kind : str
        Kind of report.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If there is none for this form.
    """
    return _load(TEMPLATES, kind, form)(language)


def name_report(slug: str, language: Language, form: str, *, kind: str = KIND) -> str:
    """Name of the file of a report.

    Parameters
    ----------
    slug : str
        Name of the city in addresses.
    language : {"zh", "en"}
        Language.
    form : str
        ``docx``, ``pdf``, ``xlsx`` or ``json``.
    kind : str
        Kind of report.

    Returns
    -------
    str
        ``yantai-assessment-zh.docx``.
    """
    return f"{slug}-{kind}-{language}.{form}"


def _load(group: str, kind: str, form: str) -> Callable[..., bytes]:
    known = registry.names(group)
    if f"{kind}.{form}" not in known:
        raise SettingError(
            Label(f"没有“{kind}”报告的“.{form}”形式", f"there is no report '{kind}' as '.{form}'"),
            where=f"{kind}.{form}",
            expected=Label("、".join(known) or "（无）", ", ".join(known) or "none"),
            remedy=Label("改用已登记的报告和形式", "choose a registered report and form"),
        )
    loaded: Callable[..., bytes] = registry.load(group, f"{kind}.{form}")
    return loaded
