"""The pages of markets: all of them, the screen of one, its auctions, and the forms that ask, decide and run.

Invariant: those who have an account see them, editors ask for the members they act for, confirmers decide and run; a form that
is refused comes back with what was typed and why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import AccessError, DafengError, LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.market.asked import Asked, Cancel, Offer
from dafeng.ledger.market.exchange import Exchange
from dafeng.ledger.market.hall import Hall
from dafeng.ledger.market.reading import find_scales
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.market_views import Access, build_auction, build_market, build_markets, say_refused
from dafeng.web.offices import Visitor
from dafeng.web.rights_views import Refused
from dafeng.work.market_forms import ASKED, RUN, read_asked
from dafeng.work.market_orders import MarketOrder, decide_asked, find_target, place_asked
from dafeng.work.market_overview import sum_markets

Name = Annotated[str, Path(min_length=1, max_length=64)]
CLASHES = (
    "conflict", "offer_over", "target_over", "auction_closed", "auction_exists", "member_exists", "market_exists", "day_open",
    "day_closed", "day_over", "session_over",
)  # fmt: skip
"""Refusals that mean that somebody else was faster."""
NO_SCALES = (0, 2)


def add_market_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the markets.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """
    _add_reading(app, desk)
    _add_writing(app, desk)


def _add_reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/{slug}/markets", include_in_schema=False)
    def enter_markets(slug: str) -> Response:
        return RedirectResponse(f"/{desk.office(slug).slug}/markets/", status_code=307)

    @app.get("/{slug}/markets/", include_in_schema=False)
    def show_markets(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: _page(ask, "markets.html", build_markets(ask)))

    @app.get("/{slug}/markets.json", include_in_schema=False)
    def tell_markets(request: Request, slug: str) -> Response:
        return show(desk, request, slug, _tell_markets)

    @app.get("/{slug}/markets/{market}/", include_in_schema=False)
    def show_one_market(request: Request, slug: str, market: Name) -> Response:
        return show(desk, request, slug, lambda ask: _found(ask, "market.html", lambda: build_market(ask, market)))

    @app.get("/{slug}/markets/{market}/auctions/{auction}/", include_in_schema=False)
    def show_auction(request: Request, slug: str, market: Name, auction: Name) -> Response:
        made = "market_auction.html"
        return show(desk, request, slug, lambda ask: _found(ask, made, lambda: build_auction(ask, market, auction)))


def _add_writing(app: FastAPI, desk: Desk) -> None:
    @app.post("/{slug}/markets/ask", include_in_schema=False)
    async def ask_market(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _ask)

    @app.post("/{slug}/markets/decide", include_in_schema=False)
    async def decide_request(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _decide, may=_confirmer)

    @app.post("/{slug}/markets/run", include_in_schema=False)
    async def run_market(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _run, may=_confirmer)


def _confirmer(visitor: Visitor) -> bool:
    return visitor.can_confirm


def _page(ask: Ask, template: str, context: Context, *, code: int = 200) -> Response:
    base = f"/{ask.office.slug}/"
    home: Context = {
        "market_base": f"{base}markets/", "rights_base": f"{base}rights/", "refusal": None, "typed": {},
        "done": ask.request.query_params.get("done", "")[:64],
    }  # fmt: skip
    return ask.page(template, {**home, **context}, name="markets", code=code)


def _found(ask: Ask, template: str, make: Callable[[], Context]) -> Response:
    try:
        return _page(ask, template, make())
    except LookupFailure as cause:
        raise HTTPException(404) from cause


def _tell_markets(ask: Ask) -> Response:
    markets = ask.office.markets
    if not markets.has_ledger():
        return JSONResponse([])
    with markets.opened() as exchange:
        return JSONResponse(sum_markets(exchange, markets.clock()))


def _ask(ask: Ask, handed: Handed) -> Response:
    """``act`` and the fields of `dafeng.work.market_forms`, for a member that the visitor acts for."""
    act = handed.get("act")
    return _try(ask, handed, lambda: _place(ask, handed, act if act in ASKED else ""))


