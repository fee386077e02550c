"""The public data as one long table: xlsx, CSV and JSON say the same rows.

Invariant: every row names its unit, year, source and run; no cell can be taken for a formula; the same document gives the same
bytes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.readers.plain_book import Sheet, write_book
from dafeng.readers.review_form import neutralise
from dafeng.work.publish import Published
from dafeng.work.publish_plain import describe

FORMS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
"""Forms of the download with their media types."""
COLUMNS: Mapping[str, Label] = {
    "kind": Label("种类", "Kind"),
    "id": Label("编号", "Id"),
    "name_zh": Label("名称（中文）", "Name in Chinese"),
    "name_en": Label("名称（英文）", "Name in English"),
    "what": Label(
        "数字说的是什么：goal 目标、actual 实际、projected 预计、total 合计",
        "What the figure is: goal, actual, projected, total",
    ),
    "year": Label("年份", "Year"),
    "comparator": Label("目标的比较符号", "Comparator of a goal"),
    "value": Label("数值，按存储单位", "Value, in the unit stored"),
    "low": Label("区间下端", "Lower end of the range"),
    "high": Label("区间上端", "Upper end of the range"),
    "unit": Label("单位", "Unit"),
    "verdict": Label("目标的判断", "Verdict on a goal"),
    "source": Label("来源编号；空白为没有公开", "Source id; empty where it is not public"),
    "grade": Label("证据等级", "Grade of evidence"),
    "run": Label("运行编号", "Run"),
    "address": Label("解释的地址", "Address of the explanation"),
}
"""Columns with what they mean: the dictionary of the data."""
_ABOUT, _DATA, _INDICATORS = Label("说明", "About"), Label("数据", "Data"), Label("指标", "Indicators")
_TASKS, _SOURCES, _DICTIONARY = Label("任务", "Tasks"), Label("来源", "Sources"), Label("字典", "Dictionary")
_NAME, _WHAT = Label("指标", "Indicator"), Label("是什么", "What it is")
Row = dict[str, Any]


def list_rows(published: Published) -> list[Row]:
    """All public figures.

    Parameters
    ----------
    published : Published
        The public side of a run.

    Returns
    -------
    list of dict
        One mapping per figure with the keys of `COLUMNS`.
    """
    view = published.view
    found = [*_targets(view), *_peak(view), *_history(view)]
    for kind in ("energy", "measures", "hours"):
        found += [_row(kind, one["id"], one["label"], "total", one["value"]) for one in view[kind]]
    return [{**dict.fromkeys(COLUMNS), **row, **_origin(row, published.traces), "run": view["run"]["id"]} for row in found]


def make_file(published: Published, form: str, language: Language) -> bytes:
    """The public data as a file.

    Parameters
    ----------
    published : Published
        The public side of a run.
    form : {"xlsx", "csv", "json"}
        Form wanted.
    language : {"zh", "en"}
        Language of what explains the rows.

    Returns
    -------
    bytes
        The file.
    """
    return {"xlsx": _xlsx, "csv": _csv, "json": _json}[form](published, language)


def tell_metadata(published: Published, language: Language) -> list[tuple[str, str]]:
    """Who says what, when and under which terms.

    Parameters
    ----------
    published : Published
        The public side of a run.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    list of (str, str)
        Name and text.
    """
    view = published.view
    said = {
        Label("城市", "City"): view["city"]["label"][language],
        Label("评估年份", "Year of assessment"): str(view["year"]),
        Label("运行编号", "Run"): view["run"]["id"],
        Label("计算时间", "Computed"): str(view["run"]["at"]),
        Label("使用条件", "Terms of use"): view["licence"][language],
    }
    if view["contact"]:
        said[Label("联系", "Contact")] = view["contact"][language]
    return [(name.read(language), text) for name, text in said.items()]


def _row(kind: str, name: str, label: Mapping[str, str], what: str, number: Mapping[str, Any], **more: Any) -> Row:
    kept = {key: number.get(key) for key in ("year", "value", "low", "high", "unit", "source", "grade", "address")}
    return {"kind": kind, "id": name, "name_zh": label["zh"], "name_en": label["en"], "what": what, **kept, **more}


def _origin(row: Row, traces: Mapping[str, Mapping[str, Any]]) -> Row:
    """Source and grade of a figure, from its explanation where the row does not have them."""
    trace = traces.get(row["address"] or "", {})
    return {key: row.get(key) or trace.get(key) for key in ("source", "grade")}


def _targets(view: Mapping[str, Any]) -> Iterator[Row]:
    for entry in view["indicators"]:
        for target in entry["targets"]:
            asked = {**target["value"], "year": target["year"], "high": target["upper"], "low": None}
            more = {"comparator": target["comparator"], "verdict": target["verdict"]}
            yield _row("targets", target["target"], entry["label"], "goal", asked, **more)
            if target["projected"]:
                yield _row("targets", target["target"], entry["label"], "projected", target["projected"])
        for year, value, address in entry["actuals"]:
            number = {"year": year, "value": value, "unit": entry["unit"], "address": address}
            yield _row("targets", entry["id"], entry["label"], "actual", number)


def _peak(view: Mapping[str, Any]) -> Iterator[Row]:
    peak = view["peak"]
    if peak:
        chance = Label("达峰可能性", "Chance of a peak")
        number = {
            "year": peak["before"], "value": peak["probability_before_2030"], "unit": "1", "grade": "estimated",
            "address": peak["addresses"].get("before"),
        }  # fmt: skip
        yield _row("pathway", peak["scenario"], {"zh": chance.zh, "en": chance.en}, "projected", number)


def _history(view: Mapping[str, Any]) -> Iterator[Row]:
    emissions = view["emissions"] or {}
    for year, value, address in emissions.get("history") or ():
        number = {"year": year, "value": value, "unit": emissions["unit"], "address": address}
        yield _row("emissions", "history", emissions["label"], "actual", number)


def write_rows(rows: Sequence[Row]) -> bytes:
    """Rows as CSV: UTF-8 with its mark, so that spreadsheets read the Chinese.

    Parameters
    ----------
    rows : sequence of dict
        As of `list_rows`.

    Returns
    -------
    bytes
        The file.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([neutralise(value) if isinstance(value, str) else value for value in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _csv(published: Published, _: Language) -> bytes:
    return write_rows(list_rows(published))


def _json(published: Published, language: Language) -> bytes:
    content = {
        "metadata": dict(tell_metadata(published, language)),
        "dictionary": {name: label.read(language) for name, label in COLUMNS.items()},
        "rows": list_rows(published),
        "document": published.view,
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode()


def list_sheets(published: Published, language: Language) -> list[Sheet]:
    """Sheets of the workbook.

    Parameters
    ----------
    published : Published
        The public side of a run.
    language : {"zh", "en"}
        Language of the titles.

    Returns
    -------
    list of Sheet
        Metadata, figures, what the indicators are, tasks, sources, dictionary.
    """
    view = published.view
    columns, rows = [*COLUMNS], list_rows(published)
    named = [[one["label"][language], _describe(one, language)] for one in view["indicators"]]
    tasks = [[one["id"], one["title"], " ".join(one["organisations"])] for one in view["tasks"]]
    sources = [[_told(value, language) for value in one.values()] for one in view["sources"]]
    return [
        Sheet(_ABOUT.read(language), tell_metadata(published, language), headed=False),
        Sheet(_DATA.read(language), [columns, *([*row.values()] for row in rows)]),
        Sheet(_INDICATORS.read(language), [[_NAME.read(language), _WHAT.read(language)], *named]),
        Sheet(_TASKS.read(language), [["id", "title", "organisations"], *tasks]),
        Sheet(_SOURCES.read(language), [["id", "title", "publisher", "date", "url", "grade"], *sources]),
        Sheet(_DICTIONARY.read(language), [(name, label.read(language)) for name, label in COLUMNS.items()], headed=False),
    ]


def _describe(entry: Mapping[str, Any], language: Language) -> str:
    said = describe("indicators", entry["id"])
    return said.read(language) if said else ""


def _xlsx(published: Published, language: Language) -> bytes:
    return write_book(published.view["city"]["label"][language], list_sheets(published, language))


def _told(value: Any, language: Language) -> Any:
    """A cell in one language: a title of the project's own has both."""
    return value[language] if isinstance(value, Mapping) else value
