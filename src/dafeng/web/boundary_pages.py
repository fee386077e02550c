"""The page on which a boundary of one's own comes in with its approval number: handed in, looked at, taken in, removed.

Invariant: those who have an account see it, editors act; what waits is drawn here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from dafeng.core.errors import FileRefused, SettingError
from dafeng.library.maps import read_map_rules, read_tiles
from dafeng.readers.boundaries import LARGEST
from dafeng.web.asking import Ask, Context, show, write
from dafeng.web.cities import Cities
from dafeng.web.desk import Desk
from dafeng.web.forms import Handed
from dafeng.web.labels import Words
from dafeng.work.map_drafts import draft_map, drop_map, read_map_draft, remove_map, take_map
from dafeng.work.maps import read_outline

PARTS: Mapping[str, str] = {"feature": "要素", "ring": "环", "point": "点"}
"""Parts of a boundary file in Chinese."""
PART = re.compile(r"\b(feature|ring|point) (\d+)")


def add_boundary_pages(app: FastAPI, desk: Desk) -> None:
    """Addresses of the boundary of a city.

    Parameters
    ----------
    app : FastAPI
        The application.
    desk : Desk
        The cities.
    """

    @app.get("/{slug}/map/boundary/", include_in_schema=False)
    def show_boundary(request: Request, slug: str) -> Response:
        return show(desk, request, slug, lambda ask: ask.page("boundary.html", _context(ask), name="map"))

    @app.post("/{slug}/map/boundary/", include_in_schema=False)
    async def hand_in(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _draft)

    @app.post("/{slug}/map/boundary/take", include_in_schema=False)
    async def take_in(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _take)

    @app.post("/{slug}/map/boundary/drop", include_in_schema=False)
    async def drop(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _drop)

    @app.post("/{slug}/map/boundary/remove", include_in_schema=False)
    async def remove(request: Request, slug: str) -> Response:
        return await write(desk, request, slug, _remove)


def _draft(ask: Ask, handed: Handed) -> Response:
    told = {name: handed.get(name) for name in ("approval", "system", "source", "day")}
    name = handed.file_name or "boundary.geojson"
    try:
        draft_map(ask.office.city, handed.file, name=name, who=ask.visitor.name, **told)
    except (SettingError, FileRefused) as cause:
        raise type(cause)(
            cause.what, where=_say_where(ask, cause.where), expected=cause.expected, remedy=cause.remedy
        ) from cause
    return _home(ask)


def _say_where(ask: Ask, where: str) -> str:
    """Place of a refusal in the words of the page: its field, or the part of the file."""
    words = Words(ask.language)
    fields = {
        "--approval": words.say("boundary.approval"),
        "--system": words.say("boundary.system"),
        "--source": words.say("boundary.source"),
        "--date": words.say("boundary.day"),
    }
    if ask.language == "en":
        return fields.get(where, where)
    return fields.get(where) or PART.sub(lambda found: f"第 {found[2]} 个{PARTS[found[1]]}", where)


def _take(ask: Ask, handed: Handed) -> Response:
    take_map(ask.office.city, seen=handed.get("seen"), who=ask.visitor.name, records=ask.office.records)
    return _shown(ask)


def _drop(ask: Ask, handed: Handed) -> Response:
    drop_map(ask.office.city, seen=handed.get("seen"), who=ask.visitor.name)
    return _home(ask)


def _remove(ask: Ask, handed: Handed) -> Response:
    remove_map(ask.office.city, seen=handed.get("seen"), who=ask.visitor.name, records=ask.office.records)
    return _shown(ask)


def _shown(ask: Ask) -> Response:
    """Let the pages show the map that is kept now before anybody is told that it is."""
    if isinstance(ask.desk.cities, Cities):
        ask.desk.cities.renew(ask.office.city)
    return _home(ask)


def _home(ask: Ask) -> Response:
    return RedirectResponse(f"/{ask.office.slug}/map/boundary/", status_code=303)


def _context(ask: Ask) -> Context:
    city = ask.office.city
    tiles = {tile.place: tile for tile in read_tiles(city.code, overlay=city.overlay)}
    draft, kept = read_map_draft(city), read_outline(city)
    return {
        "tiles": tiles,
        "draft": draft,
        "waits": _rows(draft["map"], tiles) if draft is not None else [],
        "kept": kept,
        "systems": list(read_map_rules().systems),
        "most": LARGEST // 1024**2,
        "home": f"/{ask.office.slug}/map/boundary/",
    }


def _rows(document: dict[str, Any], tiles: dict[str, Any]) -> list[Context]:
    """Districts in the order of their codes: by what each was known, and which are not drawn."""
    by = dict(document["matched"])
    return [{"tile": tile, "by": by.get(place, "")} for place, tile in sorted(tiles.items())]
