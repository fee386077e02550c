"""What every address of the cockpit needs: the cities by name, the reader's language, a page in it.

Invariant: what does not exist is refused with 404; a page names the languages that it may come in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar, cast

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from dafeng.core.labels import Language
from dafeng.web.cities import Cities, CityView
from dafeng.web.forms import API, is_set_up, judge_writing, slug_of
from dafeng.web.labels import Words
from dafeng.web.links import ServedLinks, edition, query_text
from dafeng.web.navigation import read_pages
from dafeng.web.offices import Office
from dafeng.web.render import Frame, render
from dafeng.web.shelf import INSIDER, is_known

Found = TypeVar("Found")
MAY_READ = "dafeng.may_read"
"""Place of a request where is noted what was found of whoever asks, so that the records are asked once."""
FIRST = ("", "targets", "targets?rows=all", "tasks")
"""Pages that most people open first; the empty name is the overview."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all addresses need: the cities by their names.

    Parameters
    ----------
    cities : mapping of str to CityView
        Slug → city, in the order given.
    offices : mapping of str to Office
        Slug → writing side of the city.
    closed : collection of str
        Cities that are read after a login only.
    """

    cities: Mapping[str, CityView]
    offices: Mapping[str, Office] = field(default_factory=dict)
    closed: Collection[str] = ()

    def office(self, slug: str) -> Office:
        """Writing side of a city.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        Office
            Open: the city has accounts.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        found = self.offices.get(slug)
        if found is None or not found.is_open():
            raise HTTPException(404)
        return found

    def judge_writing(self, scope: Scope) -> int | None:
        """Whether a POST is refused.

        Parameters
        ----------
        scope : ASGI scope
            The request.

        Returns
        -------
        int or None
            405, below the API 404, where the city has no accounts, else as `dafeng.web.forms.judge_writing`; the set-up of the
            first account takes a POST only until there is one.
        """
        path = str(scope["path"])
        office = self.offices.get(slug_of(path))
        if office is not None and office.is_open() != is_set_up(path):
            return judge_writing(scope)
        return 404 if path.startswith(API) else 405

    def may_read(self, request: Request, slug: str) -> bool:
        """Whether whoever asks may read a city.

        Parameters
        ----------
        request : Request
            The request.
        slug : str
            Name of the city.

        Returns
        -------
        bool
            True where the city is open, and for whoever has an account in it.
        """
        if slug not in self.closed or request.scope.get(INSIDER) == slug:
            return True
        known = request.scope.setdefault(MAY_READ, {})
        if slug not in known:
            office = self.offices.get(slug)
            known[slug] = office is not None and office.is_open() and bool(office.visitor(request) or office.caller(request))
        return bool(known[slug])

    def name_reader(self, scope: Scope) -> str:
        """What a request may read that not all may.

        Parameters
        ----------
        scope : ASGI scope
            The request.

        Returns
        -------
        str
            Names of the closed cities that it may read; empty where none is closed.
        """
        return " ".join(slug for slug in sorted(self.closed) if self.may_read(Request(scope), slug))

    def readable(self, request: Request) -> tuple[CityView, ...]:
        """Cities that whoever asks may read.

        Parameters
        ----------
        request : Request
            The request.

        Returns
        -------
        tuple of CityView
            In the order given.
        """
        return tuple(city for slug, city in self.cities.items() if self.may_read(request, slug))

    def waits(self, slug: str) -> bool:
        """Whether a city is served of which there is nothing yet, neither a run nor anybody who could review its plan.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        bool
            False once its first run is shown.
        """
        office = self.offices.get(slug)
        return office is not None and slug not in self.cities and not office.is_open()

    def waiting(self, request: Request) -> tuple[Office, ...]:
        """Cities of which there is nothing yet, as far as whoever asks may read them.

        Parameters
        ----------
        request : Request
            The request.

        Returns
        -------
        tuple of Office
            In the order given.
        """
        return tuple(one for slug, one in self.offices.items() if self.waits(slug) and self.may_read(request, slug))

    @property
    def state(self) -> str:
        """What all pages of the runs depend on: the runs, and which cities have accounts."""
        runs = self.cities.state if isinstance(self.cities, Cities) else " ".join(city.state for city in self.cities.values())
        return " ".join((runs, *(slug for slug, office in self.offices.items() if office.is_open())))

    def main_pages(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Addresses of the navigation of every city, of its fields, of all its targets at once, and of one explanation.

        Returns
        -------
        tuple of tuple of str
            Those opened first, and the others. The rows of all targets serve every table of them, and the first explanation
            finds all numbers. The scenarios, which are computed live and never kept, lead the others: their model is opened
            once.
        """
        first = [f"/{slug}/{name}" for slug in self.cities for name in FIRST]
        first += [f"/{slug}/explain/{one}?fragment=1" for slug, city in self.cities.items() for one in [*city.traces][:1]]
        names = ["scenarios", *(page.id for page in read_pages() if page.id not in ("overview", "scenarios", *FIRST))]
        others = [f"/{slug}/{name}" for slug in self.cities for name in names]
        fields = [f"/{slug}/fields/{one['id']}" for slug, city in self.cities.items() for one in city.view.get("fields") or ()]
        return tuple(first), (*others, *fields)

    def mark(self, city: CityView, language: Language) -> str:
        """ETag of a page that depends on the runs only.

        Parameters
        ----------
        city : CityView
            The city.
        language : {"zh", "en"}
            Language of the page.

        Returns
        -------
        str
            Weak, since the page may come packed or not; another one when the run or the pages' own files change.
        """
        surrounding = f"{city.slug} {edition()} {self.state}"
        return f'W/"{sha256(surrounding.encode()).hexdigest()[:16]}.{language}"'

    def language(self, request: Request) -> Language:
        """Language of the reader.

        Parameters
        ----------
        request : Request
            The request.

        Returns
        -------
        {"zh", "en"}
            The language.
        """
        return read_language(request)

    def fragment(self, request: Request, template: str, context: Mapping[str, object]) -> str:
        """A piece of a page in the reader's language.

        Parameters
        ----------
        request : Request
            The request.
        template : str
            Template file.
        context : mapping
            What it shows.

        Returns
        -------
        str
            HTML.
        """
        return render(template, Frame(Words(read_language(request)), ServedLinks(""), None, ""), context)

    def city(self, slug: str) -> CityView:
        """City under a name.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        CityView
            The city.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        found = self.cities.get(slug)
        if found is None:
            raise HTTPException(404)
        return found

    def page(self, request: Request, template: str, *, city: CityView | None, name: str = "", code: int = 200,
             context: Mapping[str, object] | None = None, kept: bool = False) -> Response:  # fmt: skip
        """Page in the reader's language.

        Parameters
        ----------
        request : Request
            The request.
        template : str
            Template file.
        city : CityView or None
            The city.
        name : str
            Page id for the navigation.
        code : int
            Status code.
        context : mapping, optional
            What the template shows.
        kept : bool
            Whether the page depends on nothing but the runs, the address and the language, so that it may be kept.

        Returns
        -------
        Response
            HTML, with the language kept in a cookie where the address chose one.
        """
        words = Words(read_language(request))
        mark = self.mark(city, words.language) if kept and city and code == 200 else ""
        if is_known(mark, request.headers):
            return Response(status_code=304, headers={"ETag": mark, "Vary": "Cookie"})
        links = ServedLinks(city.slug if city else "")
        query = {key: value for key, value in request.query_params.items() if key not in ("lang", "fragment")}
        office = self.offices.get(links.slug)
        review = f"/{links.slug}/review/" if office is not None and office.is_open() else ""
        frame = Frame(words, links, city, name, query_text(query).lstrip("?"), self.readable(request), review)
        response = HTMLResponse(render(template, frame, context), status_code=code)
        response.headers["Vary"] = "Cookie"
        if mark:
            response.headers["ETag"] = mark
        if request.query_params.get("lang") in ("zh", "en"):
            response.set_cookie("lang", words.language, max_age=31536000, samesite="lax", httponly=True)
        return response


def read_language(request: Request) -> Language:
    """Language of the reader: the address, then the cookie, then Chinese.

    Parameters
    ----------
    request : Request
        The request.

    Returns
    -------
    {"zh", "en"}
        The language.
    """
    said = (request.query_params.get("lang"), request.cookies.get("lang"))
    return cast(Language, next((one for one in said if one in ("zh", "en")), "zh"))


def known(found: Found | None) -> Found:
    """The thing itself, or a refusal.

    Parameters
    ----------
    found : object or None
        What was looked for.

    Returns
    -------
    object
        It.

    Raises
    ------
    HTTPException
        404 if there is none.
    """
    if found is None:
        raise HTTPException(404)
    return found
