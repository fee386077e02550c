"""The public entrance: pages, figures, data and descriptions of what a city publishes.

Invariant: every answer below ``/public/`` is made from the published document; an address that names something internal is
answered like one that names nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from xml.sax.saxutils import escape

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.labels import Label
from dafeng.web.desk import known, read_language
from dafeng.web.labels import Words
from dafeng.web.public_charts import Sketch, draw_indicator
from dafeng.web.public_links import PublicLinks
from dafeng.web.public_openapi import describe_addresses
from dafeng.web.public_pages import (
    MOST,
    PAGES,
    Stage,
    build_article,
    build_page,
    find_indicator,
    render_public,
    search_public,
)
from dafeng.web.public_shelf import PublicShelf
from dafeng.work.publish import Published
from dafeng.work.publish_table import FORMS, list_rows, make_file, write_rows

HEAD = "/public/{slug}"


def add_public(app: FastAPI, shelf: PublicShelf) -> None:
    """Addresses of the public side.

    Parameters
    ----------
    app : FastAPI
        Gets them; before the pages of the cities, whose addresses would take these.
    shelf : PublicShelf
        What is public.
    """

    @app.get("/public", include_in_schema=False)
    @app.get("/public/", include_in_schema=False)
    def list_cities(request: Request) -> Response:
        slugs = shelf.slugs()
        books = [(slug, label) for slug, label in _registries(request).items() if slug not in slugs]
        if len(slugs) + len(books) == 1:
            return RedirectResponse(f"/public/{slugs[0]}/" if slugs else f"/public/{books[0][0]}/registry", status_code=307)
        rows = [(slug, shelf.find(slug).view) for slug in slugs]
        return _page(request, "public_cities.html", None, "", {"rows": rows, "books": books})

    @app.get(HEAD, include_in_schema=False)
    def enter(request: Request, slug: str) -> Response:
        if not _waits(request, shelf, slug):
            shelf.find(slug)
        return RedirectResponse(f"/public/{slug}/", status_code=307)

    _add_articles(app, shelf)
    _add_data(app, shelf)

    @app.get(HEAD + "/", include_in_schema=False)
    @app.get(HEAD + "/{name}", include_in_schema=False)
    @app.get(HEAD + "/{name}/", include_in_schema=False)
    def show_page(request: Request, slug: str, name: str = "home") -> Response:
        if name in PAGES and _waits(request, shelf, slug):
            home = f"/public/{slug}/registry"
            context = {"registry": home, "named": _registries(request)[slug].read(read_language(request))}
            return _page(request, "public_waiting.html", None, "", context, 404)
        published = shelf.find(slug)
        if name not in PAGES:
            raise HTTPException(404)
        context = build_page(name, published, Words(read_language(request)))
        return _page(request, f"public_{name}.html", published, name, context)


def _registries(request: Request) -> Mapping[str, Label]:
    """Cities whose registry is public."""
    tell = getattr(request.app.state, "registries", dict)
    found: Mapping[str, Label] = tell()
    return found


def _waits(request: Request, shelf: PublicShelf, slug: str) -> bool:
    """Whether a city shows its registry before its first assessment."""
    return slug not in shelf.cities and slug in _registries(request)


def _add_articles(app: FastAPI, shelf: PublicShelf) -> None:
    @app.get(HEAD + "/indicators/{name}", include_in_schema=False)
    def show_indicator(request: Request, slug: str, name: str) -> Response:
        published = shelf.find(slug)
        stem, _, form = name.rpartition(".")
        if find_indicator(published, name) is None and form in ("svg", "csv", "json"):
            return _figure(request, published, known(find_indicator(published, stem)), form)
        return _article(request, published, name, "public_indicator.html")

    @app.get(HEAD + "/embed/{name}", include_in_schema=False)
    def show_embed(request: Request, slug: str, name: str) -> Response:
        return _article(request, shelf.find(slug), name, "public_embed.html")

    @app.get(HEAD + "/explain/{address:path}", include_in_schema=False)
    def show_explanation(request: Request, slug: str, address: str) -> Response:
        published = shelf.find(slug)
        if address not in published.traces and address.endswith(".json"):
            stem = address.removesuffix(".json")
            return _json(request, published, {"address": stem, "trace": known(published.traces.get(stem))})
        trace = known(published.traces.get(address))
        inputs = [(one, published.traces[one]) for one in trace["inputs"]]
        return _page(request, "public_explain.html", published, "data", {"rows": [(address, trace)], "inputs": inputs})

    @app.get(HEAD + "/search", include_in_schema=False)
    def show_results(request: Request, slug: str, q: str = "") -> Response:
        published, wanted = shelf.find(slug), q.strip()[:MOST]
        found = search_public(published, wanted, Words(read_language(request)))
        return _page(request, "public_search.html", published, "search", {"found": found, "wanted": wanted})


def _add_data(app: FastAPI, shelf: PublicShelf) -> None:
    @app.get(HEAD + "/data/{name}", include_in_schema=False)
    def download(request: Request, slug: str, name: str) -> Response:
        published = shelf.find(slug)
        stem, _, form = name.rpartition(".")
        if stem != slug or form not in FORMS:
            raise HTTPException(404)
        content = make_file(published, form, read_language(request))
        return _file(request, content, FORMS[form], "" if form == "json" else f"{slug}-public.{form}")

    @app.get(HEAD + "/openapi.json", include_in_schema=False)
    def describe(request: Request, slug: str) -> Response:
        published = shelf.find(slug)
        return _json(request, published, describe_addresses(published))

    @app.get(HEAD + "/sitemap.xml", include_in_schema=False)
    def list_pages(request: Request, slug: str) -> Response:
        published = shelf.find(slug)
        links = _links(request, slug)
        paths = [links.page(name) for name in PAGES] + [links.indicator(one["id"]) for one in published.view["indicators"]]
        rows = "".join(f"<url><loc>{escape(links.absolute(path))}</loc></url>" for path in paths)
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
        )
        return _file(request, text.encode(), "application/xml", "")


def _links(request: Request, slug: str) -> PublicLinks:
    return PublicLinks(slug, str(request.base_url).rstrip("/"))


def _page(
    request: Request, template: str, published: Published | None, page: str, context: Mapping[str, Any], code: int = 200
) -> Response:
    words = Words(read_language(request))
    links = _links(request, published.view["city"]["slug"] if published else "")
    here = "&".join(f"{key}={value}" for key, value in request.query_params.items() if key != "lang" and value.isalnum())
    shows = getattr(request.app.state, "registry", None)
    registry = f"{links.top}registry" if links.slug and shows is not None and shows(links.slug) else ""
    stage = Stage(words, links, published, page, here)
    response = HTMLResponse(render_public(template, stage, {"registry": registry, **context}), status_code=code)
    response.headers["Vary"] = "Cookie"
    if request.query_params.get("lang") in ("zh", "en"):
        response.set_cookie("lang", words.language, max_age=31536000, samesite="lax", httponly=True)
    return response


def refuse_public(request: Request, code: int) -> Response:
    """Answer to a public request that cannot be met; it says nothing of what there is.

    Parameters
    ----------
    request : Request
        The request.
    code : int
        Status code.

    Returns
    -------
    Response
        A page, or JSON where JSON was asked for.
    """
    if request.url.path.endswith(".json"):
        return JSONResponse({"error": code}, status_code=code)
    return _page(request, "public_error.html", None, "", {"code": code}, code)


def _article(request: Request, published: Published, name: str, template: str) -> Response:
    entry = known(find_indicator(published, name))
    links = _links(request, published.view["city"]["slug"])
    context = build_article(published, entry, Words(read_language(request)), links)
    return _page(request, template, published, "indicators", context)


def _figure(request: Request, published: Published, entry: Mapping[str, Any], form: str) -> Response:
    words = Words(read_language(request))
    if form == "svg":
        return _file(request, known(draw_file(published, entry, words)).encode(), "image/svg+xml", "")
    content, media = make_part(published, entry, form)
    return _file(request, content, media, "" if form == "json" else f"{entry['id']}.csv")


def draw_file(published: Published, entry: Mapping[str, Any], words: Words) -> str | None:
    """Figure of an indicator as a file of its own.

    Parameters
    ----------
    published : Published
        The public side of a run.
    entry : mapping
        Entry of ``indicators``.
    words : Words
        Language.

    Returns
    -------
    str or None
        SVG; ``None`` where no figure is known.
    """
    title = f"{words.read(published.view['city']['label'])} · {words.read(entry['label'])} · {published.view['run']['id']}"
    return draw_indicator(entry, Sketch(words, title, alone=True))


def make_part(published: Published, entry: Mapping[str, Any], form: str) -> tuple[bytes, str]:
    """Data of one indicator.

    Parameters
    ----------
    published : Published
        The public side of a run.
    entry : mapping
        Entry of ``indicators``.
    form : {"csv", "json"}
        Form wanted.

    Returns
    -------
    tuple of (bytes, str)
        Content and media type.
    """
    names = {entry["id"], *(target["target"] for target in entry["targets"])}
    rows = [row for row in list_rows(published) if row["kind"] == "targets" and row["id"] in names]
    if form == "json":
        content = {"run": published.view["run"], "licence": published.view["licence"], "indicator": entry, "rows": rows}
        return json.dumps(content, ensure_ascii=False).encode(), FORMS["json"]
    return write_rows(rows), FORMS["csv"]


def _json(request: Request, published: Published, content: Mapping[str, Any]) -> Response:
    body = json.dumps({"run": published.view["run"]["id"], **content}, ensure_ascii=False).encode()
    return _file(request, body, FORMS["json"], "")


def _file(request: Request, content: bytes, media: str, name: str) -> Response:
    """Content with the hash of itself as ETag: nothing that is not in it can be told by it."""
    tag = f'"{sha256(content).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    headers = {"ETag": tag, "Vary": "Cookie"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"' if name.isascii() else "attachment"
    return Response(content, media_type=media, headers=headers)
