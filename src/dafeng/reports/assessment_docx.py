"""The assessment report as a text document in the form of official papers, or in one's own template.

Invariant: what is set is the report and nothing else; the same run and template give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.labels import Language
from dafeng.reports.assessment_report import list_chapters, write_report
from dafeng.reports.assessment_words import list_words
from dafeng.reports.document_template import fill_document
from dafeng.reports.paper_docx import write_paper

WHOLE = "body"
"""Placeholder of all chapters with their headings."""
LISTED = "addresses"
"""Placeholder of the list of addresses."""


def write_docx(view: Mapping[str, Any], language: Language, *, template: bytes | None = None) -> bytes:
    """Write the assessment report as a text document.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.
    template : bytes, optional
        A text document with placeholders; the official form without it.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If the template cannot be filled.
    """
    report = write_report(view, language)
    if template is None:
        return write_paper(report)
    chapters = {chapter.id: chapter.blocks for chapter in list_chapters(view, language)}
    return fill_document(template, list_words(view, language), {**chapters, WHOLE: report.blocks}, language, listed=LISTED)
