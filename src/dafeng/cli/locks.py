"""``dafeng lock`` and ``dafeng import-factors``: pin the factors of a study, and take in a table of factors.

Invariant: what is refused leaves the city as it was; every difference and finding is printed with its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, finding_rows, grid, print_json, read_language, say
from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.work.lock import FactorChange

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]
Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]


@app.command()
def lock(
    folder: Folder,
    check: Annotated[bool, typer.Option("--check", help="列出与因子库的差异 · list what differs from the library")] = False,
    update: Annotated[bool, typer.Option("--update", help="重新锁定并记录影响 · pin anew and log the effect")] = False,
    edition: Annotated[str | None, typer.Option(help="方法版本 · edition of the methods")] = None,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """锁定本研究所用的因子与方法版本 · pin the factors and methods of a study."""
    if check and update:
        raise SettingError(
            Label("--check 与 --update 不能同时用", "--check and --update exclude one another"),
            where="--check",
            expected=Label("其中之一", "one of them"),
            remedy=Label("先 --check，再 --update", "check first, then update"),
        )
    city = df.open_city(folder)
    changes: tuple[FactorChange, ...] = ()
    if update:
        state, changes = df.update_lock(city)
    else:
        state = df.check_lock(city) if check else df.lock_factors(city, edition=edition)
    if as_json:
        print_json(_document(state, changes))
    else:
        _show(state, changes, read_language(lang))


def _document(state: df.LockState, changes: tuple[FactorChange, ...]) -> dict[str, Any]:
    return {
        "lock": str(state.path),
        "version": state.lock.version,
        "edition": state.lock.edition,
        "methods": {one.id: one.edition for one in state.lock.methods.values()},
        "factors": len(state.lock.factors),
        "answers": len(state.lock.answers),
        "differences": [
            {
                "kind": one.kind,
                "id": one.id,
                "then": _amount(one.before),
                "now": _amount(one.after),
                "after": one.after.id if one.after else None,
                "says": {"zh": one.says.zh, "en": one.says.en},
            }
            for one in state.differences
        ],
        "files": list(state.files),
        "findings": [_finding(one) for one in state.findings],
        "changes": [
            {
                "year": one.year,
                "quantity": one.quantity,
                "before": one.before,
                "value_before": one.value_before,
                "after": one.after,
                "value_after": one.value_after,
                "effect": f"{one.effect:f}",
                "unit": one.unit,
            }
            for one in changes
        ],
    }


def _amount(factor: Any) -> dict[str, str | None] | None:
    if factor is None:
        return None
    return {"value": None if factor.value is None else f"{factor.value:f}", "unit": factor.unit}


def _finding(one: Finding) -> dict[str, Any]:
    says, remedy = ({"zh": label.zh, "en": label.en} for label in (one.says, one.remedy))
    return {"rule": one.rule, "at": one.at, "severity": one.severity, "says": says, "remedy": remedy}


def _show(state: df.LockState, changes: tuple[FactorChange, ...], language: Language) -> None:
    out, lock = console(), state.lock
    zh = f"{state.path}：{len(lock.factors)} 个因子、{len(lock.answers)} 项查询、{len(lock.methods)} 个方法已锁定"
    en = f"{state.path}: {len(lock.factors)} factors, {len(lock.answers)} look-ups and {len(lock.methods)} methods are pinned"
    out.print(say(language, zh, en))
    for one in state.findings:
        out.print(f"· {one.says.read(language)}")
    if state.files:
        out.print(say(language, "有变动的定义文件：", "definition files that changed: ") + ", ".join(state.files))
    if not state.findings and not state.files:
        out.print(say(language, "与因子库一致", "the library agrees with the lock"))
    if changes:
        heads = say(
            language, "年份 量 原因子 原值 现因子 现值 影响 单位", "year quantity before value after value effect unit"
        ).split()
        out.print(
            grid(
                say(language, "重新锁定的影响", "effect of pinning anew"), heads, [_change(one) for one in changes], right=(6,)
            )
        )


def _change(one: FactorChange) -> list[str]:
    figures = (one.before, one.value_before, one.after, one.value_after)
    return [str(one.year or ""), one.quantity, *figures, f"{one.effect:.3f}", one.unit]


@app.command("import-factors")
def import_factors(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="因子表 csv 或 xlsx · table of factors", metavar="FILE")],
    standard: Annotated[str | None, typer.Option("--standard", help="标准编号 · standard of the rows")] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="用途 · purpose of the rows")] = None,
    parameter: Annotated[str | None, typer.Option("--parameter", help="参数 · parameter of the rows")] = None,
    source: Annotated[str | None, typer.Option("--source", help="来源编号或题名 · source id or title")] = None,
    grade: Annotated[str, typer.Option("--grade", help="证据等级 · evidence grade")] = "reported",
    named: Annotated[
        list[str] | None,
        typer.Option("--map", help="列名=字段，可重复 · column=field, may be repeated", metavar="COLUMN=FIELD"),
    ] = None,
    accept_partial: Annotated[
        bool, typer.Option("--accept-partial", help="只收无误的行 · take only the rows without findings")
    ] = False,
    accept_unusual: Annotated[
        bool, typer.Option("--accept-unusual", help="数值异常的行也收 · take rows with unusual values too")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="只检查，不写入 · look only, write nothing")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """导入因子表（国家因子库或自有表） · import a table of factors."""
    found = df.import_factors(
        df.open_city(folder),
        file,
        columns=dict(_pair(text) for text in named or ()),
        standard=standard,
        purpose=purpose,
        parameter=parameter,
        source=source,
        grade=grade,
        accept_partial=accept_partial,
        accept_unusual=accept_unusual,
        save=not check,
    )
    if as_json:
        print_json(_imported(found))
    else:
        _show_import(found, read_language(lang))
    if found.path is None and not check:
        raise typer.Exit(1)


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.partition("=")
    if not (column and equals and field):
        raise SettingError(
            Label(f"“{text}”不是“列名=字段”", f"'{text}' is no COLUMN=FIELD"),
            where="--map",
            expected=Label("如 因子值=value", "such as 因子值=value"),
            remedy=Label("改正该选项", "correct the option"),
        )
    return column.strip(), field.strip()


def _imported(found: df.FactorImport) -> dict[str, Any]:
    return {
        "file": str(found.path) if found.path else None,
        "columns": found.columns,
        "rows": found.rows,
        "taken": [{"id": one.id, "value": f"{one.value:f}", "unit": one.unit, "purpose": one.purpose} for one in found.factors],
        "held": found.held,
        "findings": [_finding(one) for one in found.findings],
    }


def _show_import(found: df.FactorImport, language: Language) -> None:
    out = console()
    columns = ", ".join(f"{column} → {field}" for column, field in found.columns.items())
    out.print(say(language, f"识别的列：{columns}", f"columns: {columns}"))
    zh = f"{found.rows} 行，可收 {len(found.factors)} 行，搁置 {found.held} 行"
    en = f"{found.rows} rows, {len(found.factors)} fine, {found.held} held back"
    out.print(say(language, zh, en))
    if found.findings:
        heads = say(language, "级别 位置 说明 处理", "severity place finding remedy").split()
        out.print(grid(say(language, "问题", "findings"), heads, finding_rows(found.findings, language)))
    said = (
        say(language, f"已写入 {found.path}", f"wrote {found.path}")
        if found.path
        else say(language, "未写入任何内容", "nothing was written")
    )
    out.print(said)
