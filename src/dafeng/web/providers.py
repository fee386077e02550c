"""Login by an identity provider: OpenID Connect with authorization code, PKCE, state and nonce.

Invariant: nobody is let in but by an id token that the provider's own key signed, for this client, this login and this hour;
the provider is spoken to by https, on this machine also by http.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, cast
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dafeng.core.errors import AccessError, SettingError
from dafeng.core.labels import Label
from dafeng.store.accounts import ADMINISTRATOR
from dafeng.store.models import ROLES
from dafeng.web.patience import is_loopback
from dafeng.work.city import City

ALGORITHMS = ("RS256", "ES256", "PS256")
"""Signatures that are accepted; ``none`` and those with a shared secret never are."""
LARGEST = 200_000
PATIENCE = 10
"""How long the provider may take. [s]"""
LEEWAY = 30
"""How much the clocks may differ. [s]"""


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider that a city trusts.

    Parameters
    ----------
    issuer : str
        Its address.
    client : str
        Name under which it knows this server.
    secret : str
        Shared with it; empty for a client that has none.
    groups : mapping of str to str
        Group → role, the first that fits counts.
    claim : str
        Claim that lists the groups.
    """

    issuer: str
    client: str
    secret: str = field(repr=False)
    groups: Mapping[str, str]
    claim: str = "groups"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that was begun.

    Parameters
    ----------
    state, nonce, verifier : str
        What the provider must bring back, what stands in the id token, what proves that it is the same browser.
    wanted : str
        Address to go to afterwards.
    """

    state: str
    nonce: str
    verifier: str
    wanted: str


def read_provider(city: City) -> Provider | None:
    """The provider of a city.

    Parameters
    ----------
    city : City
        With ``options.oidc`` in ``city.yaml``: ``issuer``, ``client``, ``groups``, and ``secret_file`` or the environment
        variable ``DAFENG_OIDC_SECRET``.

    Returns
    -------
    Provider or None
        ``None`` where the city has none.

    Raises
    ------
    SettingError
        If the settings cannot be used.
    """
    told = city.options.get("oidc")
    if not told:
        return None
    if find_spec("joserfc") is None:
        raise _setting("oidc", Label("pip install 'dafeng[oidc]'", "pip install 'dafeng[oidc]'"))
    issuer, client, groups = str(told.get("issuer", "")), str(told.get("client", "")), dict(told.get("groups") or {})
    if not client or not is_safe(issuer):
        raise _setting(issuer, Label("https 地址和客户端名", "an https address and a client"))
    if not groups or set(groups.values()) - (set(ROLES) - {ADMINISTRATOR}):
        raise _setting("groups", Label("组 → reader、editor 或 confirmer", "groups to reader, editor or confirmer"))
    name = told.get("secret_file")
    secret = (city.folder / str(name)).read_text("utf-8").strip() if name else os.environ.get("DAFENG_OIDC_SECRET", "")
    return Provider(issuer.rstrip("/"), client, secret, groups, str(told.get("claim", "groups")))


def begin(provider: Provider, back: str, wanted: str) -> tuple[str, Attempt]:
    """Begin a login.

    Parameters
    ----------
    provider : Provider
        The provider.
    back : str
        Address of this server to come back to.
    wanted : str
        Address to go to afterwards.

    Returns
    -------
    tuple of (str, Attempt)
        Address at the provider, and what to remember of it.

    Raises
    ------
    AccessError
        If the provider does not answer as it should.
    """
    attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32), wanted)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code", "client_id": provider.client, "redirect_uri": back, "scope": "openid profile",
        "state": attempt.state, "nonce": attempt.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    address = str(_discover(provider)["authorization_endpoint"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", attempt


def finish(provider: Provider, attempt: Attempt, code: str, back: str) -> Mapping[str, Any]:
    """Change the code for an id token, and read it.

    Parameters
    ----------
    provider : Provider
        The provider.
    attempt : Attempt
        What was remembered.
    code : str
        What the provider sent back.
    back : str
        The same address as at the beginning.

    Returns
    -------
    mapping
        Claims of the id token.

    Raises
    ------
    AccessError
        If anything about it is not as it should be.
    """
    found = _discover(provider)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": attempt.verifier,
            "client_id": provider.client}  # fmt: skip
    headers = {}
    if provider.secret:
        pair = base64.b64encode(f"{provider.client}:{provider.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
    told = _fetch(str(found["token_endpoint"]), urlencode(form).encode(), headers)
    keys = _fetch(str(found["jwks_uri"]))
    return check_token(provider, str(told.get("id_token", "")), keys, attempt.nonce, time.time())


def check_token(provider: Provider, text: str, keys: Mapping[str, Any], nonce: str, now: float) -> Mapping[str, Any]:
    """Claims of an id token, once everything about it is right.

    Parameters
    ----------
    provider : Provider
        Who must have made it.
    text : str
        The token.
    keys : mapping
        Public keys of the provider (JWKS).
    nonce : str
        Of this login.
    now : float
        Seconds since 1970. [s]

    Returns
    -------
    mapping
        The claims.

    Raises
    ------
    AccessError
        If signature, issuer, audience, nonce or time is wrong.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        known = KeySet.import_key_set(cast("Any", dict(keys)))
        claims: dict[str, Any] = jwt.decode(text, known, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, TypeError, KeyError) as cause:
        raise _refusal(f"id_token: {type(cause).__name__}") from cause
    audience = claims.get("aud")
    times = [claims.get(name) for name in ("exp", "iat")]
    wrong = [
        name
        for name, fits in (
            ("iss", claims.get("iss") == provider.issuer),
            ("aud", audience in (provider.client, [provider.client])),
            ("azp", claims.get("azp", provider.client) == provider.client),
            ("nonce", secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())),
            ("exp", isinstance(times[0], int | float) and times[0] > now - LEEWAY),
            ("iat", isinstance(times[1], int | float) and now - 3600 < times[1] < now + LEEWAY),
            ("sub", isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255),
        )
        if not fits
    ]
    if wrong:
        raise _refusal(f"id_token: {', '.join(wrong)}")
    return claims


