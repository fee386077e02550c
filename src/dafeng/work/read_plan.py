"""``read_plan``: a document becomes a plan.

Invariant: every target and task leads back to its characters in the document.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dafeng.library.indicators import read_indicators
from dafeng.plans.plan import Plan, PlanDocument
from dafeng.plans.read import read_plan_text
from dafeng.readers.documents import read_document


def read_plan(path: Path | str, *, place: str = "100000") -> Plan:
    """Read a plan document.

    Parameters
    ----------
    path : Path or str
        A txt or docx file.
    place : str
        Administrative code of the place whose plan it is.

    Returns
    -------
    Plan
        Targets, tasks, organisations, goals and findings; empty with findings where nothing can be read.

    Raises
    ------
    FileRefused
        If the file is no text document.
    """
    document, findings = read_document(Path(path))
    if not document.text.strip():
        return Plan(PlanDocument(document.name, document.sha256, ""), place, (), (), (), (), findings)
    plan = read_plan_text(document, place=place, catalogue=read_indicators())
    return replace(plan, findings=(*findings, *plan.findings))