def _run(ask: Ask, handed: Handed) -> Response:
    """What those ask who run a market: ``settle`` books again what the ledger refused."""
    act, markets = handed.get("act"), ask.office.markets
    if act == "settle":
        with markets.opened() as exchange:
            exchange.settle()
        return _go(ask, handed, "settlement")
    return _try(ask, handed, lambda: _place(ask, handed, act if act in RUN else ""))


def _place(ask: Ask, handed: Handed, act: str) -> MarketOrder:
    office, name = ask.office, handed.get("market").strip()
    with office.markets.opened() as exchange:
        hall = exchange.refresh().halls.get(name)
        asked = read_asked(act, name, handed.fields, NO_SCALES if hall is None else find_scales(exchange, hall))
        if act in ASKED and hall is not None:
            check_member(Access(office, ask.visitor, exchange, hall), asked, refuses=act == "refuse")
    return place_asked(office.markets, asked, who=ask.visitor.name, records=office.records)


def check_member(access: Access, asked: Asked, *, refuses: bool = False) -> None:
    """Refuse what somebody asks for a member for whom they do not act.

    Parameters
    ----------
    access : Access
        Who asks, and in which market.
    asked : Asked
        The request.
    refuses : bool, optional
        Whether it ends an offer by whom it was made to.

    Raises
    ------
    AccessError
        If they act neither for its member nor, where they refuse, for whom the offer was made to.
    """
    hall = access.hall
    member = str(getattr(asked, "member", ""))
    if isinstance(asked, Cancel):
        member = _find_addressee(hall, asked.target) if refuses else find_target(hall, asked)
        if not member:  # the exchange says why: it is over, or never was
            return
    if member not in hall.members or access.acts(member):
        return
    raise AccessError(
        Label(f"您不代表成员“{member}”", f"you do not act for the member '{member}'"),
        where="member",
        expected=Label("以您为持有人或代表的成员", "a member on whose accounts you are named"),
        remedy=Label("由其账户的代表人申报；没有申报", "leave it to its representatives; nothing was asked"),
    )


def _find_addressee(hall: Hall, target: str) -> str:
    thing = hall.things.get(target)
    return thing.asked.to if thing is not None and isinstance(thing.asked, Offer) else ""


def _try(ask: Ask, handed: Handed, place: Callable[[], MarketOrder]) -> Response:
    """Ask, and show the form again where it is refused."""
    try:
        order = place()
        refusal = say_refused(order, ask)
    except LookupFailure:
        raise
    except DafengError as cause:
        refusal = Refused("", "", cause.what.read(ask.language), cause.remedy.read(ask.language), cause.where)
    if refusal is None:
        return _go(ask, handed, "asked", done=order.id)
    code = 409 if refusal.code in CLASHES else 422
    name, auction = handed.get("market").strip(), handed.get("here").strip()
    typed: Context = {"refusal": refusal, "typed": handed.fields}
    with ask.office.markets.opened() as exchange:
        known = name in _halls(exchange)
    if not known:
        return _page(ask, "markets.html", {**build_markets(ask), **typed}, code=code)
    if auction:
        try:
            return _page(ask, "market_auction.html", {**build_auction(ask, name, auction), **typed}, code=code)
        except LookupFailure as cause:
            raise HTTPException(404) from cause
    return _page(ask, "market.html", {**build_market(ask, name), **typed}, code=code)


def _halls(exchange: Exchange) -> tuple[str, ...]:
    return tuple(exchange.refresh().halls)


def _decide(ask: Ask, handed: Handed) -> Response:
    """``id`` of the request, ``decision`` accept or reject, ``says`` why it is rejected."""
    decide_asked(
        ask.office.markets, handed.get("id"), accept=handed.get("decision") != "reject", who=ask.visitor.name,
        says=handed.get("says"), records=ask.office.records,
    )  # fmt: skip
    return _go(ask, handed, "asked", done=handed.get("id"))


def _go(ask: Ask, handed: Handed, mark: str, *, done: str = "") -> Response:
    """Back to where the form stood."""
    place = f"/{ask.office.slug}/markets/"
    if handed.get("market").strip():
        place += f"{quote(handed.get('market').strip(), safe='')}/"
    if handed.get("here").strip():
        place += f"auctions/{quote(handed.get('here').strip(), safe='')}/"
    query = f"?done={quote(done, safe='')}" if done else ""
    return RedirectResponse(f"{place}{query}#{mark}", status_code=303)
