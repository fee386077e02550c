"""The assessment report as pdf and as JSON: the same chapters, for printing and for programs.

Invariant: what is set is the report and nothing else; the same run gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.reports.assessment_report import list_chapters, write_report
from dafeng.reports.paper_pdf import write_paper


def write_pdf(view: Mapping[str, Any], language: Language, *, template: bytes | None = None) -> bytes:
    """Write the assessment report as pdf.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.
    template : bytes, optional
        Refused: a pdf is set in the official form only.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If a template is given, or the typesetter or a font with Chinese characters is missing.
    """
    _refuse_template(template, "pdf")
    return write_paper(write_report(view, language))


def write_json(view: Mapping[str, Any], language: Language, *, template: bytes | None = None) -> bytes:
    """Write the assessment report as JSON.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.
    template : bytes, optional
        Refused.

    Returns
    -------
    bytes
        ``{"title", "subtitle", "language", "run", "chapters": [{"id", "title", "blocks"}], "addresses"}``; a figure is
        ``{"text", "address"}``, a block names its kind.

    Raises
    ------
    SettingError
        If a template is given.
    """
    _refuse_template(template, "json")
    report = write_report(view, language)
    chapters = [
        {
            "id": chapter.id,
            "title": chapter.title,
            "blocks": [{"block": type(block).__name__.lower(), **_plain(asdict(block))} for block in chapter.blocks],
        }
        for chapter in list_chapters(view, language)
    ]
    document = {
        "title": report.title,
        "subtitle": report.subtitle,
        "language": language,
        "run": view["run"],
        "chapters": chapters,
        "addresses": report.addresses(),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in block.items()}


def _refuse_template(template: bytes | None, form: str) -> None:
    if template is not None:
        raise SettingError(
            Label(f"{form} 报告不能用模板", f"a report as {form} takes no template"),
            where=f"assessment.{form}",
            expected=Label("docx 或 xlsx 模板", "a docx or xlsx template"),
            remedy=Label("去掉 --template，或改用 --format docx 或 xlsx", "leave out --template, or use --format docx or xlsx"),
        )
