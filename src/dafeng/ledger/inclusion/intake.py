"""Taking events: checked, decided, written down, booked; in batches, so that memory does not grow with their number.

Invariant: a decision is on the disk before the ledger hears of it, and what was decided but not booked is booked first when
anybody takes events again; so a crash at any instant loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice

from dafeng.core.findings import Finding
from dafeng.ledger.inclusion.decision import Candidate, Outcome, Taken, check_claim, check_event, decide, spell_amount, tell
from dafeng.ledger.inclusion.events import Event, day_of
from dafeng.ledger.inclusion.identities import Member
from dafeng.ledger.inclusion.kept_policies import keep_policy
from dafeng.ledger.inclusion.programme import GRAMS, ISSUER, Programme, Shelf, account_of
from dafeng.ledger.refusals import Booked, Refused, reasons
from dafeng.ledger.requests import Transfer, encode
from dafeng.store.ledger_tables import EVENT

BATCH = 5000
"""Events that are taken at once."""
GUARDS = ("inclusion.claimed", "inclusion.overlap", "inclusion.registered")
"""Rules that keep one and the same reduction from being claimed twice; what they find is kept, without the person."""
MOST_FINDINGS = 1000
"""Findings that a tally keeps; all are counted."""
RULED = "event2"
"""Begin of a reason whose hash covers the policy."""
BOUND = 32
"""Hexadecimal digits of the hash that binds what a request does not name of an event."""
_OPEN = (
    "SELECT c.first, c.last, coalesce(p.policy, '') FROM chunk c LEFT JOIN chunk_policy p ON p.first = c.first"
    " WHERE NOT c.done ORDER BY c.first"
)
_ROW = "no, key, scene, person, day, started, ended, amount, edition, grams, points"


@dataclass(slots=True)
class Tally:
    """What became of many events.

    Parameters
    ----------
    taken, again : int
        Events that were booked, and those that had been before.
    grams, points : int
        What those booked saved and earned. [g CO2, points]
    refused : dict of str to int
        Events that were not taken, by rule.
    findings : list of Finding
        The first of them.
    """

    taken: int = 0
    again: int = 0
    grams: int = 0
    points: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, said: Iterable[Outcome | Finding]) -> None:
        """Count a batch.

        Parameters
        ----------
        said : iterable of Outcome or Finding
            Answers.
        """
        for one in said:
            if isinstance(one, Finding):
                self.refused[one.rule] = self.refused.get(one.rule, 0) + 1
                if len(self.findings) < MOST_FINDINGS:
                    self.findings.append(one)
            elif one.again:
                self.again += 1
            else:
                self.taken += 1
                self.grams += one.taken.grams
                self.points += one.taken.points


def take(programme: Programme, events: Iterable[Event | Finding], *, batch: int = BATCH) -> Tally:
    """Take all events of a file or message.

    Parameters
    ----------
    programme : Programme
        The programme.
    events : iterable of Event or Finding
        As read; findings are passed on.
    batch : int, optional
        Events that are taken at once.

    Returns
    -------
    Tally
        What became of them.
    """
    tally = Tally()
    for said in take_batches(programme, events, batch=batch):
        tally.add(said)
    return tally


def take_batches(
    programme: Programme, events: Iterable[Event | Finding], *, batch: int = BATCH
) -> Iterator[list[Outcome | Finding]]:
    """Take events batch by batch; what was answered is durable.

    Parameters
    ----------
    programme : Programme
        The programme.
    events : iterable of Event or Finding
        As read.
    batch : int, optional
        Events that are taken at once.

    Yields
    ------
    list of Outcome or Finding
        One per event.
    """
    programme.prepare()
    resume(programme)
    rest = iter(events)
    while piece := list(islice(rest, batch)):
        yield _take_piece(programme, piece)


def resume(programme: Programme) -> int:
    """Book what was decided before a crash and may not have been booked.

    Parameters
    ----------
    programme : Programme
        The programme.

    Returns
    -------
    int
        Events that were handed to the ledger again.
    """
    count = 0
    for first, last, policy in programme.rows.query(_OPEN):
        text = f"SELECT {_ROW} FROM event WHERE no BETWEEN ? AND ?"  # noqa: S608 - our own names
        rows = programme.rows.query(text, first, last)
        taken = [Taken(*row[1:]) for row in rows]
        _book(programme, first, taken, policy, former=_find_former(programme, taken))
        count += len(rows)
    return count


def _take_piece(programme: Programme, piece: Sequence[Event | Finding]) -> list[Outcome | Finding]:
    said: list[Outcome | Finding] = [one for one in piece if isinstance(one, Finding)]
    events = [one for one in piece if not isinstance(one, Finding)]
    members = programme.identities.members({one.person for one in events}, purpose=programme.policy.purpose)
    former = {one: programme.former_keys(one.scene, one.evidence) for one in events}
    named = [(one, _candidate(programme, one, members.get(one.person))) for one in events]
    with programme.rows.transaction():
        before = _load_before(programme, [*(one.key for _, one in named), *(key for own in former.values() for key in own)])
        named = [(event, _as_kept(one, former[event], before)) for event, one in named]
        candidates = []
        for event, candidate in named:
            was = before.get(candidate.key)
            wrong = (
                None if was is not None and was[1:7] == candidate[1:7] else _check(programme, event, members.get(event.person))
            )
            if wrong is None:
                candidates.append(candidate)
            else:
                said.append(wrong)
        decided = decide(
            candidates, before, _load_neighbours(programme, candidates), scenes=programme.scenes, policy=programme.policy,
            overlaps=programme.overlaps,
        )  # fmt: skip
        fresh = [one.taken for one in decided if isinstance(one, Outcome) and not one.again]
        first, policy = _write(programme, fresh)
        _keep_claims(programme, [one for one in (*said, *decided) if isinstance(one, Finding)], [one for _, one in named])
    refused = _book(programme, first, fresh, policy) if fresh else {}
    for one in decided:
        code = refused.get(one.taken.key) if isinstance(one, Outcome) else None
        said.append(one if code is None or isinstance(one, Finding) else _refused(one, code))
    return said


def _keep_claims(programme: Programme, findings: Sequence[Finding], candidates: Sequence[Candidate]) -> None:
    """Note what was claimed twice, each evidence once by scene and rule."""
    named = {one.at: one for one in candidates}
    kept = [(named[one.at], one.rule) for one in findings if one.rule in GUARDS and one.at in named]
    text = "INSERT OR IGNORE INTO double_claim (key, scene, rule, day, at) VALUES (?, ?, ?, ?, ?)"
    programme.rows.add(text, [(one.key, one.scene, rule, one.day, programme.clock()) for one, rule in kept])


def _candidate(programme: Programme, event: Event, member: Member | None) -> Candidate:
    key = programme.key_of(event.scene, event.evidence)
    person = member.person if member else ""
    return Candidate(
        key, event.scene, person, day_of(event.started), event.started, event.ended, spell_amount(event.amount), event.at
    )


def _as_kept(one: Candidate, former: Sequence[str], before: Mapping[str, Taken]) -> Candidate:
    """A candidate under the key that its evidence has since an earlier version, if it has one."""
    return one._replace(key=next((key for key in (one.key, *former) if key in before), one.key))


def _check(programme: Programme, event: Event, member: Member | None) -> Finding | None:
    wrong = check_event(event, programme.policy, programme.scenes, programme.place, programme.clock())
    return wrong or check_claim(event, member, programme.scenes[event.scene], programme.registered)


def _load_before(programme: Programme, keys: list[str]) -> dict[str, Taken]:
    text = f"SELECT {_ROW} FROM event WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own names
    return {row[1]: Taken(*row[1:]) for row in programme.rows.query(text, keys)}


def _load_neighbours(programme: Programme, candidates: Sequence[Candidate]) -> Iterator[Taken]:
    """Events taken before of the same persons, by the days on which they now claim others."""
    days: dict[int, set[str]] = {}
    for one in candidates:
        days.setdefault(one.day, set()).add(one.person)
    reach = programme.policy.most_hours // 24 + 1
    shifts = range(-reach, reach + 1)
    wanted = {(person, day + shift) for day, people in days.items() for person in people for shift in shifts}
    columns = ", ".join(f"e.{name}" for name in _ROW.split(", "))
    text = (
        f"SELECT {columns} FROM json_each(?) w CROSS JOIN event e"  # noqa: S608 - our own names
        " ON e.person = json_extract(w.value, '$[0]') AND e.day = json_extract(w.value, '$[1]')"
    )
    return (Taken(*row[1:]) for row in programme.rows.query(text, [list(one) for one in sorted(wanted)]))


def _write(programme: Programme, fresh: Sequence[Taken]) -> tuple[int, str]:
    """Write decisions down; the number of the first, and the name of the policy."""
    if not fresh:
        return 0, ""
    last = programme.rows.query("SELECT coalesce(max(last), 0) FROM chunk")[0][0]
    programme.rows.add(
        f"INSERT INTO event ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
        [(last + place, *one) for place, one in enumerate(fresh, 1)],
    )
    programme.rows.run("INSERT INTO chunk VALUES (?, ?, 0)", last + 1, last + len(fresh))
    policy = keep_policy(programme.rows, programme.policy, first=last + 1, now=programme.clock())
    return int(last) + 1, policy


def _find_former(programme: Programme, taken: Sequence[Taken]) -> dict[str, str]:
    """Reasons under which the ledger has booked events for an earlier version, by key."""
    shelf = programme.shelf()
    spelt = {
        one.id: {encode(one._replace(reason=reason)): (event.key, reason) for reason in former_reasons(event)}
        for event in taken
        for one in spell_earn(event, shelf, "")[:1]
    }
    found = ((row[1], row[5]) for row in programme.ledger.rows.find(EVENT, "id", list(spelt)))
    return dict(spelt[name][content] for name, content in found if content in spelt[name])


def _book(
    programme: Programme, first: int, taken: Sequence[Taken], policy: str, *, former: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Hand decisions to the ledger; codes by key of those that it refused, which are forgotten."""
    shelf, known = programme.shelf(), former or {}
    named = (known[one.key] if one.key in known else bind_event(one, policy) for one in taken)
    groups = [group for one, reason in zip(taken, named, strict=True) if (group := spell_earn(one, shelf, reason))]
    keys = [one.key for one in taken if one.grams or one.points]
    refused: dict[str, str] = {}
    for key, answers in zip(keys, programme.ledger.submit(groups), strict=True):
        if not isinstance(answers[0], Booked):
            codes = [one.code for one in answers if isinstance(one, Refused)]
            refused[key] = next((code for code in codes if code != "group_failed"), codes[0])
    with programme.rows.transaction():
        programme.rows.add("DELETE FROM event WHERE key = ?", [(key,) for key in refused])
        programme.rows.run("UPDATE chunk SET done = 1 WHERE first = ?", first)
    return refused


