"""Links of owners: an address with which an enterprise sees its own account and decides who else may see it.

Invariant: a link is good for one enterprise, until a day or until it is ended; only its hash is kept, in the log of
authorisations, and whoever holds it acts as the owner and as nobody else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.store.authorisations import Row, hold_authorisations, read_authorisations
from dafeng.store.files import hash_bytes
from dafeng.work.authorise import CHINA, check_enterprise
from dafeng.work.city import City

LONGEST_DAYS = 366
"""Longest time a link may be good for. [d]"""


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """A link of an owner.

    Parameters
    ----------
    id, owner : str
        Its id, and the enterprise whose account it opens.
    until : str
        Last day, ISO; it ends at midnight in China.
    at, who : str
        When and by whom it was made.
    digest : str
        SHA-256 of the secret.
    ended : str
        When it was ended, empty if it was not.
    """

    id: str
    owner: str
    until: str
    at: str
    who: str
    digest: str
    ended: str = ""

    def state(self, now: datetime) -> str:
        """Whether it holds.

        Parameters
        ----------
        now : datetime
            Instant, with time zone.

        Returns
        -------
        str
            ``valid``, ``ended`` or ``expired``.
        """
        if self.ended:
            return "ended"
        return "valid" if now.astimezone(CHINA).date() <= date.fromisoformat(self.until) else "expired"


def make_link(city: City, enterprise: str, *, until: str, who: str, now: datetime | None = None) -> tuple[OwnerLink, str]:
    """Make a link for the owner of an enterprise.

    Parameters
    ----------
    city : City
        The city.
    enterprise : str
        Id of the enterprise.
    until : str
        Last day, ISO, at most `LONGEST_DAYS` from now.
    who : str
        Who makes it and hands it to the owner.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    (OwnerLink, str)
        The link and its secret, which nothing shows again.

    Raises
    ------
    LookupFailure
        If there is no such enterprise.
    SettingError
        If the day is none, past, or too far.
    """
    at = now or datetime.now(UTC)
    check_enterprise(city, enterprise)
    _check_day(until, at)
    secret = secrets.token_urlsafe(32)
    with hold_authorisations(city.folder) as log:
        row = log.add(
            {
                "at": at.astimezone(UTC).isoformat(timespec="seconds"),
                "event": "link",
                "id": f"L{sum(one['event'] == 'link' for one in log.rows) + 1:05d}",
                "owner": enterprise,
                "until": until,
                "who": who,
                "detail": json.dumps({"sha256": hash_bytes(secret.encode())}),
            }
        )
    return _read(row, ""), secret


def end_link(city: City, id: str, *, who: str, now: datetime | None = None) -> OwnerLink:
    """End a link; what its owner allowed before stays until it is withdrawn.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the link.
    who : str
        Who ends it.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    OwnerLink
        As it now is; ending twice changes nothing.

    Raises
    ------
    LookupFailure
        If there is no such link.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    with hold_authorisations(city.folder) as log:
        known = {one.id: one for one in _fold(log.rows)}
        if id not in known:
            raise LookupFailure(
                Label(f"没有企业链接“{id[:40]}”", f"there is no owner's link '{id[:40]}'"),
                where="link",
                expected=Label("如 L00001", "such as L00001"),
                remedy=Label("用 dafeng enterprise links 查看", "see dafeng enterprise links"),
            )
        if not known[id].ended:
            log.add({"at": at, "event": "unlink", "id": id, "owner": known[id].owner, "who": who})
        return {one.id: one for one in _fold(log.rows)}[id]


def list_links(city: City, *, enterprise: str | None = None) -> tuple[OwnerLink, ...]:
    """Links that were made.

    Parameters
    ----------
    city : City
        The city.
    enterprise : str, optional
        One enterprise; by default all.

    Returns
    -------
    tuple of OwnerLink
        In the order they were made, also those that ended.

    Raises
    ------
    StoreError
        If the log was edited.
    """
    return tuple(one for one in _fold(read_authorisations(city.folder)) if enterprise in (None, one.owner))


def find_link(city: City, secret: str, *, now: datetime | None = None) -> OwnerLink | None:
    """The link that a secret opens.

    Parameters
    ----------
    city : City
        The city.
    secret : str
        Secret, as it stands in the address.
    now : datetime, optional
        Instant, with time zone.

    Returns
    -------
    OwnerLink or None
        ``None`` where there is none that holds.
    """
    at, digest = now or datetime.now(UTC), hash_bytes(secret.encode("utf-8", "surrogatepass"))
    return next((one for one in list_links(city) if one.digest == digest and one.state(at) == "valid"), None)


def _fold(rows: Sequence[Row]) -> tuple[OwnerLink, ...]:
    ended = {row["id"]: row["at"] for row in reversed(rows) if row["event"] == "unlink"}
    return tuple(_read(row, ended.get(row["id"], "")) for row in rows if row["event"] == "link")


def _read(row: Row, ended: str) -> OwnerLink:
    digest = str(json.loads(row["detail"])["sha256"])
    return OwnerLink(row["id"], row["owner"], row["until"], row["at"], row["who"], digest, ended)


def _check_day(until: str, at: datetime) -> None:
    today = at.astimezone(CHINA).date()
    try:
        last = date.fromisoformat(until)
    except ValueError:
        last = date.min
    if not today <= last <= today + timedelta(days=LONGEST_DAYS):
        raise SettingError(
            Label(f"“{until[:40]}”不可用作截止日", f"'{until[:40]}' cannot be the last day"),
            where="until",
            expected=Label(
                f"今天起 {LONGEST_DAYS} 天以内的日期，如 2026-12-31", f"a day within {LONGEST_DAYS} days, such as 2026-12-31"
            ),
            remedy=Label("改正后重试", "correct it and try again"),
        )
