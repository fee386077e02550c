"""What every address of the cockpit needs: the cities by name, the reader's language, a page in it.

Invariant: what does not exist is refused with 404; a page names the languages that it may come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from dafeng.core.labels import Language
from dafeng.web.cities import CityView
from dafeng.web.forms import judge_writing
from dafeng.web.labels import Words
from dafeng.web.links import ServedLinks, query_text
from dafeng.web.offices import Office
from dafeng.web.render import Frame, render

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Desk:
    """What all addresses need: the cities by their names.

    Parameters
    ----------
    cities : mapping of str to CityView
        Slug → city, in the order given.
    offices : mapping of str to Office
        Slug → writing side of the city.
    """

    cities: Mapping[str, CityView]
    offices: Mapping[str, Office] = field(default_factory=dict)

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
            405 where the city has no accounts, else as `dafeng.web.forms.judge_writing`.
        """
        office = self.offices.get(str(scope["path"]).split("/")[1])
        return judge_writing(scope) if office is not None and office.is_open() else 405

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
             context: Mapping[str, object] | None = None) -> Response:  # fmt: skip
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

        Returns
        -------
        Response
            HTML, with the language kept in a cookie where the address chose one.
        """
        words = Words(read_language(request))
        links = ServedLinks(city.slug if city else "")
        query = {key: value for key, value in request.query_params.items() if key not in ("lang", "fragment")}
        office = self.offices.get(links.slug)
        review = f"/{links.slug}/review/" if office is not None and office.is_open() else ""
        frame = Frame(words, links, city, name, query_text(query).lstrip("?"), tuple(self.cities.values()), review)
        response = HTMLResponse(render(template, frame, context), status_code=code)
        response.headers["Vary"] = "Cookie"
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
