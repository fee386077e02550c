"""What a browser hands in: bounded forms, and the changes they ask for.

Invariant: a form is read only within its limits; nothing in it is trusted but the records it names, and those are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.plans.edits import Action, Change
from dafeng.plans.review import MOST_PARTS, Review
from dafeng.readers.boundaries import LARGEST as BOUNDARY
from dafeng.work.city import City
from dafeng.work.review import LARGEST, draft, draft_of

PLAIN = 200_000
"""Largest form without a file. [bytes]"""
SHEET = 15_000_000
"""Largest spreadsheet. [bytes]"""
EVENTS = 1_000_000
"""Largest message or batch of events of carbon inclusion. [bytes]"""
MOST_FIELDS = 4000
WRITING = re.compile(
    r"/(?P<slug>[a-z0-9][a-z0-9-]*)/(?:login|logout|review/(?:[0-9a-f]{8,64}/(?:edit|confirm|sheet|sheet/apply))?"
    r"|deliver/(?:[0-9a-f]{8,64}/(?:map|take|return|amend|look|keep))?|scenarios/(?:save|import)|views/(?:[0-9a-f]{32}/remove)?|publishing/"
    r"|map/boundary/(?:take|drop|remove)?|jobs/(?:start|[0-9a-z-]{8,64}/cancel)|rights/(?:ask|decide|open|account)"
    r"|compliance/surrender|projects/(?:enter|[0-9]{1,9}/(?:step|decide))"
    r"|markets/(?:ask|decide|run)|budgets/(?:move|book)"
    r"|inclusion/(?:take|join|redeem|withdraw|erase|aggregate|keys|keys/end)"
    r"|enterprises/(?:authorise|withdraw|report|link|link/end)|owner/[\w-]{43}"
    r"|(?:setup|welcome)/[\w-]{43}|accounts/(?:add|role|close|reset)|account/(?:password|visits|tokens|tokens/end))"
    r"|/api/v1/cities/[a-z0-9][a-z0-9-]*/(?:deliveries|ledger/(?:transfers|retirements|holds|releases|posts|voids|reversals|states|limits|locks|markets/[^/]{1,192}/requests|budgets/[^/]{1,120}/moves)"
    r"|reviews(?:/[0-9a-f]{8,64}/(?:edits|confirm))?"
    r"|visibility|views(?:/[0-9a-f]{32}/remove)?|jobs(?:/[0-9A-Za-z_-]{1,80}/cancel)?|scenarios"
    r"|compliance/surrenders|projects(?:/[0-9]{1,9}/steps)?|inclusion/(?:messages|events|accounts|redemptions)"
    r"|enterprises/[^/]{1,400}/(?:authorisations|reports)|enterprises/authorisations/[^/]{1,100}/withdrawal)"
)
"""Addresses that take a POST: these, and no others."""
API = "/api/v1/cities/"

TYPED = ("remark", "id", "label_zh", "label_en", "choice")
"""Fields with a name of their own that somebody types into."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A form that was handed in.

    Parameters
    ----------
    fields : mapping of str to str
        Name → text; the first one where a name occurs twice.
    file : bytes
        Content of the file, empty where none came.
    file_name : str
        Its name, without any folder.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    file: bytes = b""
    file_name: str = ""

    def get(self, name: str) -> str:
        """Text of a field.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        str
            Empty where it is missing.
        """
        return self.fields.get(name, "")

    def number(self, name: str) -> int | None:
        """Number in a field.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        int or None
            ``None`` where there is none.
        """
        text = self.get(name)
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def judge_writing(scope: Scope) -> int | None:
    """Whether a POST is refused before anything of it is read.

    Parameters
    ----------
    scope : ASGI scope
        The request.

    Returns
    -------
    int or None
        405 for an address that takes none, 403 for a request that another site makes, 411 without a length, 413 beyond the
        limit; ``None`` to let it pass.
    """
    path = str(scope["path"])
    if WRITING.fullmatch(path) is None:
        return 405
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if headers.get(b"sec-fetch-site", "same-origin") != "same-origin":
        return 403
    length = headers.get(b"content-length", "")
    if not length.isdigit() or b"transfer-encoding" in headers:
        return 411
    return 413 if int(length) > _limit(path) else None


def _limit(path: str) -> int:
    if path.endswith(("/review/", "/reviews")):
        return LARGEST + PLAIN
    if path.endswith(("/inclusion/messages", "/inclusion/events")):
        return EVENTS
    if path.endswith("/map/boundary/"):
        return BOUNDARY + PLAIN
    sheets = ("/sheet", "/deliver/", "/scenarios/import", "/deliveries", "/inclusion/take", "/enterprises/authorise")
    return SHEET + PLAIN if path.endswith(sheets) else PLAIN


