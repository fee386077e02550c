"""Requests of somebody who is logged in: who asks, what is answered, and what a page has to learn after an edit.

Invariant: without a login no word of a document is shown; a form acts only in the name of the visit it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from dafeng.core.errors import ConflictError, DafengError, LookupFailure
from dafeng.core.labels import Language
from dafeng.core.persons import show_hidden
from dafeng.plans.review import Review
from dafeng.readers.refusals import check_file_name
from dafeng.web import cards
from dafeng.web.desk import Desk
from dafeng.web.file_names import shown_name
from dafeng.web.forms import Handed, list_typed, read_handed
from dafeng.web.labels import Words
from dafeng.web.logins import send_to_login
from dafeng.web.offices import Office, Visitor
from dafeng.web.spans import Sheet
from dafeng.work.review import review

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of somebody who is logged in.

    Parameters
    ----------
    request : Request
        The request.
    desk : Desk
        The cities.
    office : Office
        Writing side of the city.
    visitor : Visitor
        Who asks.
    language : {"zh", "en"}
        Language of the answer.
    """

    request: Request
    desk: Desk
    office: Office
    visitor: Visitor
    language: Language

    def review(self, name: str) -> Review:
        """Review under an id.

        Parameters
        ----------
        name : str
            Its id.

        Returns
        -------
        Review
            As it is now.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        try:
            return review(self.office.city, id=name, records=self.office.records)
        except LookupFailure as cause:
            raise HTTPException(404) from cause

    def page(self, template: str, context: Mapping[str, Any], *, code: int = 200, name: str = "review") -> Response:
        """A page for this visitor; nothing of it is kept by browsers or proxies.

        Parameters
        ----------
        template : str
            Template file.
        context : mapping
            What it shows.
        code : int
            Status code.
        name : str
            Page id for the navigation.

        Returns
        -------
        Response
            HTML.
        """
        city = self.desk.cities.get(self.office.slug)
        response = self.desk.page(self.request, template, city=city, name=name, code=code, context={**self.shared(), **context})
        response.headers["Cache-Control"] = "no-store"
        return response

    def shared(self) -> Context:
        """What every review page and fragment needs.

        Returns
        -------
        dict
            Visitor, form token, name of the city, address of the list.
        """
        return {
            "visitor": self.visitor,
            "token": self.office.form_token(self.visitor.token),
            "place": self.office.city.label,
            "base": f"/{self.office.slug}/review/",
        }

    def fragment(self, template: str, context: Mapping[str, Any]) -> str:
        """A piece of a page.

        Parameters
        ----------
        template : str
            Template file.
        context : mapping
            What it shows.

        Returns
        -------
        str
            HTML.
        """
        return self.desk.fragment(self.request, template, {**self.shared(), **context})


def show(desk: Desk, request: Request, slug: str, make: Callable[[Ask], Response]) -> Response:
    """Answer to a reader: the page, or the way to the login.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    slug : str
        Name of the city.
    make : callable
        Makes the answer for somebody who is logged in.

    Returns
    -------
    Response
        Kept by no browser and no proxy.

    Raises
    ------
    HTTPException
        404 for a city without accounts, 403 where a script asks without a login.
    """
    office = desk.office(slug)
    visitor = office.visitor(request)
    if visitor is None:
        if wants_json(request):
            raise HTTPException(403)
        return send_to_login(request, slug)
    response = make(Ask(request, desk, office, visitor, desk.language(request)))
    response.headers["Cache-Control"] = "no-store"
    return response


def may_edit(visitor: Visitor) -> bool:
    """Whether a visitor may edit.

    Parameters
    ----------
    visitor : Visitor
        Who asks.

    Returns
    -------
    bool
        By the role.
    """
    return visitor.can_edit


def may_read(visitor: Visitor) -> bool:
    """Whether a visitor may keep something of its own.

    Parameters
    ----------
    visitor : Visitor
        Who asks.

    Returns
    -------
    bool
        True for every role.
    """
    return bool(visitor.role)


async def write(desk: Desk, request: Request, slug: str, make: Callable[[Ask, Handed], Response], *,
                may: Callable[[Visitor], bool] = may_edit) -> Response:  # fmt: skip
    """Answer to a form: done in the visitor's name, or refused.

    Parameters
    ----------
    desk : Desk
        The cities.
    request : Request
        The request.
    slug : str
        Name of the city.
    make : callable
        Does what the form asks for.
    may : callable, optional
        Whether the visitor may do this; by default whether it may edit.

    Returns
    -------
    Response
        Kept by no browser and no proxy.

    Raises
    ------
    HTTPException
        403 without a login, with a form of another visit, or without the right to do this; 429 where the account asks for
        too much.
    """
    office = desk.office(slug)
    handed = await read_handed(request)
    return await run_in_threadpool(_write_as, desk, request, office, handed, make, may)


def _write_as(
    desk: Desk, request: Request, office: Office, handed: Handed, make: Callable[[Ask, Handed], Response],
    may: Callable[[Visitor], bool],
) -> Response:  # fmt: skip
    visitor = office.visitor(request)
    if visitor is None or not office.check_form(handed.get("token"), visitor.token) or not may(visitor):
        raise HTTPException(403)
    check_pace(office, visitor)
    ask = Ask(request, desk, office, visitor, desk.language(request))
    try:
        check_file_name(handed.file_name)
        response = make(ask, handed)
    except DafengError as cause:
        response = refuse(ask, cause, handed=handed)
    response.headers["Cache-Control"] = "no-store"
    return response


def check_pace(office: Office, visitor: Visitor) -> None:
    """Let an account that asks for too much wait.

    Parameters
    ----------
    office : Office
        Writing side of the city.
    visitor : Visitor
        Who asks.

    Raises
    ------
    HTTPException
        429 with the time to wait.
    """
    wait = office.pace.wait(visitor.name)
    if wait:
        raise HTTPException(429, headers={"Retry-After": str(wait)})


def refuse(ask: Ask, cause: DafengError, *, handed: Handed | None = None, again: Mapping[str, str] | None = None) -> Response:
    """Say what was wrong; nothing that was typed is lost, and after a conflict the page gets the present state.

    Parameters
    ----------
    ask : Ask
        The request.
    cause : DafengError
        What was wrong.
    handed : Handed, optional
        The form.
    again : mapping of str to str, optional
        Fields with which the same form may be handed in knowingly after a conflict.

    Returns
    -------
    Response
        409 for a conflict, else 422.
    """
    code = 409 if isinstance(cause, ConflictError) else 422
    said = {
        "what": cause.what.read(ask.language),
        "expected": cause.expected.read(ask.language),
        "remedy": cause.remedy.read(ask.language),
    }
    typed = list_typed(handed.fields) if handed else {}
    if not wants_json(ask.request):
        context = {"said": said, "where": cause.where, "back": _back(ask), "typed": typed, "again": again}
        return ask.page("refused.html", context, code=code)
    told: Context = {"notice": Words(ask.language).say("review.refusal", values=said), "where": cause.where}
    if code == 409 and handed is not None and "/review/" in ask.request.url.path:
        current = ask.review(ask.request.path_params["name"])
        known = handed.number("known")
        told |= tell(ask, current, len(current.edits) if known is None else known, handed.get("do").split("|")[-1])
    return JSONResponse(told, status_code=code)


def _back(ask: Ask) -> str:
    rights = "(?:inclusion|enterprises|compliance|projects|markets|budgets)/|rights/(?:orders/)?"
    places = f"publishing/|jobs/|map/boundary/|{rights}|scenarios|accounts|account"
    pages = rf"(?:review|deliver)/(?:[0-9a-f]{{8,64}}/)?|{places}"
    found = re.match(rf"/{re.escape(ask.office.slug)}/(?:{pages})", ask.request.url.path)
    return found.group() if found else ask.shared()["base"]


def wants_json(request: Request) -> bool:
    """Whether a script of the page asks.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    bool
        True where JSON is wanted.
    """
    return request.headers.get("accept", "").startswith("application/json")


def tell(ask: Ask, after: Review, known: int, selected: str) -> Context:
    """What has changed on the page since it knew a number of edits, its own and others'.

    Parameters
    ----------
    ask : Ask
        The request.
    after : Review
        The review now.
    known : int
        Number of edits that the page shows.
    selected : str
        Record to go to.

    Returns
    -------
    dict
        Cards, paragraphs and numbers, as ``review.js`` takes them.
    """
    before = replace(after, edits=after.edits[: min(known, len(after.edits))])
    old, new = before.reviewed, after.reviewed
    changed = [name for name in new.records if _differs(before, after, name)]
    gone = [name for name in old.records if name not in new.records]
    order = cards.order_records(after)
    head = head_context(ask, after)
    paragraphs = {p.number: p for p in (*Sheet(before).paragraphs_of([*changed, *gone]), *Sheet(after).paragraphs_of(changed))}
    sheet = Sheet(after)
    return {
        "edits": len(after.edits),
        "selected": selected,
        "gone": gone,
        "cards": {
            name: ask.fragment("_record.html", {**head, "card": cards.build_card(after, name, ask.language)})
            for name in changed
        },
        "behind": {
            name: order[order.index(name) - 1] if order.index(name) else "" for name in changed if name not in old.records
        },
        "paragraphs": {number: ask.fragment("_paragraph.html", {"block": sheet.block(p)}) for number, p in paragraphs.items()},
        "progress": ask.fragment("_progress.html", head),
        "counts": cards.count_shows(after),
    }


def _differs(before: Review, after: Review, name: str) -> bool:
    old, new = before.reviewed, after.reviewed
    if name not in old.records:
        return True
    same = old.records[name] == new.records[name] and old.states[name] == new.states[name]
    return not same or before.seen(name) != after.seen(name)


def head_context(ask: Ask, current: Review) -> Context:
    """What the head of a review's pages shows.

    Parameters
    ----------
    ask : Ask
        The request.
    current : Review
        The review.

    Returns
    -------
    dict
        Review, address, title (``whole`` where it is a name that was shortened), progress.
    """
    return {
        "review": current,
        "home": f"/{ask.office.slug}/review/{current.id}/",
        "title": current.reading.document.title or shown_name(current.document.name),
        "whole": current.reading.document.title or show_hidden(current.document.name),
        "progress": cards.build_progress(current, ask.language),
    }
