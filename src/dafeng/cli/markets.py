"""``dafeng market …``: trade the rights of a city's ledger by order book, agreement and auction.

Invariant: what is asked here is asked of the exchange under an id; the same command with the same id is done once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

import dafeng as df
from dafeng.cli.printing import console, grid, print_json, read_language, read_word, say
from dafeng.core.labels import Language

if TYPE_CHECKING:
    from dafeng.ledger.market.asked import Asked
    from dafeng.ledger.market.exchange import Exchange

app = typer.Typer(help="市场：挂牌、协议、拍卖 · markets: order book, agreement, auction", no_args_is_help=True)
auctions = typer.Typer(help="密封报价、统一价格的拍卖 · sealed auctions at one price", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="城市文件夹 · city folder", metavar="CITY")]
Market = Annotated[str, typer.Argument(help="市场编号 · id of the market", metavar="MARKET")]
Member = Annotated[str, typer.Argument(help="成员编号 · id of the member", metavar="MEMBER")]
Side = Annotated[str, typer.Argument(help="buy 或 sell · buy or sell", metavar="SIDE")]
Quantity = Annotated[str, typer.Argument(help="数量，账簿单位 · quantity in units of the book", metavar="QUANTITY")]
Price = Annotated[str, typer.Argument(help="价格（元） · price in yuan", metavar="PRICE")]
Auction = Annotated[str, typer.Argument(help="拍卖编号 · id of the auction", metavar="AUCTION")]
Name = Annotated[str, typer.Option("--id", help="申报编号，重复提交只办一次 · id of the request; the same twice is done once")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Tongue = Annotated[str, typer.Option("--lang", help="zh 或 en · language of the output")]


@contextmanager
def _opened(folder: Path, *, reads: bool = False) -> Iterator[Exchange]:
    """The markets of a city; to read where there are none yet, empty ones in memory."""
    from dafeng.ledger.market.exchange import open_exchange
    from dafeng.work.city_ledger import check_kept, is_there

    city = df.open_city(folder)
    check_kept(city)
    address = ":memory:" if reads and not is_there(city) else city.ledger
    with open_exchange(address, folders=(city.overlay,)) as exchange:
        yield exchange


def _ask(exchange: Exchange, asked: Asked, *, as_json: bool, language: Language) -> None:
    """Hand in one request, and print the answer with the trades it led to."""
    from dafeng.ledger.market.reading import list_trades
    from dafeng.ledger.market.reasons import refusal_error
    from dafeng.ledger.refusals import Refused

    answer = exchange.submit([asked])[0]
    if isinstance(answer, Refused):
        raise refusal_error(answer)
    found = list_trades(exchange, asked.market, request=asked.id)
    if as_json:
        print_json({"status": "booked", "id": asked.id, "seq": answer.seq, "again": answer.again, "trades": found})
        return
    console().print(say(language, f"已受理 {asked.id}", f"booked {asked.id}"))
    if found:
        _print_trades(exchange, asked.market, found, language)


def _scales(exchange: Exchange, market: str) -> tuple[int, int]:
    from dafeng.ledger.market.reading import find_hall, find_scales

    return find_scales(exchange, find_hall(exchange, market))


def _amounts(exchange: Exchange, market: str, quantity: str, price: str) -> tuple[int, int]:
    from dafeng.ledger.market.amounts import read_amount

    scale, money = _scales(exchange, market)
    return read_amount(quantity, scale, where="QUANTITY"), read_amount(price, money, where="PRICE")


def _new(name: str) -> str:
    return name or uuid4().hex


@app.command("list")
def list_all(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出市场及其规则 · list the markets with their rules."""
    from dafeng.ledger.market.reading import list_markets

    with _opened(folder, reads=True) as exchange:
        found = list_markets(exchange)
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    heads = say(language, "市场 账簿 规则 依据 交易日", "market book rules grade day").split()
    rows = [
        [one["market"], one["book"], one["label"][language], read_word("grade", one["grade"], language), one["day"] or "—"]
        for one in found
    ]
    console().print(grid(say(language, "市场", "markets"), heads, rows))


@app.command()
def show(folder: Folder, market: Market, member: Annotated[str, typer.Option(help="成员 · whose requests")] = "",
         as_json: AsJson = False, lang: Tongue = "zh") -> None:  # fmt: skip
    """查看盘口、报价和拍卖 · show depth, offers and auctions, or a member's own requests."""
    from dafeng.ledger.market.amounts import write_amount
    from dafeng.ledger.market.reading import list_requests, show_market

    with _opened(folder, reads=True) as exchange:
        found: dict[str, Any] = show_market(exchange, market)
        if member:
            found["requests"] = list_requests(exchange, market, member)
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    rows = [
        [
            read_word("market_side", side, language),
            write_amount(one["price"], found["money_scale"]),
            write_amount(one["quantity"], found["scale"]),
        ]
        for side in ("sell", "buy")
        for one in (reversed(found[side]) if side == "sell" else found[side])
    ]
    heads = say(language, "方向 价格 数量", "side price quantity").split()
    console().print(grid(f"{market} {found['day'] or '—'}", heads, rows, right=(1, 2)))
    if member:
        _print_requests(found, member, language)


