"""The public registry: what of a city's books its rules publish, and whether a certificate is true.

Invariant: a city that publishes no book has no registry; no holder of an account is named, and of the account of a person
nothing but quantity and day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError, StoreError
from dafeng.core.labels import Label
from dafeng.web.book_words import book_words
from dafeng.web.desk import read_language
from dafeng.web.labels import Words
from dafeng.web.offices import Office
from dafeng.web.public_links import PublicLinks
from dafeng.web.public_pages import Stage, render_public
from dafeng.web.public_shelf import PublicShelf
from dafeng.work.publish_rules import Visibility
from dafeng.work.right_books import tell_quantity
from dafeng.work.right_certificate import Verified, verify_code
from dafeng.work.right_proof import find_day_proof
from dafeng.work.right_register import public_books, shows_certificate, shows_registry, tell_certificate, tell_public_book
from dafeng.work.rights import Rights

HEAD = "/public/{slug}/registry"
LONGEST = 60
"""Longest code that is looked at. [characters]"""


def add_registry(app: FastAPI, shelf: PublicShelf, offices: Mapping[str, Office]) -> None:
    """Addresses of the public registry.

    Parameters
    ----------
    app : FastAPI
        Gets them; before the other public pages, whose addresses would take these.
    shelf : PublicShelf
        What is public.
    offices : mapping of str to Office
        Slug → city with its books.
    """
    app.state.registry = lambda slug: _is_open(shelf, offices, slug)
    app.state.registries = lambda: {
        slug: office.city.label for slug, office in offices.items() if _is_open(shelf, offices, slug)
    }

    @app.get(HEAD + "/", include_in_schema=False)
    def enter(slug: str) -> Response:
        _open(shelf, offices, slug)
        return RedirectResponse(f"/public/{slug}/registry", status_code=307)

    @app.get(HEAD, include_in_schema=False)
    def show_registry(request: Request, slug: str, book: str = "", before: str = "") -> Response:
        rights, rules = _open(shelf, offices, slug)
        start = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 0
        found = public_books(rights, rules, before=start, book=book)
        context = {"books": found, "tell": tell_quantity, "public": tell_certificate, "start": start}
        return _page(request, shelf, rights, "public_registry.html", context)

    @app.get(HEAD + ".json", include_in_schema=False)
    def tell_registry(slug: str) -> Response:
        rights, rules = _open(shelf, offices, slug)
        return JSONResponse({"city": slug, "books": [tell_public_book(one) for one in public_books(rights, rules)]})

    @app.get(HEAD + "/verify", include_in_schema=False)
    def verify(request: Request, slug: str, code: str = "") -> Response:
        rights, rules = _open(shelf, offices, slug)
        typed = code.strip()[:LONGEST]
        verified = verify_code(rights, typed) if typed else Verified(None)
        found = verified.certificate
        if found is not None and not shows_certificate(rights, rules, found):
            found = None
        told = tell_certificate(found) if found is not None else None
        proof = find_day_proof(rights, found.event) if found is not None else None
        context = {
            "typed": typed, "found": found, "told": told, "tell": tell_quantity, "day_proof": proof,
            "forged": bool(verified.findings),
        }  # fmt: skip
        return _page(request, shelf, rights, "public_verify.html", context)


def _open(shelf: PublicShelf, offices: Mapping[str, Office], slug: str) -> tuple[Rights, Visibility]:
    """The books of a city that publishes some, or 404."""
    read: Callable[[], Visibility] | None = shelf.rules.get(slug)
    try:
        rules = read() if read is not None and slug in offices else None
    except (DafengError, OSError):
        rules = None
    if rules is None or not shows_registry(rules) or not offices[slug].rights.has_ledger():
        raise HTTPException(404)
    return offices[slug].rights, rules


def _is_open(shelf: PublicShelf, offices: Mapping[str, Office], slug: str) -> bool:
    try:
        _open(shelf, offices, slug)
    except HTTPException:
        return False
    except StoreError:  # its own page says so, the others stand
        return True
    return True


def _page(request: Request, shelf: PublicShelf, rights: Rights, template: str, context: Mapping[str, object]) -> Response:
    words, slug = Words(read_language(request)), rights.city.slug
    published = shelf.find(slug) if slug in shelf.slugs() else None
    links = PublicLinks(slug, str(request.base_url).rstrip("/"))
    here = "&".join(f"{key}={value}" for key, value in request.query_params.items() if key != "lang" and _is_plain(value))
    named: Label = rights.city.label
    stage = Stage(words, links, published, "registry", here)
    shown = {
        **context,
        **book_words(words.language),
        "named": named.read(words.language),
        "home": f"/public/{slug}/registry",
        "registry": f"/public/{slug}/registry",
        "registry_file": f"/public/{slug}/registry.json",
    }
    response = HTMLResponse(render_public(template, stage, shown))
    response.headers["Vary"] = "Cookie"
    if request.query_params.get("lang") in ("zh", "en"):
        response.set_cookie("lang", words.language, max_age=31536000, samesite="lax", httponly=True)
    return response


def _is_plain(text: str) -> bool:
    return text.replace("-", "").replace(".", "").replace("_", "").isalnum() and text.isascii()