def role_of(provider: Provider, claims: Mapping[str, Any]) -> str:
    """Role that the groups of somebody allow.

    Parameters
    ----------
    provider : Provider
        With its groups.
    claims : mapping
        Of the id token.

    Returns
    -------
    str
        The role.

    Raises
    ------
    AccessError
        If no group fits.
    """
    listed = claims.get(provider.claim)
    held = {str(one) for one in listed} if isinstance(listed, list) else set()
    for group, role in provider.groups.items():
        if group in held:
            return role
    raise _refusal(provider.claim)


def is_safe(address: str) -> bool:
    """Whether a provider may be spoken to at an address.

    Parameters
    ----------
    address : str
        The address.

    Returns
    -------
    bool
        True for https, and for this machine.
    """
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(str(parts.hostname))))


class Straight(HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *told: Any) -> None:
        """Do not follow.

        Parameters
        ----------
        *told : object
            What the library tells of the answer.
        """


def _discover(provider: Provider) -> Mapping[str, Any]:
    found = _fetch(f"{provider.issuer}/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != provider.issuer or not all(is_safe(str(found.get(name, ""))) for name in names):
        raise _refusal("openid-configuration")
    return found


def _fetch(address: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    if not is_safe(address):
        raise _refusal(address)
    request = Request(address, data=data, headers={"Accept": "application/json", **(headers or {})})  # noqa: S310 - checked
    try:
        with build_opener(Straight()).open(request, timeout=PATIENCE) as answer:
            told = json.loads(answer.read(LARGEST))
    except (URLError, OSError, ValueError) as cause:
        raise _refusal(urlsplit(address).path) from cause
    if not isinstance(told, dict):
        raise _refusal(urlsplit(address).path)
    return told


def _refusal(where: str) -> AccessError:
    return AccessError(
        Label("身份提供方的答复不能采信", "what the identity provider said cannot be trusted"),
        where=where,
        expected=Label(
            "为本次登录签发、未过期、带有约定组的令牌", "a token signed for this login, in time, with a known group"
        ),
        remedy=Label("重新登录；仍不行请管理员核对设置", "log in again; else let the administrator check the settings"),
    )


def _setting(said: str, expected: Label) -> SettingError:
    return SettingError(
        Label(f"身份提供方的设置“{said[:80]}”不能用", f"the setting '{said[:80]}' of the identity provider cannot be used"),
        where="city.yaml options.oidc",
        expected=expected,
        remedy=Label("改正设置后重新启动", "correct it and start again"),
    )
