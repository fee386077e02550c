"""Signed messages of operators: who signed, what is answered; and the batches that programs hand in with a token.

Invariant: nothing of a message is read before its signature holds; a copy of it gets the very answer that the first one got,
and an event gets the same answer whenever it comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from dafeng.core.findings import Finding
from dafeng.ledger.inclusion.decision import Outcome, tell
from dafeng.ledger.inclusion.events import Event
from dafeng.ledger.inclusion.intake import Tally, take_batches
from dafeng.ledger.inclusion.operators import OperatorKey, list_keys, signing_key
from dafeng.ledger.inclusion.programme import Programme
from dafeng.ledger.inclusion.webhook import WINDOW_S, Key, read_message, verify
from dafeng.work.city import City
from dafeng.work.inclusion import read_inclusion_keys, tally_document

Answer = dict[str, Any]


def check_message(city: City, programme: Programme, body: bytes, signature: str) -> OperatorKey:
    """Who signed a message.

    Parameters
    ----------
    city : City
        The city.
    programme : Programme
        Its programme.
    body : bytes
        The body as it came.
    signature : str
        Its header.

    Returns
    -------
    OperatorKey
        The key; one of the city's own file allows every scene and operator.

    Raises
    ------
    AccessError
        If the signature is not valid.
    """
    made = {one.id: one for one in list_keys(programme.rows)}
    filed = read_inclusion_keys(city)
    keys: list[Key] = [*(signing_key(one, programme.secret) for one in made.values()), *filed.values()]
    name = verify(body, signature, keys, now=programme.clock())
    own = filed.get(name)
    return made[name] if own is None or name in made else OperatorKey(name, "", (), "", own.begin, own.end or 0, "", 0, "")


def answer_message(programme: Programme, body: bytes, signature: str, key: OperatorKey) -> Answer:
    """Take the events of a message whose signature holds, or tell again what was told of it.

    Parameters
    ----------
    programme : Programme
        The programme.
    body : bytes
        The body as it came.
    signature : str
        Its header; the same one again is a copy and changes nothing.
    key : OperatorKey
        From `check_message`.

    Returns
    -------
    dict
        As `answer_events`, with ``key``.

    Raises
    ------
    FileRefused
        If the body is no list of events.
    """
    rows, now = programme.rows, programme.clock()
    kept = rows.query("SELECT answer FROM message WHERE signature = ? AND answer <> ''", signature)
    if kept:
        found: Answer = json.loads(kept[0][0])
        return found
    told = answer_events(programme, _allowed(key, read_message(body)))
    answer = {"key": key.id, **told}
    with rows.transaction():
        rows.run("UPDATE message SET answer = '' WHERE at < ? AND answer <> ''", now - 2 * WINDOW_S)
        rows.run(
            "INSERT OR IGNORE INTO message (signature, key, at, taken, again, refused, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
            signature, key.id, now, told["taken"], told["again"], sum(told["refused"].values()),
            json.dumps(answer, ensure_ascii=False),
        )  # fmt: skip
    return answer


def answer_events(programme: Programme, events: Iterable[Event | Finding]) -> Answer:
    """Take events and answer each of them.

    Parameters
    ----------
    programme : Programme
        The programme.
    events : iterable of Event or Finding
        As read, each with a place of its own.

    Returns
    -------
    dict
        As `dafeng.work.inclusion.tally_document`, with ``answers``: one per event in its order, ``{at, state: taken, grams,
        points}`` or ``{at, state: refused, rule, says}``. [g CO2, points]
    """
    tally, answers = Tally(), []
    for said in take_batches(programme, events):
        tally.add(said)
        answers += [_answer(one) for one in said]
    told = tally_document(programme, tally)
    told.pop("findings")
    return {**told, "answers": sorted(answers, key=lambda one: _number(one["at"]))}


def answer_batch(programme: Programme, fields: Sequence[dict[str, Any]]) -> Answer:
    """Take the events that a program hands in with a token.

    Parameters
    ----------
    programme : Programme
        The programme.
    fields : sequence of dict
        Fields of a row of a file, one for each event.

    Returns
    -------
    dict
        As `answer_events`.
    """
    return answer_events(programme, read_message(json.dumps({"events": list(fields)}).encode(), where="batch"))


def list_messages(programme: Programme | Any, *, limit: int = 50) -> list[dict[str, Any]]:
    """Messages that came last.

    Parameters
    ----------
    programme : Programme
        The programme, or anything with its ``rows``.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of dict
        ``key``, ``at`` [s] and the numbers of events ``taken``, ``again`` and ``refused``, the newest first.
    """
    text = "SELECT key, at, taken, again, refused FROM message ORDER BY no DESC LIMIT ?"
    names = ("key", "at", "taken", "again", "refused")
    return [dict(zip(names, row, strict=True)) for row in programme.rows.query(text, limit)]


def _allowed(key: OperatorKey, events: Iterable[Event | Finding]) -> list[Event | Finding]:
    """Events with the operator that signed them; a key cannot speak for other scenes or operators."""
    told: list[Event | Finding] = []
    for one in events:
        if isinstance(one, Event) and key.operator and not key.allows(one.scene, one.operator):
            told.append(
                tell(one.at, "inclusion.key", "该密钥不能申报此场景或运营方", "the key is not for this scene or operator")
            )
        else:
            told.append(one._replace(operator=one.operator or key.operator) if isinstance(one, Event) else one)
    return told


def _answer(one: Outcome | Finding) -> Answer:
    if isinstance(one, Finding):
        return {"at": one.at, "state": "refused", "rule": one.rule, "says": {"zh": one.says.zh, "en": one.says.en}}
    return {"at": one.at, "state": "taken", "grams": one.taken.grams, "points": one.taken.points}


def _number(at: str) -> int:
    digits = at.rpartition("!")[2]
    return int(digits) if digits.isdigit() else 0
