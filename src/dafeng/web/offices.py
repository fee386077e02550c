"""The writing side of a city: its records, its secret, and who is asking.

Invariant: nothing is made on disk for a city without accounts; a request without a valid visit has no visitor.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from dafeng.core.errors import StoreError
from dafeng.store.access_tokens import find_token
from dafeng.store.accounts import check_password, list_accounts
from dafeng.store.keys import read_key
from dafeng.store.models import Account
from dafeng.store.records import Records, open_records
from dafeng.store.visits import begin_visit, end_visit, find_visitor
from dafeng.web.limits import Pace
from dafeng.web.previews import Previews
from dafeng.web.providers import Provider, read_provider
from dafeng.web.settlements import Settlements
from dafeng.web.setups import SetUp
from dafeng.web.visits import LASTING, Signer, Throttle
from dafeng.work.city import City
from dafeng.work.enterprise_shelf import EnterpriseShelf
from dafeng.work.markets import Markets
from dafeng.work.rights import Rights

EDITORS = ("editor", "confirmer", "administrator")
"""Roles that may edit."""
CONFIRMERS = ("confirmer", "administrator")
"""Roles that may confirm."""
CALLS, CALLS_A_SECOND = 120, 4.0
"""Changes that one account may ask for at once, and how many it regains in a second."""
DOOR = "door"
"""Cookie that ties the login form to the browser that asked for it."""


class Visitor:
    """Whoever is logged in.

    Parameters
    ----------
    account : Account
        The account.
    token : str
        Token of the visit.
    scope : {"write", "read"}
        What the visit itself allows; less than the role where a program asks with a token to read.
    """

    def __init__(self, account: Account, token: str, scope: str = "write") -> None:
        self.name = account.name
        self.role = account.role
        self.token = token
        self.scope = scope

    @property
    def can_edit(self) -> bool:
        """Whether edits and documents may be handed in."""
        return self.role in EDITORS and self.scope == "write"

    @property
    def can_confirm(self) -> bool:
        """Whether versions may be confirmed."""
        return self.role in CONFIRMERS and self.scope == "write"

    @property
    def sees_private(self) -> bool:
        """Whether books in which every account is a person's are shown; reading needs no scope to write."""
        return self.role in CONFIRMERS

    @property
    def can_administer(self) -> bool:
        """Whether accounts may be made, changed and closed."""
        return self.role == "administrator" and self.scope == "write"


class Office:
    """The writing side of one city.

    Parameters
    ----------
    city : City
        The open city.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self.throttle = Throttle(time.monotonic)
        self.pace = Pace(CALLS, CALLS_A_SECOND, time.monotonic)
        self.set_up = SetUp(time.monotonic)
        self._found = False

    @property
    def slug(self) -> str:
        """Name of the city in addresses."""
        return self.city.slug

    @cached_property
    def previews(self) -> Previews:
        """Kept previews of delivered files."""
        return Previews(self.city)

    @cached_property
    def records(self) -> Records:
        """The city's records, opened once."""
        return open_records(self.city.records)

    @cached_property
    def rights(self) -> Rights:
        """The city's books of rights; nothing is made on disk until somebody opens one."""
        return Rights(self.city)

    @cached_property
    def settlements(self) -> Settlements:
        """How companies stand in compliance periods, kept while nothing changes."""
        return Settlements(self.rights)

    @cached_property
    def enterprises(self) -> EnterpriseShelf:
        """Accounts of the city's enterprises, kept until their files change."""
        return EnterpriseShelf(self.city)

    @cached_property
    def markets(self) -> Markets:
        """The city's markets; nothing is made on disk by looking."""
        return Markets(self.city)

    @cached_property
    def signer(self) -> Signer:
        """Signs cookies and forms of this city."""
        return Signer(read_key(self.city.folder / "records.key"))

    @cached_property
    def provider(self) -> Provider | None:
        """Identity provider that the city trusts, read once."""
        return read_provider(self.city)

    def has_records(self) -> bool:
        """Whether the city has records; nothing is made by asking.

        Returns
        -------
        bool
            True where there is a database.
        """
        address = self.city.records
        return not isinstance(address, Path) or address.is_file()

    def is_open(self) -> bool:
        """Whether anybody could log in.

        Returns
        -------
        bool
            True once the city has an account; then the writing addresses answer.
        """
        if not self._found:
            if not self.has_records():
                return False
            try:
                with self.records.read() as session:
                    self._found = bool(list_accounts(session))
            except StoreError:
                return False
        return self._found

    def visitor(self, request: Request) -> Visitor | None:
        """Who is asking.

        Parameters
        ----------
        request : Request
            The request.

        Returns
        -------
        Visitor or None
            ``None`` where nobody is logged in.
        """
        token = self.signer.unseal("visit", request.cookies.get(self._cookie, ""))
        if token is None:
            return None
        with self.records.read() as session:
            account = find_visitor(session, token, at=datetime.now(UTC))
            return Visitor(account, token) if account is not None else None

    def caller(self, request: Request) -> Visitor | None:
        """Program that shows a token.

        Parameters
        ----------
        request : Request
            The request, with ``Authorization: Bearer …``.

        Returns
        -------
        Visitor or None
            ``None`` without a good token; cookies do not count.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self.is_open():
            return None
        with self.records.read() as session:
            found = find_token(session, token.strip(), at=datetime.now(UTC))
            return Visitor(found[0], "", found[1].scope) if found is not None else None

    def enter(self, name: str, password: str, place: str) -> str | None:
        """Log in.

        Parameters
        ----------
        name, password : str
            As typed.
        place : str
            Where the request comes from.

        Returns
        -------
        str or None
            Token of the visit; ``None`` where name and password do not belong together.
        """
        at = datetime.now(UTC)
        with self.records.read() as session:
            known = check_password(session, name, password) is not None
        if not known:
            self.throttle.fail(name, place)
            return None
        self.throttle.forget(name, place)
        with self.records.write(actor=name, at=at) as session:
            account = session.get(Account, name)
            return begin_visit(session, account, at=at) if account is not None and account.active else None

    def leave(self, visitor: Visitor) -> None:
        """Log out.

        Parameters
        ----------
        visitor : Visitor
            Who leaves.
        """
        at = datetime.now(UTC)
        with self.records.write(actor=visitor.name, at=at) as session:
            end_visit(session, visitor.token, at=at)

    def keep(self, response: Response, token: str, *, secure: bool) -> None:
        """Let the browser keep a visit.

        Parameters
        ----------
        response : Response
            The answer.
        token : str
            Token of the visit; empty to forget it.
        secure : bool
            Whether the page was fetched by https.
        """
        value = self.signer.seal("visit", token) if token else ""
        response.set_cookie(
            self._cookie, value, max_age=LASTING if token else 0, path=f"/{self.slug}/", httponly=True, samesite="strict",
            secure=secure,
        )  # fmt: skip

    def form_token(self, tie: str) -> str:
        """Token for the forms of a page.

        Parameters
        ----------
        tie : str
            What it is tied to: token of the visit, or the door's cookie.

        Returns
        -------
        str
            Signed.
        """
        return self.signer.seal("form", tie)

    def check_form(self, text: str, tie: str) -> bool:
        """Whether a form came from a page of this visit.

        Parameters
        ----------
        text : str
            Token in the form.
        tie : str
            What it must be tied to.

        Returns
        -------
        bool
            False for a foreign, forged or old one.
        """
        return bool(tie) and self.signer.unseal("form", text) == tie

    @property
    def _cookie(self) -> str:
        return f"visit-{self.slug}"
