"""Who takes part: pseudonyms, the identities behind them, and consent.

Invariant: no identity is kept, only its keyed hash; a pseudonym depends on a salt that is deleted with the mapping, after which
nobody who holds the secret can find it again.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from dafeng.core.errors import ConflictError, LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.spelling import list_identities, spell_identity
from dafeng.store.inclusion_rows import InclusionRows

PSEUDONYM_DIGITS = 24
"""Hexadecimal digits of a pseudonym: 96 bits."""
KEY_DIGITS = 32
"""Hexadecimal digits of the hash of an identity or of evidence: 128 bits."""


class Member(NamedTuple):
    """Somebody who takes part: pseudonym, ``person`` or ``organisation``, and since when consent is in force, if it is. [s]"""

    person: str
    kind: str
    since: int | None


def hash_key(secret: str, purpose: str, text: str) -> str:
    """Keyed hash of a text.

    Parameters
    ----------
    secret : str
        Secret of the city.
    purpose : str
        What it is for; hashes for different purposes have nothing in common.
    text : str
        The text.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return hmac.digest(secret.encode(), f"{purpose}\n{text}".encode("utf-8", "surrogatepass"), "sha256").hex()[:KEY_DIGITS]


class Identities:
    """The table of identities of a city.

    Parameters
    ----------
    rows : InclusionRows
        Its file, apart from the ledger.
    secret : str
        Secret of the city.
    """

    def __init__(self, rows: InclusionRows, secret: str) -> None:
        self._rows = rows
        self._secret = secret

    def key(self, identity: str) -> str:
        """Hash under which an identity is kept.

        Parameters
        ----------
        identity : str
            The identity.

        Returns
        -------
        str
            32 hexadecimal digits.
        """
        return self._hash(spell_identity(identity))

    def _hash(self, spelt: str) -> str:
        return hash_key(self._secret, "identity", spelt)

    def _keys(self, identity: str) -> list[str]:
        """Keys under which an identity may be kept: as it was typed under an earlier version, as now, as others typed it."""
        return [self._hash(one) for one in list_identities(identity)]

    def join(self, identities: Sequence[str], *, kind: str, purpose: str, version: str, now: int) -> str:
        """Take somebody in, or more identities of somebody known; consent is recorded unless it is in force.

        Parameters
        ----------
        identities : sequence of str
            All of one and the same person or organisation.
        kind : {"person", "organisation"}
            What they are.
        purpose, version : str
            What is consented to, and the version of the text that was shown.
        now : int
            Instant. [s]

        Returns
        -------
        str
            Pseudonym.

        Raises
        ------
        ConflictError
            If the identities belong to two who are known as different, or to one of another kind.
        """
        named = [one for one in identities if spell_identity(one)]
        keys = sorted({self.key(one) for one in named})
        if not keys or kind not in ("person", "organisation"):
            raise _unknown()
        with self._rows.transaction():
            found = self._rows.query(
                "SELECT DISTINCT i.person, p.kind FROM identity i JOIN person p ON p.person = i.person"
                " WHERE i.key IN (SELECT value FROM json_each(?))",
                sorted({key for one in named for key in self._keys(one)}),
            )
            if len(found) > 1 or (found and found[0][1] != kind):
                raise _two()
            person = str(found[0][0]) if found else self._new(keys[0], kind, now)
            self._rows.add("INSERT OR IGNORE INTO identity VALUES (?, ?)", [(key, person) for key in keys])
            self._rows.run(
                "INSERT INTO consent SELECT ?1, ?2, ?3, max(?4, coalesce((SELECT max(given) + 1 FROM consent"
                " WHERE person = ?1 AND purpose = ?2), 0)), NULL WHERE NOT EXISTS (SELECT 1 FROM consent"
                " WHERE person = ?1 AND purpose = ?2 AND version = ?3 AND withdrawn IS NULL)",
                person, purpose, version, now,
            )  # fmt: skip
        return person

    def _new(self, key: str, kind: str, now: int) -> str:
        salt = secrets.token_hex(16)
        person = hash_key(self._secret, "pseudonym", f"{key}\n{salt}")[:PSEUDONYM_DIGITS]
        self._rows.run("INSERT INTO person VALUES (?, ?, ?, ?)", person, kind, salt, now)
        return person

    def withdraw(self, person: str, *, purpose: str, now: int) -> bool:
        """Record that consent was withdrawn.

        Parameters
        ----------
        person : str
            Pseudonym.
        purpose : str
            What was consented to.
        now : int
            Instant. [s]

        Returns
        -------
        bool
            Whether there was any.
        """
        with self._rows.transaction():
            text = "UPDATE consent SET withdrawn = ? WHERE person = ? AND purpose = ? AND withdrawn IS NULL"
            return self._rows.run(text, now, person, purpose) > 0

    def erase(self, person: str) -> None:
        """Delete what leads from an identity to a pseudonym; the record of consent stays, under the pseudonym alone.

        Parameters
        ----------
        person : str
            Pseudonym.
        """
        with self._rows.transaction():
            self._rows.run("DELETE FROM identity WHERE person = ?", person)
            self._rows.run("DELETE FROM person WHERE person = ?", person)
        self._rows.scrub()

    def find(self, identity: str) -> str:
        """Pseudonym of somebody who takes part.

        Parameters
        ----------
        identity : str
            An identity, or the pseudonym itself.

        Returns
        -------
        str
            Pseudonym.

        Raises
        ------
        LookupFailure
            If nobody is known by it.
        """
        keys = self._keys(identity) if spell_identity(identity) else []
        kept: dict[str, str] = dict(
            self._rows.query("SELECT key, person FROM identity WHERE key IN (SELECT value FROM json_each(?))", keys)
        )
        if found := [kept[key] for key in keys if key in kept]:
            return str(found[0])
        if not self._rows.query("SELECT 1 FROM person WHERE person = ?", identity if identity.isascii() else ""):
            raise _unknown()
        return identity

    def kind(self, person: str) -> str:
        """What somebody is.

        Parameters
        ----------
        person : str
            Pseudonym.

        Returns
        -------
        str
            ``person`` or ``organisation``.
        """
        return str(self._rows.query("SELECT kind FROM person WHERE person = ?", person)[0][0])

    def members(self, identities: Collection[str], *, purpose: str) -> dict[str, Member]:
        """Those of many who take part.

        Parameters
        ----------
        identities : collection of str
            Identities.
        purpose : str
            What consent is asked for.

        Returns
        -------
        dict
            Member by identity, without those nobody knows.
        """
        keys = {one: self._keys(one) for one in identities if spell_identity(one)}
        found = self._rows.query(
            "SELECT i.key, p.person, p.kind, (SELECT min(given) FROM consent c WHERE c.person = p.person AND c.purpose = ?"
            " AND c.withdrawn IS NULL) FROM identity i JOIN person p ON p.person = i.person"
            " WHERE i.key IN (SELECT value FROM json_each(?))",
            purpose, list({key for own in keys.values() for key in own}),
        )  # fmt: skip
        known = {row[0]: Member(*row[1:]) for row in found}
        first = {one: next((known[key] for key in own if key in known), None) for one, own in keys.items()}
        return {one: member for one, member in first.items() if member is not None}

    def consents(self, person: str) -> list[dict[str, str | int | None]]:
        """What somebody consented to, and when; also after erasure, for who knows the pseudonym.

        Parameters
        ----------
        person : str
            Pseudonym.

        Returns
        -------
        list of dict
            ``purpose``, ``version``, ``given`` and ``withdrawn``. [-, -, s, s]
        """
        text = "SELECT purpose, version, given, withdrawn FROM consent WHERE person = ? ORDER BY given"
        return [
            dict(zip(("purpose", "version", "given", "withdrawn"), row, strict=True)) for row in self._rows.query(text, person)
        ]

    def join_many(self, identities: Iterable[str], *, kind: str, purpose: str, version: str, now: int) -> list[str]:
        """Take in many who are not known yet, in one transaction; those known are passed over.

        Parameters
        ----------
        identities : iterable of str
            One of each.
        kind : {"person", "organisation"}
            What they are.
        purpose, version : str
            As in `join`.
        now : int
            Instant. [s]

        Returns
        -------
        list of str
            Pseudonyms of the new ones.
        """
        keys = {self.key(one): self._keys(one) for one in identities if spell_identity(one)}
        asked = [key for own in keys.values() for key in own]
        with self._rows.transaction():
            known = {
                row[0]
                for row in self._rows.query("SELECT key FROM identity WHERE key IN (SELECT value FROM json_each(?))", asked)
            }
            made = [(key, secrets.token_hex(16)) for key, own in keys.items() if known.isdisjoint(own)]
            people = [(hash_key(self._secret, "pseudonym", f"{key}\n{salt}")[:PSEUDONYM_DIGITS], salt) for key, salt in made]
            self._rows.add("INSERT INTO person VALUES (?, ?, ?, ?)", [(person, kind, salt, now) for person, salt in people])
            self._rows.add(
                "INSERT INTO identity VALUES (?, ?)",
                [(key, person) for (key, _), (person, _) in zip(made, people, strict=True)],
            )
            self._rows.add(
                "INSERT INTO consent VALUES (?, ?, ?, ?, NULL)", [(person, purpose, version, now) for person, _ in people]
            )
        return [person for person, _ in people]


def _unknown() -> LookupFailure:
    return LookupFailure(
        Label("没有该身份的碳账户", "nobody takes part under this identity"),
        where="person",
        expected=Label("已加入的身份，或其假名", "an identity that has joined, or its pseudonym"),
        remedy=Label("先用 dafeng inclusion join 加入并取得同意", "join first, with consent: dafeng inclusion join"),
    )


def _two() -> ConflictError:
    return ConflictError(
        Label("这些身份已分属不同的账户", "these identities belong to accounts that are known as different"),
        where="person",
        expected=Label("同一人或同一单位的身份", "identities of one and the same"),
        remedy=Label("逐一加入，或先注销其中一个账户", "join them one by one, or erase one of the accounts first"),
    )
