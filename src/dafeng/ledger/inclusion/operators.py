"""Keys of the operators that send signed messages: made, listed, ended.

Invariant: no secret is kept; it follows from the secret of the city and a salt that is deleted when the key ends early, so that
it can be shown once and never again by a face.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from typing import NamedTuple

from dafeng.core.errors import ConflictError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.identities import hash_key
from dafeng.ledger.inclusion.webhook import Key
from dafeng.store.inclusion_rows import InclusionRows

MOST_VALID = 2
"""Keys of an operator that may be valid at a time, so that one can take over from the other."""
LONGEST_DAYS = 732
"""Longest time a key may be good for. [d]"""
_ROW = 'id, operator, scenes, salt, begin, "end", made_by, made_at, ended_by'


class OperatorKey(NamedTuple):
    """A key: its operator and scenes (none: all), from when until when it is good, who made it and who ended it. [s]"""

    id: str
    operator: str
    scenes: tuple[str, ...]
    salt: str
    begin: int
    end: int
    made_by: str
    made_at: int
    ended_by: str

    def state(self, now: int) -> str:
        """Whether it may be used.

        Parameters
        ----------
        now : int
            Instant. [s]

        Returns
        -------
        str
            ``valid``, ``ended`` or ``expired``.
        """
        if self.ended_by:
            return "ended"
        return "valid" if self.begin <= now < self.end else "expired"

    def allows(self, scene: str, operator: str) -> bool:
        """Whether an event may be signed with it.

        Parameters
        ----------
        scene, operator : str
            Of the event; no operator is this one.

        Returns
        -------
        bool
            False for scenes or operators of others.
        """
        return (not self.scenes or scene in self.scenes) and operator in ("", self.operator)


def make_key(
    rows: InclusionRows, secret: str, operator: str, *, scenes: Collection[str], days: int, who: str, now: int
) -> tuple[OperatorKey, str]:
    """Make a key.

    Parameters
    ----------
    rows : InclusionRows
        Events of the city.
    secret : str
        Secret of the city.
    operator : str
        Who signs; the same word that stands in the events.
    scenes : collection of str
        Scenes that it may send; none for all.
    days : int
        How long it is good. [d]
    who : str
        Who makes it.
    now : int
        Instant. [s]

    Returns
    -------
    (OperatorKey, str)
        The key and its secret, which nothing shows again.

    Raises
    ------
    SettingError
        If the operator has no name, or the time is too long.
    ConflictError
        If the operator has two valid keys.
    """
    name = operator.strip()
    if not name or len(name) > 60 or not name.isprintable() or not 0 < days <= LONGEST_DAYS:
        raise SettingError(
            Label("运营方名称或有效期不可用", "the name of the operator or the time cannot be used"),
            where="operator",
            expected=Label(
                f"至多 60 字的名称，1 至 {LONGEST_DAYS} 天", f"a name up to 60 characters, 1 to {LONGEST_DAYS} days"
            ),
            remedy=Label("改正后重试", "correct it and try again"),
        )
    with rows.transaction():
        keys = list_keys(rows)
        if sum(one.operator == name and one.state(now) == "valid" for one in keys) >= MOST_VALID:
            raise ConflictError(
                Label(f"“{name}”已有 {MOST_VALID} 个有效密钥", f"'{name}' has {MOST_VALID} valid keys"),
                where="operator",
                expected=Label(f"至多 {MOST_VALID} 个同时有效", f"at most {MOST_VALID} at a time"),
                remedy=Label("先停用较早的密钥", "end the older one first"),
            )
        made = OperatorKey(
            f"k{len(keys) + 1:04d}", name, tuple(sorted(scenes)), secrets.token_hex(16), now, now + days * 86400, who, now, ""
        )
        values = (*made[:2], json.dumps(made.scenes), *made[3:])
        rows.run(f"INSERT INTO operator_key ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *values)  # noqa: S608 - our own names
    return made, _secret(made, secret)


def end_key(rows: InclusionRows, id: str, *, who: str, now: int) -> OperatorKey:
    """End a key; its salt is overwritten, so that its secret is gone.

    Parameters
    ----------
    rows : InclusionRows
        Events of the city.
    id : str
        Id of the key.
    who : str
        Who ends it.
    now : int
        Instant. [s]

    Returns
    -------
    OperatorKey
        As it now is; ending twice changes nothing.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    with rows.transaction():
        text = "UPDATE operator_key SET salt = '', \"end\" = min(\"end\", ?), ended_by = ? WHERE id = ? AND ended_by = ''"
        rows.run(text, now, who, id)
        found = next((one for one in list_keys(rows) if one.id == id), None)
    if found is None:
        raise LookupFailure(
            Label(f"没有密钥“{id[:40]}”", f"there is no key '{id[:40]}'"),
            where="key",
            expected=Label("列表中的密钥编号", "the id of a key of the list"),
            remedy=Label("用 dafeng inclusion keys 查看", "see dafeng inclusion keys"),
        )
    return found


def list_keys(rows: InclusionRows) -> list[OperatorKey]:
    """All keys that were made.

    Parameters
    ----------
    rows : InclusionRows
        Events of the city.

    Returns
    -------
    list of OperatorKey
        In the order they were made, also those that ended.
    """
    found = rows.query(f"SELECT {_ROW} FROM operator_key ORDER BY no")  # noqa: S608 - our own names
    return [OperatorKey._make((*row[:2], tuple(json.loads(row[2])), *row[3:])) for row in found]


def signing_key(one: OperatorKey, secret: str) -> Key:
    """What a signature is checked against.

    Parameters
    ----------
    one : OperatorKey
        The key.
    secret : str
        Secret of the city.

    Returns
    -------
    Key
        Valid for its time; never for an ended one.
    """
    return Key(one.id, _secret(one, secret) if one.salt else "", one.begin, one.end)


def _secret(one: OperatorKey, secret: str) -> str:
    return hash_key(secret, "operator key", f"{one.id}\n{one.salt}")