@app.command("open")
def open_market(
    folder: Folder,
    market: Market,
    book: Annotated[str, typer.Option(help="权利账簿 · book of the rights")],
    terms: Annotated[str, typer.Option(help="市场规则编号 · id of the rules")],
    money: Annotated[str, typer.Option(help="资金账簿 · book of the money")] = "yuan",
    name: Name = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开设市场 · open a market."""
    from dafeng.ledger.market.asked import OpenMarket

    with _opened(folder) as exchange:
        _ask(exchange, OpenMarket(_new(name), market, book, money, terms), as_json=as_json, language=read_language(lang))


@app.command()
def join(
    folder: Folder,
    market: Market,
    member: Member,
    account: Annotated[str, typer.Argument(help="权利账户 · account of rights", metavar="ACCOUNT")],
    purse: Annotated[str, typer.Argument(help="资金账户 · account of money", metavar="PURSE")],
    name: Name = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """登记为成员 · register a member with its two accounts."""
    from dafeng.ledger.market.asked import Register

    with _opened(folder) as exchange:
        _ask(exchange, Register(_new(name), market, member, account, purse), as_json=as_json, language=read_language(lang))


@app.command()
def open_day(
    folder: Folder,
    market: Market,
    reference: Annotated[str, typer.Option(help="参考价（元），缺省为上一日均价 · reference price in yuan")] = "",
    name: Name = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开市 · open today's session."""
    from dafeng.ledger.market.amounts import read_amount
    from dafeng.ledger.market.asked import OpenDay

    with _opened(folder) as exchange:
        price = read_amount(reference, _scales(exchange, market)[1], where="--reference") if reference else None
        _ask(exchange, OpenDay(_new(name), market, price), as_json=as_json, language=read_language(lang))


@app.command()
def close_day(folder: Folder, market: Market, name: Name = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """收市，未成交的申报失效 · close the session; what rests in it is over."""
    from dafeng.ledger.market.asked import CloseDay

    with _opened(folder) as exchange:
        _ask(exchange, CloseDay(_new(name), market), as_json=as_json, language=read_language(lang))


@app.command()
def order(folder: Folder, market: Market, member: Member, side: Side, quantity: Quantity, price: Price,
          name: Name = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:  # fmt: skip
    """申报限价订单，当日有效 · place a limit order, good for the day."""
    from dafeng.ledger.market.asked import Order

    with _opened(folder) as exchange:
        units, money = _amounts(exchange, market, quantity, price)
        _ask(exchange, Order(_new(name), market, member, side, units, money), as_json=as_json, language=read_language(lang))


@app.command()
def offer(folder: Folder, market: Market, member: Member, side: Side, quantity: Quantity, price: Price,
          to: Annotated[str, typer.Option(help="只向该成员 · to this member only")] = "",
          name: Name = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:  # fmt: skip
    """协议报价 · offer an agreement."""
    from dafeng.ledger.market.asked import Offer

    with _opened(folder) as exchange:
        units, money = _amounts(exchange, market, quantity, price)
        _ask(exchange, Offer(_new(name), market, member, side, units, money, to), as_json=as_json, language=read_language(lang))


@app.command()
def take(
    folder: Folder,
    market: Market,
    member: Member,
    target: Annotated[str, typer.Argument(help="报价编号 · id of the offer", metavar="OFFER")],
    name: Name = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """接受协议报价 · take an offer, whole."""
    from dafeng.ledger.market.asked import Take

    with _opened(folder) as exchange:
        _ask(exchange, Take(_new(name), market, member, target), as_json=as_json, language=read_language(lang))


@app.command()
def cancel(
    folder: Folder,
    market: Market,
    target: Annotated[str, typer.Argument(help="订单或报价编号 · id of the order or offer", metavar="ORDER")],
    name: Name = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """撤销未成交部分 · take back what is left of an order or offer."""
    from dafeng.ledger.market.asked import Cancel

    with _opened(folder) as exchange:
        _ask(exchange, Cancel(_new(name), market, target), as_json=as_json, language=read_language(lang))


@app.command()
def trades(folder: Folder, market: Market, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出成交及交割状态 · list trades and whether they are settled."""
    from dafeng.ledger.market.reading import list_trades

    with _opened(folder, reads=True) as exchange:
        found = list_trades(exchange, market)
        if as_json:
            print_json(found)
        else:
            _print_trades(exchange, market, found, read_language(lang))


@app.command()
def settle(folder: Folder, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """重办未完成的交割 · book again what the ledger refused before."""
    with _opened(folder) as exchange:
        left = [{"id": one.id, "code": one.code} for one in exchange.settle() if one.code]
    if as_json:
        print_json({"status": "due" if left else "done", "due": left})
        return
    language = read_language(lang)
    rows = [[one["id"], _read_reason(one["code"], language)] for one in left]
    console().print(
        grid(say(language, "未交割", "due"), say(language, "编号 原因", "id reason").split(), rows)
        if rows else say(language, "全部已交割", "all settled")
    )  # fmt: skip


@auctions.command("list")
def list_auctions(folder: Folder, market: Market, as_json: AsJson = False, lang: Tongue = "zh") -> None:
    """列出拍卖；截止前不显示报价 · list auctions; no bids before the close."""
    from dafeng.ledger.market.amounts import write_amount
    from dafeng.ledger.market.reading import list_auctions as read

    with _opened(folder, reads=True) as exchange:
        found = read(exchange, market)
        scale, money = _scales(exchange, market)
    if as_json:
        print_json(found)
        return
    language = read_language(lang)
    rows = [
        [one["auction"], read_word("auction_state", one["state"], language), write_amount(one["offered"], scale),
         write_amount(one["reserve"], money),
         write_amount(one["price"], money) if one.get("price") else "—",
         write_amount(one["sold"], scale) if "sold" in one else "—"]
        for one in found
    ]  # fmt: skip
    heads = say(language, "拍卖 状态 供给量 保留价 成交价 成交量", "auction state offered reserve price sold").split()
    console().print(grid(market, heads, rows, right=(2, 3, 4, 5)))


@auctions.command("open")
def open_auction(
    folder: Folder,
    market: Market,
    auction: Auction,
    member: Member,
    quantity: Quantity,
    reserve: Annotated[str, typer.Option(help="保留价（元） · lowest price in yuan")] = "0",
    most: Annotated[str, typer.Option(help="每个竞买人的购买上限 · most that one bidder may get")] = "",
    name: Name = "",
    as_json: AsJson = False,
    lang: Tongue = "zh",
) -> None:
    """开始拍卖 · put units up for sealed bids."""
    from dafeng.ledger.market.amounts import read_amount
    from dafeng.ledger.market.asked import OpenAuction

    with _opened(folder) as exchange:
        units, money = _amounts(exchange, market, quantity, reserve)
        cap = read_amount(most, _scales(exchange, market)[0], where="--most") if most else None
        asked = OpenAuction(_new(name), market, auction, member, units, money, cap)
        _ask(exchange, asked, as_json=as_json, language=read_language(lang))


@auctions.command()
def bid(folder: Folder, market: Market, auction: Auction, member: Member, quantity: Quantity, price: Price,
        name: Name = "", as_json: AsJson = False, lang: Tongue = "zh") -> None:  # fmt: skip
    """密封报价，冻结相应资金 · bid; the money is held."""
    from dafeng.ledger.market.asked import Bid

    with _opened(folder) as exchange:
        units, money = _amounts(exchange, market, quantity, price)
        asked = Bid(_new(name), market, auction, member, units, money)
        _ask(exchange, asked, as_json=as_json, language=read_language(lang))


@auctions.command("close")
def close_auction(
    folder: Folder, market: Market, auction: Auction, name: Name = "", as_json: AsJson = False, lang: Tongue = "zh"
) -> None:
    """截止并分配 · close and award."""
    from dafeng.ledger.market.asked import CloseAuction

    with _opened(folder) as exchange:
        _ask(exchange, CloseAuction(_new(name), market, auction), as_json=as_json, language=read_language(lang))


def _print_trades(exchange: Exchange, market: str, found: list[dict[str, Any]], language: Language) -> None:
    from dafeng.ledger.market.amounts import write_amount

    scale, money = _scales(exchange, market)
    rows = [
        [one["trade"], one["buyer"], one["seller"], write_amount(one["quantity"], scale), write_amount(one["price"], money),
         write_amount(one["amount"], money), _read_delivery(one, language)]
        for one in found
    ]  # fmt: skip
    heads = say(language, "成交 买方 卖方 数量 价格 金额 交割", "trade buyer seller quantity price amount settled").split()
    console().print(grid(market, heads, rows, right=(3, 4, 5)))


def _print_requests(found: dict[str, Any], member: str, language: Language) -> None:
    """What a member asked for in the open sessions, with what is left of it."""
    from dafeng.ledger.market.amounts import write_amount

    scale, money = found["scale"], found["money_scale"]
    rows = [
        [one["id"], read_word("market_verb", {"openauction": "open_auction"}.get(one["what"], one["what"]), language),
         read_word("market_side", one.get("side", "—"), language),
         *("—" if one.get(name) is None else write_amount(one[name], of)
           for name, of in (("quantity", scale), ("left", scale), ("price", money))),
         read_word("market_thing", one["state"], language)]
        for one in found["requests"]
    ]  # fmt: skip
    heads = say(language, "申报 种类 方向 数量 未成交 价格 状态", "id what side quantity left price state").split()
    console().print(grid(member, heads, rows, right=(3, 4, 5)))


def _read_reason(code: str, language: Language) -> str:
    """Why the ledger refused, with its code."""
    from dafeng.ledger.market.reasons import market_reasons

    known = market_reasons().get(code)
    return f"{known.says.read(language)} ({code})" if known else code


def _read_delivery(one: dict[str, Any], language: Language) -> str:
    """Whether a trade was delivered, and why not, as on the pages."""
    name = {"done": "delivered", "back": "given_back"}.get(one["state"], "undelivered")
    word = read_word("markets", name, language)
    return f"{word}: {_read_reason(one['code'], language)}" if one["code"] and one["state"] != "done" else word
