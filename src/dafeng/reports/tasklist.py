"""What stands in the columns of a task list, for the spreadsheet and the text document alike.

Invariant: a proposed organisation never stands in a cell without the word that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.core.labels import Label, Language, read_wording
from dafeng.library.sources import read_sources
from dafeng.reports.sheets import read_words

Row = Mapping[str, Any]
PROPOSED = Label("建议", "proposed")
NOTES: tuple[Label, ...] = (
    Label(
        "本清单共 {tasks} 项任务：责任单位由方案明确的 {stated} 项，系统建议的 {proposed} 项，未明确的 {none} 项。",
        "{tasks} tasks: organisations stated by the plan for {stated}, proposed by the system for {proposed}, none for {none}.",
    ),
    Label(
        "条款位置为方案文件“{name}”（sha256 {plan}）中的字符序号。",
        "Clauses are characters of the plan's file '{name}' (sha256 {plan}).",
    ),
    Label(
        "斜体并标“建议”的单位不是方案的规定，由部门职责表（{rows} 条，版本 sha256 {version}）与任务文字相合得出，"
        "须经各单位和本市机构职能规定（“三定”规定）核实后方可印发；单位名称为通用名称的，以本市名称为准。",
        "Organisations in italics marked 'proposed' are no word of the plan: they come from a table of official duties "
        "({rows} rows, version sha256 {version}) whose words the task shares. They are to be confirmed against the "
        "city's own rules before the list is issued; general names give way to the city's own.",
    ),
)
"""Notes below the list; the last one only where something is proposed."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list.

    Parameters
    ----------
    id : str
        Key of its text.
    label : Label
        Heading.
    width : int
        Width on a landscape page of A4. [mm]
    centred : bool
        Whether its texts are centred.
    """

    id: str
    label: Label
    width: int
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Text of one cell.

    Parameters
    ----------
    lines : tuple of str
        Lines.
    proposed : bool
        Whether it is a proposal of the system and no word of the plan.
    """

    lines: tuple[str, ...]
    proposed: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("number", Label("序号", "No."), 9, centred=True),
    Column("field", Label("领域", "Field"), 16, centred=True),
    Column("title", Label("重点任务", "Task"), 30),
    Column("measures", Label("主要措施", "Measures"), 64),
    Column("targets", Label("目标指标", "Targets"), 36),
    Column("years", Label("完成时限", "Due"), 17, centred=True),
    Column("lead", Label("牵头单位", "Lead"), 24),
    Column("support", Label("配合单位", "Support"), 30),
    Column("responsible", Label("责任单位（方案未分牵头、配合）", "Responsible (the plan does not say who leads)"), 54),
    Column("grounds", Label("依据（条款位置）", "Clause"), 19),
    Column("state", Label("状态", "State"), 16, centred=True),
)
"""All columns in order; those of organisations that no task fills are left out."""
REASONS: tuple[Column, ...] = (
    Column("number", Label("序号", "No."), 9, centred=True),
    Column("title", Label("重点任务", "Task"), 44),
    Column("organisation", Label("建议单位", "Proposed organisation"), 36),
    Column("role", Label("角色", "Role"), 12, centred=True),
    Column("score", Label("得分", "Score"), 12, centred=True),
    Column("duty", Label("职责（表中编号）", "Duty (row of the table)"), 62),
    Column("words", Label("相合的词（所在处）", "Words it shares (where)"), 52),
    Column("source", Label("职责出处与等级", "Source and grade of the duty"), 34),
)
"""Columns of the table that tells why an organisation was proposed."""


def choose_columns(document: Row) -> tuple[Column, ...]:
    """Columns that a list needs.

    Parameters
    ----------
    document : mapping
        The task list as a document.

    Returns
    -------
    tuple of Column
        Lead and support always, unless the plan divides none of its lists and nothing is proposed.
    """
    roles = {own["role"] for task in document["tasks"] for own in task["organisations"]}
    undivided = roles == {"responsible"}
    left_out = {"lead", "support"} if undivided else set() if "responsible" in roles else {"responsible"}
    return tuple(column for column in COLUMNS if column.id not in left_out)


def list_cells(document: Row, language: Language) -> list[dict[str, Text]]:
    """Texts of the list.

    Parameters
    ----------
    document : mapping
        The task list as a document.
    language : {"zh", "en"}
        Language of what is not the plan's own word.

    Returns
    -------
    list of dict
        One per task: column id → text.
    """
    return [_cells(number, task, language) for number, task in enumerate(document["tasks"], 1)]


