"""``read_plan``: a document becomes a plan.

Invariant: every target and task leads back to its characters in the document.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.library.indicators import read_indicators
from dafeng.plans.plan import Plan, PlanDocument
from dafeng.plans.read import read_plan_text
from dafeng.plans.storage import write_plan
from dafeng.readers.documents import read_document
from dafeng.store.files import write_whole

PLACE = re.compile(r"\d{6}")
"""An administrative code (GB/T 2260)."""


def read_plan(path: Path | str, *, place: str = "100000", overlay: Path | str | None = None) -> Plan:
    """Read a plan document.

    Parameters
    ----------
    path : Path or str
        A txt, docx, pdf or html file.
    place : str
        Administrative code of the place whose plan it is.
    overlay : Path or str, optional
        A city's ``data`` folder, whose own indicators and synonyms are matched as well.

    Returns
    -------
    Plan
        Targets, tasks, organisations, goals and findings; empty with findings where nothing can be read.

    Raises
    ------
    FileRefused
        If the file is no text document.
    SettingError
        If the place is no code of six digits, or the overlay no folder.
    DefinitionError
        If a file of the overlay breaks its form.
    """
    if PLACE.fullmatch(place) is None:
        raise _refusal(place, "区划代码不是六位数字", "the administrative code has not six digits", "370600")
    if overlay is not None and not Path(overlay).is_dir():
        raise _refusal(str(overlay), "没有这个文件夹", "there is no such folder", "indicators/*.yaml")
    document, findings = read_document(Path(path))
    if not document.text.strip():
        return Plan(PlanDocument(document.name, document.sha256, ""), place, (), (), (), (), findings)
    own = () if overlay is None else (Path(overlay),)
    plan = read_plan_text(document, place=place, catalogue=read_indicators(*own))
    return replace(plan, findings=(*findings, *plan.findings))


def _refusal(where: str, zh: str, en: str, expected: str) -> SettingError:
    remedy = Label("改正后重试", "correct it and try again")
    return SettingError(Label(zh, en), where=where, expected=Label(expected, expected), remedy=remedy)


def save_plan(plan: Plan, path: Path | str) -> None:
    """Keep a plan as the ``plan.yaml`` of a city: facts and positions, no sentence of the document.

    Parameters
    ----------
    plan : Plan
        The plan.
    path : Path or str
        Where it shall stand; a file there is replaced whole.

    Raises
    ------
    OSError
        If the folder is missing or cannot be written.
    """
    write_whole(Path(path), write_plan(plan).encode())
