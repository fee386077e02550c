"""The report of an inventory as a text document in the form of official papers.

Invariant: what is set is the report and nothing else; the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.labels import Language
from dafeng.reports.inventory_report import write_report
from dafeng.reports.paper_docx import write_paper


def write_docx(form: Mapping[str, Any], language: Language) -> bytes:
    """Write the report of an inventory as a text document.

    Parameters
    ----------
    form : mapping
        ``work.inventory_form.inventory_form``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.
    """
    return write_paper(write_report(form, language))