def bind_event(one: Taken, policy: str) -> str:
    """Hash of an event, with what the request for it does not name: scene, edition, amount, instants, and the policy.

    Parameters
    ----------
    one : Taken
        The event.
    policy : str
        Name of the policy that decided it; empty where it was not kept, as in earlier versions.

    Returns
    -------
    str
        For the reason of the request, which the ledger's chain of hashes covers. It hides nothing from who guesses the event.
    """
    named = (one.key, one.scene, one.edition, one.amount, one.started, one.ended, *((policy,) if policy else ()))
    digest = sha256("\n".join(map(str, named)).encode()).hexdigest()[:BOUND]
    return f"{RULED if policy else 'event'} {digest}"


def former_reasons(one: Taken) -> tuple[str, str]:
    """Reasons under which earlier versions booked an event.

    Parameters
    ----------
    one : Taken
        The event.

    Returns
    -------
    (str, str)
        None at all, and the hash without the policy.
    """
    return "", bind_event(one, "")


def spell_earn(one: Taken, shelf: Shelf, reason: str) -> list[Transfer]:
    """What the ledger is asked to book for an event, as one group.

    Parameters
    ----------
    one : Taken
        The event.
    shelf : Shelf
        Books of the programme.
    reason : str
        Reason of the first request, from `bind_event`.

    Returns
    -------
    list of Transfer
        Grams, then points; nothing where there are none.
    """
    day = date.fromordinal(one.day).isoformat()
    group: list[Transfer] = []
    for part, giver, book, quantity in (
        ("g", account_of(GRAMS, ISSUER), GRAMS, one.grams),
        ("p", shelf.earns, shelf.points.name, one.points),
    ):
        if quantity:
            taker = account_of(book, one.person)
            group.append(Transfer(f"puhui:{one.key}:{part}", "earn", giver, taker, quantity, day, "" if group else reason))
    return group


def _refused(outcome: Outcome, code: str) -> Finding:
    reason = reasons()[code].says
    return tell(outcome.at, f"inclusion.ledger.{code}", f"账簿拒绝：{reason.zh}", f"the ledger refused: {reason.en}")
