"""The credit report of an enterprise as pdf in the form of official papers.

Invariant: what is set is the report and nothing else; the same report and fonts give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.labels import Language
from dafeng.reports.credit_report import write_report
from dafeng.reports.paper_pdf import write_paper


def write_pdf(document: Mapping[str, Any], language: Language) -> bytes:
    """Set a credit report as pdf.

    Parameters
    ----------
    document : mapping
        ``work.credit_report.export_credit``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    SettingError
        If the package ``typst`` or a font with Chinese characters is missing.
    """
    return write_paper(write_report(document, language))