def list_reasons(document: Row, language: Language, *, most: int | None = None) -> list[dict[str, Text]]:
    """Texts of the table that tells why each organisation was proposed.

    Parameters
    ----------
    document : mapping
        The task list as a document.
    language : {"zh", "en"}
        Language.
    most : int, optional
        Duties per organisation, the weightiest ones; all by default.

    Returns
    -------
    list of dict
        One per task, organisation and duty.
    """
    return [
        _reason(number, task, own, ground, language)
        for number, task in enumerate(document["tasks"], 1)
        for own in task["organisations"]
        for ground in own["grounds"][:most]
    ]


def tell_notes(document: Row, language: Language) -> list[str]:
    """Notes below the list: what is proposed, from which table, what is to be confirmed.

    Parameters
    ----------
    document : mapping
        The task list as a document.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    list of str
        One per note.
    """
    counts, duties, plan = document["counts"], document["duties"], document["document"]
    figures = {
        **counts,
        "tasks": len(document["tasks"]),
        "name": plan["name"],
        "plan": plan["sha256"][:12],
        "rows": duties["rows"],
        "version": duties["sha256"][:12],
    }
    notes = NOTES if counts["proposed"] else NOTES[:-1]
    listed = [finding["says"] for finding in document["findings"] if finding["rule"] != "tasks.no_organisation"]
    return [note.read(language).format(**figures) for note in notes] + [said[language] for said in listed]


def _cells(number: int, task: Row, language: Language) -> dict[str, Text]:
    anchor = task["anchor"]
    years = "、".join(f"{year}年" for year in task["years"]) if language == "zh" else ", ".join(map(str, task["years"]))
    where = f"第{anchor['start']}–{anchor['end']}字符" if language == "zh" else f"characters {anchor['start']}–{anchor['end']}"
    return {
        "number": Text((str(number),)),
        "field": Text((task["field"]["label"][language],)),
        "title": Text((f"{task['number']}{task['title']}",)),
        "measures": Text(_numbered([measure["text"] for measure in task["measures"] if measure["text"]] or [task["title"]])),
        "targets": Text(tuple(target["says"][language] for target in task["targets"]) or ("—",)),
        "years": Text((years or "—",)),
        "lead": _names(task, "lead", language),
        "support": _names(task, "support", language),
        "responsible": _names(task, "responsible", language),
        "grounds": Text((*_heading(task), where)),
        "state": Text((_word("task_state", task["state"], language),), proposed=task["state"] == "proposed"),
    }


def _heading(task: Row) -> tuple[str, ...]:
    return tuple(part for part in (task["section"] or task["chapter"],) if part)


def _numbered(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{at}.{text}" for at, text in enumerate(texts, 1)) if len(texts) > 1 else tuple(texts)


def _names(task: Row, role: str, language: Language) -> Text:
    own = [one for one in task["organisations"] if one["role"] == role]
    if not own:
        said = task["reason"][language] if task["reason"] and role == "lead" else "—"
        return Text((said,))
    names = _joined([one["name"] for one in own], language)
    proposed = own[0]["state"] == "proposed"
    if proposed:
        colon = "：" if language == "zh" else ": "
        return Text((f"{PROPOSED.read(language)}{colon}{names}",), proposed=True)
    more = ("等" if language == "zh" else " and others") if task["open_list"] else ""
    return Text((names + more,))


def _reason(number: int, task: Row, own: Row, ground: Row, language: Language) -> dict[str, Text]:
    places = _joined([_word("task_place", place, language) for place in ground["places"]], language)
    grade = _word("grade", ground["grade"], language)
    known = read_sources()
    cited = ground["clause"] or _joined(
        (read_wording(known[one].title, language) if one in known else one for one in ground["sources"]), language
    )
    texts = {
        "number": str(number),
        "title": f"{task['number']}{task['title']}",
        "organisation": own["name"],
        "role": _word("task_role", own["role"], language),
        "score": f"{own['score']:.2f}",
        "duty": f"{ground['says'][language]} ({ground['duty']})",
        "words": f"{_joined(ground['words'], language)} ({places})",
        "source": f"{cited} ({grade})",
    }
    return {name: Text((text,), proposed=name == "organisation") for name, text in texts.items()}


def _word(group: str, name: str, language: Language) -> str:
    return read_words()[f"{group}.{name}"].read(language)


def _joined(words: Iterable[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(words)
