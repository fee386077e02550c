"""``dafeng inclusion …``: carbon inclusion (碳普惠) of a city.

Invariant: an identity that is typed goes into the table of identities as a hash and nowhere else; it is never printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_findings, print_json, read_language, read_word, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language, read_wording

app = typer.Typer(help="碳普惠：场景、碳账户、积分与核证 · carbon inclusion", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Person = Annotated[str, typer.Argument(help="身份（手机号、卡号）或假名 · identity or pseudonym", metavar="PERSON")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@app.command()
def scenes(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出场景、核算版本与积分规则 · list scenes, editions and points."""
    from dafeng.work.inclusion import scene_document

    city = df.open_city(folder)
    with df.open_inclusion(city) as programme:
        found = scene_document(programme)
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    heads = say(
        language, "场景 名称 版本 每单位克数 单位 来源 等级 采用", "scene name edition g/unit unit source grade used"
    ).split()
    rows = [
        [one["id"], one["title"][language], *_edition(one, edition, language)]
        for one in found
        for edition in one["editions"] or [None]
    ]
    console().print(grid(city.label.read(language), heads, rows, right=(3,)))


def _edition(scene: dict[str, Any], edition: dict[str, Any] | None, language: Language) -> list[str]:
    if edition is None:
        return ["—"] * 6
    used = "●" if scene["in_use"] == edition["id"] else ""
    from dafeng.web.book_words import say_unit

    grade = read_word("grade", edition["grade"], language)
    return [edition["id"], edition["grams_per_unit"], say_unit(scene["unit"], language), edition["source"], grade, used]


@app.command()
def join(
    folder: Folder,
    identities: Annotated[
        list[str], typer.Argument(help="同一人的一个或多个身份 · identities of one and the same", metavar="IDENTITY...")
    ],
    kind: Annotated[str, typer.Option("--kind", help="person 或 organisation · what they are")] = "person",
    consent: Annotated[
        bool, typer.Option("--consent", help="已出示文本并取得同意 · the text was shown and consented to")
    ] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """加入：取得同意，开立碳账户 · open accounts, with consent."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        person = df.join_inclusion(programme, *identities, kind=kind, consent=consent)
        consents = programme.identities.consents(person)
    if as_json:
        print_json({"person": person, "consents": consents})
    else:
        console().print(say(read_language(lang), f"已加入：{person}", f"joined: {person}"))


@app.command()
def withdraw(folder: Folder, person: Person, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """撤回同意：此后不再接收事件 · withdraw consent; no event is taken any more."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        found = programme.identities.find(person)
        done = programme.identities.withdraw(found, purpose=programme.policy.purpose, now=programme.clock())
    if as_json:
        print_json({"person": found, "withdrawn": done})
    else:
        console().print(
            say(read_language(lang), f"已撤回：{found}", f"withdrawn: {found}")
            if done
            else say(read_language(lang), "没有可撤回的同意", "there was no consent")
        )


@app.command()
def take(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="事件文件（CSV） · file of events", metavar="FILE", exists=True, dir_okay=False)],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """接收事件：核对、去重、记账 · take events; each evidence counts once."""
    from dafeng.work.inclusion import tally_document

    with df.open_inclusion(df.open_city(folder)) as programme:
        tally = df.take_events(programme, file)
        titles = {name: one.title for name, one in programme.scenes.items()}
    if as_json:
        print_json(tally_document(programme, tally))
        return
    language = read_language(lang)
    print_findings(tally.findings, language)
    refused = sum(tally.refused.values())
    if weak := tally_document(programme, tally)["weak"]:
        named = say(language, "、", ", ").join(titles[one].read(language) for one in weak)
        console().print(say(language, f"因子待核实的场景：{named}", f"unconfirmed factors: {named}"))
    console().print(
        say(
            language,
            f"新记 {tally.taken} 件，重复 {tally.again} 件，未收 {refused} 件；减排 {tally.grams} 克，积分 {tally.points} 分",
            f"taken {tally.taken}, again {tally.again}, refused {refused}; {tally.grams} g saved, {tally.points} points earned",
        )
    )


