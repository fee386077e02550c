"""``dafeng review …``: what the review page does, in the command line.

Invariant: the words of the subcommands are those of the page and of ``dafeng.plans.edits``; each says who does it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.plans.edits import Place
    from dafeng.work.review_sheet import SheetChanges
    from dafeng.work.versions import Version

app = typer.Typer(help="核对方案：采纳、更正、拆分、增补、剔除、确认 · review what was read of a plan", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Record = Annotated[str, typer.Argument(help="记录编号 · id of the record", metavar="RECORD")]
Who = Annotated[str, typer.Option("--who", help="谁 · who does it")]
Id = Annotated[str | None, typer.Option("--id", help="核对编号；缺省为最新 · id of the review, else the newest")]
Remark = Annotated[str, typer.Option("--remark", help="说明 · why")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
Texts = Annotated[list[str], typer.Argument(help="字段=文字 · field=text", metavar="FIELD=TEXT...")]


@app.command("read")
def read(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="方案文件 · plan document", metavar="FILE")],
    who: Who,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """读入方案，开始核对 · read a plan and begin its review."""
    _show(df.review(df.open_city(folder), source=file, who=who), lang, as_json=as_json, only="first")


@app.command("list")
def list_records(
    folder: Folder,
    id: Id = None,
    only: Annotated[
        str, typer.Option("--only", help="first、all 或一种状态 · first, all, or one state such as rejected")
    ] = "all",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """列出记录与进度 · list records and progress."""
    _show(df.review(df.open_city(folder), id=id), lang, as_json=as_json, only=only)


@app.command()
def accept(folder: Folder, record: Record, who: Who, id: Id = None, remark: Remark = "", lang: Tongue = "zh") -> None:
    """采纳 · accept a record as it is."""
    _do(folder, df.Change(record, "accept", remark=remark), who=who, id=id, lang=lang)


@app.command()
def reject(folder: Folder, record: Record, who: Who, id: Id = None, remark: Remark = "", lang: Tongue = "zh") -> None:
    """剔除 · take a record out of the plan."""
    _do(folder, df.Change(record, "reject", remark=remark), who=who, id=id, lang=lang)


@app.command()
def restore(folder: Folder, record: Record, who: Who, id: Id = None, remark: Remark = "", lang: Tongue = "zh") -> None:
    """恢复机器读取的内容 · give a record back to the machine's reading."""
    _do(folder, df.Change(record, "restore", remark=remark), who=who, id=id, lang=lang)


@app.command()
def undo(folder: Folder, record: Record, who: Who, id: Id = None, remark: Remark = "", lang: Tongue = "zh") -> None:
    """撤销记录的上一步 · take back the last edit of a record."""
    _do(folder, df.Change(record, "undo", remark=remark), who=who, id=id, lang=lang)


@app.command()
def correct(
    folder: Folder, record: Record, texts: Texts, who: Who, id: Id = None, remark: Remark = "", lang: Tongue = "zh"
) -> None:  # fmt: skip
    """更正字段 · correct fields of a record."""
    _do(folder, df.Change(record, "correct", (_fields(texts),), remark=remark), who=who, id=id, lang=lang)


@app.command()
def split(
    folder: Folder,
    record: Record,
    parts: Annotated[
        list[str], typer.Argument(help="每部分：字段=文字;字段=文字 · each part: field=text;field=text", metavar="PART...")
    ],
    who: Who,
    id: Id = None,
    remark: Remark = "",
    lang: Tongue = "zh",
) -> None:
    """把一个目标拆成几个 · split a target into several."""
    fields = tuple(_fields(part.split(";")) for part in parts)
    _do(folder, df.Change(record, "split", fields, remark=remark), who=who, id=id, lang=lang)