def slug_of(path: str) -> str:
    """Name of the city in an address.

    Parameters
    ----------
    path : str
        Path of a page or of the API.

    Returns
    -------
    str
        Empty where there is none.
    """
    return path.removeprefix(API if path.startswith(API) else "/").split("/")[0]


def is_set_up(path: str) -> bool:
    """Whether an address is the set-up of the first account.

    Parameters
    ----------
    path : str
        Path.

    Returns
    -------
    bool
        True for ``/CITY/setup/…``.
    """
    return path.split("/")[2:3] == ["setup"]


async def read_handed(request: Request) -> Handed:
    """Form of a request.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    Handed
        Its fields and at most one file.

    Raises
    ------
    HTTPException
        400 for a form that cannot be read.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(400)
    form = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=PLAIN)
    try:
        return await _gather(form)
    finally:
        await form.close()


async def _gather(form: FormData) -> Handed:
    fields: dict[str, str] = {}
    content, name = b"", ""
    for key, value in form.multi_items():
        if isinstance(value, UploadFile):
            content, name = await value.read(), value.filename or ""
        elif key not in fields:
            fields[key] = value
    return Handed(fields, content, re.split(r"[\\/]", name)[-1])


def read_change(city: City, review: Review, handed: Handed) -> Change:
    """The change that a form asks for.

    Parameters
    ----------
    city : City
        The city.
    review : Review
        The review.
    handed : Handed
        With ``do`` as ``action|seen|record``, fields as ``f.value`` or, for parts, ``f.0.value``, and a selection as
        ``start`` and ``end``.

    Returns
    -------
    Change
        To be written.

    Raises
    ------
    SettingError
        If the form is incomplete, or the selection cannot be a place.
    LookupFailure
        If it names a figure that does not exist.
    """
    action, _, rest = handed.get("do").partition("|")
    seen, _, record = rest.partition("|")
    if action not in get_args(Action):
        raise _incomplete(handed.get("do"))
    known = int(seen) if re.fullmatch(r"\d{1,9}", seen) else None
    fields: tuple[Mapping[str, str], ...] = ()
    place = None
    if action == "split":
        fields = _parts(handed)
    elif action in ("correct", "add"):
        fields = (_fields(handed, "f."),)
    if action == "add" and not record:
        start, end = handed.number("start"), handed.number("end")
        if start is None or end is None:
            raise _incomplete(f"{handed.get('start')}–{handed.get('end')}")
        place = draft(city, review, start, end).place
    elif action == "add":
        draft_of(review, record)
    return Change(record, cast("Action", action), fields, place=place, seen=known, remark=handed.get("remark"))


def _fields(handed: Handed, head: str) -> dict[str, str]:
    return {name.removeprefix(head): text for name, text in handed.fields.items() if name.startswith(head)}


def _parts(handed: Handed) -> tuple[Mapping[str, str], ...]:
    listed = (_fields(handed, f"f.{number}.") for number in range(MOST_PARTS))
    return tuple(part for part in listed if part)


def _incomplete(said: str) -> SettingError:
    return SettingError(
        Label(f"请求不完整（“{said[:60]}”）", f"the request is not complete ('{said[:60]}')"),
        where="do",
        expected=Label("页面上的按钮所发的请求", "a request as the buttons of the page make it"),
        remedy=Label("刷新页面后重试；没有写入任何改动", "reload the page and try again; nothing was written"),
    )


def list_typed(fields: Mapping[str, str]) -> dict[str, str]:
    """What somebody typed into a form, so that nothing of it is lost when the form is refused.

    Parameters
    ----------
    fields : mapping of str to str
        Fields of the form.

    Returns
    -------
    dict of str to str
        Text by name of the field, cell or heading; corrections only where one was chosen.
    """
    found: dict[str, str] = {}
    for name, text in fields.items():
        kind, _, number = name.partition(".")
        chosen = fields.get(f"d.{number}") == "correct"
        places = {"f": number, "t": fields.get(f"e.{number}"), "c": fields.get(f"h.{number}"),
                  "v": fields.get(f"a.{number}") if chosen else None,
                  "r": f"{fields.get(f'a.{number}')} ·" if chosen else None}  # fmt: skip
        place = places.get(kind) if number else name if name in TYPED else None
        if place and text:
            found[place] = text
    return found