@app.command()
def balance(folder: Folder, person: Person, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """余额：克数、积分、券 · grams, points and vouchers of an account."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        found = df.inclusion_balance(programme, person)
        names = {f"voucher.{name}": one.label for name, one in programme.policy.vouchers.items()}
    if as_json:
        print_json(dict(found))
        return
    language = read_language(lang)
    names["grams"] = Label("未核证减排量（克）", "not yet certified (g)")
    names["points"] = Label(read_word("inclusion", "points", "zh"), read_word("inclusion", "points", "en"))
    rows = [[names[name].read(language), str(held)] for name, held in found.items()]
    heads = say(language, "项目 数量", "what quantity").split()
    console().print(grid(say(language, "碳账户", "account"), heads, rows, right=(1,)))


@app.command()
def redeem(
    folder: Folder,
    person: Person,
    voucher: Annotated[str, typer.Argument(help="券的编号 · id of the voucher", metavar="VOUCHER")],
    order: Annotated[str, typer.Option("--order", help="订单号：相同订单只兑换一次 · number of the order")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """兑换：积分换券 · exchange points for a voucher."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        done = df.redeem_points(programme, person, voucher, order=order)
    if as_json:
        print_json({"voucher": done.voucher.id, "points": done.voucher.points, "person": done.person, "again": done.again})
        return
    language = read_language(lang)
    console().print(say(language, f"已兑换 {done.voucher.label.zh}", f"given out: {done.voucher.label.en}"))


@app.command()
def expire(
    folder: Folder,
    before: Annotated[
        str, typer.Option("--before", help="此日之前获得的积分；缺省按规则 · points earned before this day")
    ] = "",
    preview: Annotated[bool, typer.Option("--preview", help="只看不做 · only say what would go")] = False,
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """积分到期 · let points expire, the oldest first."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        accounts, points = df.expire_points(programme, before=_day(before), preview=preview)
    if as_json:
        print_json({"accounts": accounts, "points": points, "preview": preview})
    else:
        console().print(
            say(read_language(lang), f"{accounts} 个账户，{points} 分到期", f"{points} points of {accounts} accounts")
        )


@app.command()
def aggregate(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="批次名称 · name of the bundle", metavar="NAME")],
    before: Annotated[str, typer.Option("--before", help="此日之前的事件 · events before this day")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """聚合为核证减排量 · certify many small reductions, each event once."""
    from dafeng.work.inclusion import bundle_document

    with df.open_inclusion(df.open_city(folder)) as programme:
        bundle = df.aggregate_reductions(programme, name, before=_day(before))
        book = programme.shelf().credits
        scale, unit = book.scale, book.unit
    if as_json:
        print_json({**bundle_document(bundle), "unit": unit, "scale": scale})
        raise typer.Exit(not bundle.done)
    language = read_language(lang)
    if not bundle.done:
        zh = f"{bundle.name}：有账户尚不能转出，尚未签发；解除后再次运行同一命令即可完成"
        en = f"{bundle.name}: an account gives nothing yet, and nothing is issued; run the same command again once it does"
        console().print(say(language, zh, en))
        raise typer.Exit(1)
    console().print(
        say(
            language,
            f"{bundle.name}：{bundle.events} 件，{bundle.grams} 克，签发 {bundle.units} × 10^-{scale} {unit}，根 {bundle.root}",
            f"{bundle.name}: {bundle.events} events, {bundle.grams} g, {bundle.units} x 10^-{scale} {unit}, root {bundle.root}",
        )
    )


@app.command()
def prove(
    folder: Folder,
    scene: Annotated[str, typer.Argument(help="场景 · scene", metavar="SCENE")],
    evidence: Annotated[str, typer.Argument(help="凭证编号 · number of the evidence", metavar="EVIDENCE")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """证明某凭证在核证减排量之中 · show that an event was certified."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        found = df.prove_event(programme, scene, evidence)
        title = programme.scenes[scene].title if scene in programme.scenes else scene
    if as_json:
        print_json(found)
    else:
        _print_proof(found, read_wording(title, read_language(lang)), evidence, read_language(lang))


@app.command()
def reverse(
    folder: Folder,
    scene: Annotated[str, typer.Argument(help="场景 · scene", metavar="SCENE")],
    evidence: Annotated[str, typer.Argument(help="凭证编号 · number of the evidence", metavar="EVIDENCE")],
    reason: Annotated[str, typer.Option("--reason", help="原因 · why")],
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """更正：以反向分录撤回一件未核证的事件 · take back an event that is not certified."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        grams, points = df.reverse_event(programme, scene, evidence, reason=reason)
    if as_json:
        print_json({"grams": grams, "points": points})
    else:
        console().print(say(read_language(lang), f"撤回 {grams} 克，{points} 分", f"taken back: {grams} g, {points} points"))


@app.command()
def erase(folder: Folder, person: Person, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """注销：删除身份对应关系，账簿保持平衡 · delete the identity; the books stay balanced."""
    with df.open_inclusion(df.open_city(folder)) as programme:
        gone = df.erase_member(programme, person)
    if as_json:
        print_json({"person": gone, "erased": True})
    else:
        console().print(say(read_language(lang), f"已注销：{gone}", f"erased: {gone}"))


@app.command()
def keys(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出运营方密钥 · list the keys that operators sign with."""
    from dafeng.ledger.inclusion.operators import list_keys
    from dafeng.work.inclusion_document import key_document

    with df.open_inclusion(df.open_city(folder)) as programme:
        found = [key_document(one, programme.clock()) for one in list_keys(programme.rows)]
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    heads = say(language, "密钥 运营方 场景 状态 制作人", "key operator scenes state made-by").split()
    rows = [[one["id"], one["operator"], ", ".join(one["scenes"]) or "*", read_word("link_state", one["state"], language),
             one["made_by"]] for one in found]  # fmt: skip
    console().print(grid(say(language, "密钥", "keys"), heads, rows))


@app.command("make-key")
def make(
    folder: Folder,
    operator: Annotated[str, typer.Argument(help="运营方 · who signs", metavar="OPERATOR")],
    scenes: Annotated[list[str] | None, typer.Option("--scene", help="可申报的场景，可重复 · scenes, may be repeated")] = None,
    days: Annotated[int, typer.Option("--days", help="有效天数 · how long it is good")] = 365,
    who: Annotated[str, typer.Option("--who", help="制作人 · who makes it")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """制作运营方密钥：只显示一次 · make a key; its secret is shown once."""
    from dafeng.ledger.inclusion.operators import make_key

    with df.open_inclusion(df.open_city(folder)) as programme:
        made, secret = make_key(
            programme.rows, programme.secret, operator, scenes=scenes or [], days=days, who=who or getuser(),
            now=programme.clock(),
        )  # fmt: skip
    if as_json:
        print_json({"id": made.id, "operator": made.operator, "secret": secret})
    else:
        console().print(say(read_language(lang), f"{made.id} 的密钥：{secret}", f"secret of {made.id}: {secret}"))


@app.command("end-key")
def end(
    folder: Folder,
    key: Annotated[str, typer.Argument(help="密钥编号 · id of the key", metavar="KEY")],
    who: Annotated[str, typer.Option("--who", help="停用人 · who ends it")] = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """停用运营方密钥 · end a key."""
    from dafeng.ledger.inclusion.operators import end_key
    from dafeng.work.inclusion_document import key_document

    with df.open_inclusion(df.open_city(folder)) as programme:
        ended = end_key(programme.rows, key, who=who or getuser(), now=programme.clock())
        told = key_document(ended, programme.clock())
    if as_json:
        print_json(told)
    else:
        console().print(say(read_language(lang), f"已停用：{ended.id}", f"ended: {ended.id}"))


def _print_proof(found: Mapping[str, Any], scene: str, evidence: str, language: Language) -> None:
    """A proof in lines: where the event stands, and what to join its hash with to come to the published root."""
    at, size, path, out = int(found["at"]) + 1, found["size"], found["path"], console()
    said = (
        (f"{scene} {evidence}：在批次 {found['bundle']} 中，第 {at} 件，共 {size} 件",
         f"{scene} {evidence}: certified in bundle {found['bundle']}, event {at} of {size}"),
        (f"根散列 {found['root']}", f"root hash {found['root']}"),
        (f"事件散列 {found['leaf']}", f"hash of the event {found['leaf']}"),
        (f"路径（{len(path)} 个散列值，自下而上）", f"path ({len(path)} hashes, upwards)"),
    )  # fmt: skip
    for zh, en in said:
        out.print(say(language, zh, en))
    for one in path:
        out.print(one)


def _day(text: str) -> str:
    """The day that an option names; empty if it names none."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise SettingError(
            Label(f"“{text}”不是日期", f"'{text}' is no day"),
            where="--before",
            expected=Label("如 2026-01-31", "such as 2026-01-31"),
            remedy=Label("改正该选项", "correct the option"),
        ) from None
