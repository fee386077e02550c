"""What ``dafeng compare-plans`` prints and writes.

Invariant: table, JSON and workbook show one and the same document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast, get_args

import dafeng as df
from dafeng.cli.printing import console, finding_rows, grid, print_json, say
from dafeng.core import registry
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.plans.contrast import Relation

MARKS: Mapping[str, str] = {
    "stricter": "▲",
    "looser": "▼",
    "equal": "＝",
    "not_comparable": "≠",
    "missing": "○",
    "added": "＋",
    "delegated": "↑",
}
"""Standing → shape; the shape tells it without the word."""
CHANGES: Mapping[str, Label] = {
    "equal": Label("未变", "unchanged"),
    "changed": Label("有改动", "changed"),
    "added": Label("新增", "new"),
    "missing": Label("删去", "gone"),
}


def relation(text: str | None) -> Relation | None:
    """Relation that an option names.

    Parameters
    ----------
    text : str or None
        What was typed.

    Returns
    -------
    {"version", "level", "peer"} or None
        ``None`` where nothing was typed.

    Raises
    ------
    SettingError
        If there is no such relation.
    """
    from dafeng.plans.contrast import Relation

    if text is None or text in get_args(Relation):
        return cast("Relation | None", text)
    known = ", ".join(get_args(Relation))
    raise SettingError(
        Label(f"没有关系“{text}”", f"there is no relation '{text}'"),
        where="--relation",
        expected=Label(known, known),
        remedy=Label("改正该选项，或省略", "correct the option, or leave it out"),
    )


def write(found: df.PlanComparison, path: Path) -> None:
    """Write a comparison as a workbook.

    Parameters
    ----------
    found : PlanComparison
        The comparison.
    path : Path
        File to write, ending in ``.xlsx``; an older one is replaced whole.

    Raises
    ------
    SettingError
        If the file has another ending.
    """
    from dafeng.store.files import write_whole

    if path.suffix.lower() != ".xlsx":
        raise SettingError(
            Label(f"“{path}”不是 xlsx 文件名", f"'{path}' is no name of an xlsx file"),
            where="--out",
            expected=Label("以 .xlsx 结尾的文件名", "a name that ends in .xlsx"),
            remedy=Label("改用 .xlsx，或用 --json", "end it in .xlsx, or use --json"),
        )
    first = found.parties[0]
    city = {"slug": "comparison", "label": {"zh": first.label.zh, "en": first.label.en}}
    view = {"city": city, "year": "", "run": {"id": "", "at": ""}, "comparison": df.comparison_document(found)}
    with TemporaryDirectory() as folder:
        made = registry.load("dafeng.presenters", "xlsx")(view, {}, Path(folder))
        write_whole(path, Path(made).read_bytes())


def show(found: df.PlanComparison, language: Language, *, as_json: bool) -> None:
    """Print a comparison.

    Parameters
    ----------
    found : PlanComparison
        The comparison.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    document = df.comparison_document(found)
    if as_json:
        print_json(document)
        return
    out = console()
    out.print(document["headline"][language])
    labels = [party["label"][language] for party in document["parties"]]
    heads = [say(language, "指标", "indicator"), say(language, "年份", "year"), *labels, say(language, "判断", "standing")]
    rows = [_row(row, [party["id"] for party in document["parties"][1:]], language) for row in document["rows"]]
    out.print(grid("", heads, rows, right=range(1, 2 + len(labels))))
    changes = list(_changes(document, language))
    if changes:
        out.print(grid(say(language, "任务与目标表述的改动", "changes of tasks and goals"), _change_heads(language), changes))
    if found.findings:
        heads = say(language, "级别 位置 问题 处理", "severity place problem remedy").split()
        out.print(grid(say(language, "问题", "findings"), heads, finding_rows(found.findings, language)))


def _row(row: Mapping[str, Any], parties: list[str], language: Language) -> list[str]:
    cells = {cell["party"]: cell for cell in row["cells"]}
    figures = [_figure(cells[name]["other"], row["year"], language) if name in cells else "—" for name in parties]
    said = [_standing(cells[name], language) for name in parties if name in cells]
    return [
        row["indicator"][language],
        str(row["year"] or "—"),
        _figure(row["mine"], row["year"], language),
        *figures,
        "\n".join(said),
    ]


def _figure(figure: Mapping[str, Any] | None, year: int | None, language: Language) -> str:
    if figure is None:
        return "—"
    value, upper = figure["value"], figure["upper"]
    amount = f"{value['value']}" if upper is None else f"{value['value']}–{upper}"
    due = f"\n({value['year'] or '—'})" if value["year"] != year else ""
    seen = say(language, "\n未见原文", "\nnot seen") if value["grade"] == "memory" else ""
    return f"{figure['comparator']} {amount} {value['unit']}{due}{seen}"


def _standing(cell: Mapping[str, Any], language: Language) -> str:
    """Shape and sentence; the sentence of a target that only the first plan has would say nothing more than the word."""
    from dafeng.work.comparison_words import STANDING_WORDS

    said = STANDING_WORDS["added"].read(language) if cell["standing"] == "added" else cell["reason"][language]
    more = "".join(f"\n  {one['says'][language]}" for one in cell["differences"])
    return f"{MARKS[cell['standing']]} {said}{more}"


def _change_heads(language: Language) -> list[str]:
    return say(language, "类别 改动 甲 乙 内容", "what change first second differences").split()


def _changes(document: Mapping[str, Any], language: Language) -> Iterator[list[str]]:
    for kind, word in (("tasks", say(language, "任务", "task")), ("goals", say(language, "目标", "goal"))):
        for row in document[kind]:
            if row["change"] != "equal":
                said = "\n".join(one["says"][language] for one in row["differences"])
                yield [word, CHANGES[row["change"]].read(language), _titled(row["left"]), _titled(row["right"]), said]


def _titled(one: Mapping[str, Any] | None) -> str:
    return "—" if one is None else f"{one['id']} {one.get('title') or one.get('text')}"