@app.command()
def add(
    folder: Folder,
    place: Annotated[
        str, typer.Argument(help="起-止字符位置，或 N 编号 · START-END in characters, or the id of a figure", metavar="PLACE")
    ],
    who: Who,
    texts: Annotated[list[str] | None, typer.Argument(help="字段=文字 · field=text", metavar="[FIELD=TEXT]...")] = None,
    id: Id = None,
    remark: Remark = "",
    lang: Tongue = "zh",
) -> None:
    """按文件中的位置增补目标，机器先填 · add a target at a place; the machine fills in what it finds."""
    from dafeng.work.review import draft, draft_of

    city = df.open_city(folder)
    reviewed = df.review(city, id=id)
    figure = place in reviewed.reviewed.records
    made = draft_of(reviewed, place) if figure else draft(city, reviewed, *_range(place))
    fields = {**made.fields, **_fields(texts or [])}
    spot: Place | None = None if figure else made.place
    _do(folder, df.Change(place if figure else "", "add", (fields,), place=spot, remark=remark), who=who, id=id, lang=lang)


@app.command()
def confirm(folder: Folder, who: Who, id: Id = None, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """确认为新版本并写入 plan.yaml · confirm a version; it becomes plan.yaml."""
    city = df.open_city(folder)
    reviewed = df.review(city, id=id)
    seen, total = reviewed.progress()
    version = df.confirm(city, reviewed, who=who)
    if as_json:
        print_json(_version(version))
        return
    language = _language(lang)
    zh, en = f"第 {version.number} 版已写入 plan.yaml", f"version {version.number} is plan.yaml now"
    left = say(language, f"；{total - seen} 条未核对", f"; {total - seen} records were not looked at") if seen < total else ""
    console().print(say(language, f"{zh}；运行 dafeng assess 使用它", f"{en}; run dafeng assess to use it") + left)


@app.command()
def versions(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出已确认的版本 · list confirmed versions."""
    found = df.list_versions(df.open_city(folder))
    if as_json:
        print_json([_version(one) for one in found])
        return
    language = _language(lang)
    heads = say(language, "版本 确认人 时间 改动数 sha256", "version who at edits sha256").split()
    rows = [[str(v.number), v.who, v.at.isoformat(timespec="minutes"), str(v.serial), v.sha256[:12]] for v in found]
    console().print(grid(say(language, "已确认的版本", "Confirmed versions"), heads, rows))


@app.command("export")
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="写到 · file to write")],
    id: Id = None,
    lang: Tongue = "zh",
) -> None:
    """导出核对表 · write the review as a spreadsheet."""
    from dafeng.store.files import write_whole

    content = df.export_review(df.review(df.open_city(folder), id=id))
    write_whole(out, content)
    console().print(
        say(_language(lang), f"已写入 {out}，改好后用 dafeng review import 交回", f"wrote {out}; hand it back with import")
    )


@app.command("import")
def import_sheet(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="改好的核对表 · the edited spreadsheet", metavar="FILE")],
    who: Who,
    id: Id = None,
    look: Annotated[bool, typer.Option("--look", help="只显示改动，不写入 · show the changes, write nothing")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """收回核对表：逐格显示改动并写入 · take the spreadsheet back, cell by cell."""
    from dafeng.work.review_sheet import compare_sheet

    city = df.open_city(folder)
    reviewed = df.review(city, id=id)
    data = file.read_bytes()
    if look:
        asked = compare_sheet(reviewed, data, name=file.name)
    else:
        _, asked = df.import_review(city, reviewed, data, who=who, name=file.name)
    _show_cells(asked, _language(lang), as_json=as_json)


def _do(folder: Path, change: df.Change, *, who: str, id: str | None, lang: str) -> None:
    from dafeng.plans.vocabulary import say_word

    city = df.open_city(folder)
    before = df.review(city, id=id)
    after = df.revise(city, before, change, who=who)
    language = _language(lang)
    new = after.edits[len(before.edits) :]
    name = new[-1].record if new else change.record
    state = after.reviewed.states.get(name)
    word = say_word("state", state or "", language)
    done, total = after.progress()
    console().print(say(language, f"{name}：{word}（{done}/{total} 已核对）", f"{name}: {word} ({done} of {total} reviewed)"))


def _show(reviewed: df.Review, lang: str, *, as_json: bool, only: str) -> None:
    from dafeng.plans.review import count_states

    language = _language(lang)
    names = [name for name in reviewed.reviewed.records if _is_wanted(reviewed, name, only)]
    done, total = reviewed.progress()
    if as_json:
        rows = [_record(reviewed, name) for name in names]
        told = {"id": reviewed.id, "document": reviewed.document.name, "edits": len(reviewed.edits)}
        print_json({**told, "reviewed": done, "total": total, "states": count_states(reviewed), "records": rows})
        return
    heads = say(language, "编号 状态 内容 数值 年份 把握 原因", "id state about figure year certainty why").split()
    title = reviewed.reading.document.title or reviewed.document.name
    lines = [_line(reviewed, name, language) for name in names]
    console().print(
        grid(say(language, f"{title}：{done}/{total} 已核对", f"{title}: {done} of {total} reviewed"), heads, lines)
    )


def _is_wanted(reviewed: df.Review, name: str, only: str) -> bool:
    return only == "all" or (reviewed.is_first(name) if only == "first" else reviewed.state(name) == only)


def _line(reviewed: df.Review, name: str, language: Language) -> list[str]:
    from dafeng.plans.vocabulary import certainty_of, headline, say_figure, say_reasons, say_word

    record = reviewed.record(name)
    certainty = certainty_of(record)
    return [
        name, say_word("state", reviewed.state(name), language), headline(record, language), say_figure(record, language),
        str(getattr(record, "year", None) or ""), "" if certainty is None else format(certainty, "f"),
        "；".join(say_reasons(record, language)),
    ]  # fmt: skip


def _record(reviewed: df.Review, name: str) -> dict[str, Any]:
    from dafeng.plans.fields import kind_of
    from dafeng.plans.vocabulary import headline, say_figure, say_reasons

    record = reviewed.record(name)
    return {
        "id": name,
        "kind": kind_of(record),
        "state": reviewed.state(name),
        "about": headline(record, "zh"),
        "figure": say_figure(record, "zh"),
        "first": reviewed.is_first(name),
        "reasons": say_reasons(record, "zh"),
    }


def _show_cells(asked: SheetChanges, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(
            [{"cell": c.cell, "record": c.record, "field": c.field, "before": c.before, "after": c.after} for c in asked.cells]
        )
        return
    heads = say(language, "单元格 编号 字段 原来 现在", "cell id field before after").split()
    title = say(language, f"{len(asked.cells)} 格有改动", f"{len(asked.cells)} cells changed")
    console().print(grid(title, heads, [[c.cell, c.record, c.field, c.before, c.after] for c in asked.cells]))


def _version(version: Version) -> dict[str, Any]:
    told = {"number": version.number, "who": version.who, "at": version.at.isoformat(), "sha256": version.sha256}
    return {**told, "review": version.review, "edits": version.serial, "file": str(version.path)}


def _fields(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts if text.strip()]
    wrong = next((name for name, sign, _ in pairs if not sign), None)
    if wrong is not None:
        raise SettingError(
            Label(f"“{wrong}”不是 字段=文字", f"'{wrong}' is no field=text"),
            where="FIELD=TEXT",
            expected=Label("如 value=30", "such as value=30"),
            remedy=Label("改正该项", "correct it"),
        )
    return {name.strip(): text for name, _, text in pairs}


def _range(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    if not (start.isdigit() and end.isdigit() and len(text) < 20):
        raise SettingError(
            Label(f"“{text}”不是位置", f"'{text}' is no place"),
            where="PLACE",
            expected=Label("起-止，如 43-92，或 N 开头的编号", "START-END such as 43-92, or the id of a figure"),
            remedy=Label("用 dafeng review list 查看", "look it up with dafeng review list"),
        )
    return int(start), int(end)


def _language(text: str) -> Language:
    if text in get_args(Language):
        return cast(Language, text)
    raise SettingError(
        Label(f"语言“{text}”不支持", f"language '{text}' is not known"),
        where="--lang",
        expected=Label("zh 或 en", "zh or en"),
        remedy=Label("改正该选项", "correct the option"),
    )
