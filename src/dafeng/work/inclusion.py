"""Carbon inclusion of a city: its programme opened, its events taken, what its people have.

Invariant: identities, events and books are three files; only this place knows where each of them lies.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.credit_log import read_register
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.inclusion.bundles import Bundle
from dafeng.ledger.inclusion.claims import read_overlaps, read_registered
from dafeng.ledger.inclusion.credit_claims import find_registered
from dafeng.ledger.inclusion.decision import spell_amount
from dafeng.ledger.inclusion.events import read_events
from dafeng.ledger.inclusion.identities import Identities
from dafeng.ledger.inclusion.intake import Tally, take
from dafeng.ledger.inclusion.policy import PLAIN, Policy, read_policy
from dafeng.ledger.inclusion.programme import Programme
from dafeng.ledger.inclusion.scenes import Scene, read_scenes, weak_scenes
from dafeng.ledger.inclusion.webhook import Key, read_message, verify
from dafeng.library.records import records
from dafeng.library.strict import read_yaml
from dafeng.store.inclusion_rows import EVENTS, IDENTITIES, InclusionRows
from dafeng.store.keys import read_key
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger

FILES = ("inclusion.sqlite", "identities.sqlite", "inclusion.key")
"""Events, identities and secret in a city's folder: private, never published."""
KEYS = "inclusion_keys.yaml"
"""Keys of operators in a city's folder: private, never published."""


def _read_clock() -> int:
    return int(time.time())


@contextmanager
def open_inclusion(city: City, *, clock: Callable[[], int] = _read_clock) -> Iterator[Programme]:
    """Open the carbon inclusion of a city, making its books and tables if they are not there.

    Parameters
    ----------
    city : City
        The city; ``options.inclusion`` names its policy.
    clock : callable, optional
        Instant in UTC. [s]

    Yields
    ------
    Programme
        Closed at the end of the ``with`` block.
    """
    scenes = read_scenes(city.overlay)
    policy = read_policy(str(city.options.get("inclusion") or PLAIN), scenes, city.overlay)
    secret = read_key(city.folder / FILES[2])
    events = InclusionRows(city.folder / FILES[0], EVENTS)
    people = InclusionRows(city.folder / FILES[1], IDENTITIES)
    ledger = open_city_ledger(city, clock=lambda: clock() * 1_000_000)
    try:
        projects = read_register(ledger.rows, read_schemes(city.overlay))
        yield Programme(
            ledger=ledger,
            rows=events,
            identities=Identities(people, secret),
            scenes=scenes,
            policy=policy,
            overlaps=read_overlaps(scenes, city.overlay),
            registered=(*read_registered(city.overlay, scenes=scenes), *find_registered(projects, scenes)),
            place=city.code,
            secret=secret,
            clock=clock,
            plans=read_book_plans(city.overlay),
            holder=city.slug,
        )
    finally:
        ledger.close()
        events.close()
        people.close()


def join_inclusion(programme: Programme, *identities: str, kind: str = "person", consent: bool = False) -> str:
    """Take somebody in.

    Parameters
    ----------
    programme : Programme
        The programme.
    *identities : str
        All of one and the same.
    kind : {"person", "organisation"}, optional
        What they are.
    consent : bool, optional
        Whether they have consented to the text of the policy; must be true.

    Returns
    -------
    str
        Pseudonym.

    Raises
    ------
    SettingError
        If there is no consent.
    ConflictError
        If the identities belong to different accounts.
    """
    policy = programme.policy
    if not consent or kind not in ("person", "organisation"):
        raise SettingError(
            Label("没有取得同意，或类型不对", "there is no consent, or the kind is wrong"),
            where="join",
            expected=Label(
                f"对 {policy.purpose} 第 {policy.version} 版的同意", f"consent to {policy.purpose}, version {policy.version}"
            ),
            remedy=Label("出示文本，取得同意后加 --consent", "show the text, obtain consent, then add --consent"),
        )
    now = programme.clock()
    person = programme.identities.join(identities, kind=kind, purpose=policy.purpose, version=policy.version, now=now)
    programme.open_members([(person, kind)])
    return person


def take_events(programme: Programme, file: Path) -> Tally:
    """Take the events of a file.

    Parameters
    ----------
    programme : Programme
        The programme.
    file : Path
        CSV with the columns of `dafeng.ledger.inclusion.events.COLUMNS`.

    Returns
    -------
    Tally
        What became of them.
    """
    return take(programme, read_events(file))


def take_message(programme: Programme, body: bytes, signature: str, keys: Mapping[str, Key]) -> Tally:
    """Take the events of a signed message.

    Parameters
    ----------
    programme : Programme
        The programme.
    body : bytes
        The body as it came.
    signature : str
        Its header.
    keys : mapping of str to Key
        Keys of operators, by id.

    Returns
    -------
    Tally
        What became of them.

    Raises
    ------
    AccessError
        If the signature is not valid.
    FileRefused
        If the body is no list of events.
    """
    verify(body, signature, keys.values(), now=programme.clock())
    return take(programme, read_message(body))


def read_inclusion_keys(city: City) -> dict[str, Key]:
    """Keys of the operators that send messages to a city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict
        Key by id; none if the file is not there.

    Raises
    ------
    DefinitionError
        If the file breaks the schema.
    """
    path = city.folder / KEYS
    if not path.is_file():
        return {}
    made = {}
    for name, record in records(read_yaml(path), "keys"):
        record.allow({"secret", "begin", "end"})
        begin, end = record.decimal("begin"), record.decimal("end")
        made[name] = Key(name, record.text("secret"), int(begin or 0), None if end is None else int(end))
    return made


def scene_document(programme: Programme) -> list[dict[str, Any]]:
    """Scenes with their editions and what the policy makes of them.

    Parameters
    ----------
    programme : Programme
        The programme.

    Returns
    -------
    list of dict
        JSON-able.
    """
    return tell_scenes(programme.scenes, programme.policy)


def tell_scenes(scenes: Mapping[str, Scene], policy: Policy) -> list[dict[str, Any]]:
    """Scenes with their editions and what a policy makes of them.

    Parameters
    ----------
    scenes : mapping of str to Scene
        Scenes.
    policy : Policy
        Rules.

    Returns
    -------
    list of dict
        JSON-able.
    """
    return [
        {
            "id": scene.id,
            "title": {"zh": scene.title.zh, "en": scene.title.en},
            "holders": list(scene.holders),
            "unit": scene.unit,
            "in_use": policy.editions.get(scene.id),
            "reward": _reward_document(policy.rewards.get(scene.id)),
            "editions": [
                {
                    "id": one.id, "grams_per_unit": spell_amount(one.per_unit),
                    "label": {"zh": one.label.zh, "en": one.label.en}, "region": one.region,
                    "year": one.year, "source": one.source, "clause": one.clause, "grade": one.grade,
                }
                for one in scene.editions.values()
            ],
        }
        for scene in scenes.values()
    ]  # fmt: skip


def _reward_document(reward: Any) -> dict[str, Any] | None:
    if reward is None:
        return None
    return {**asdict(reward), "label": {"zh": reward.label.zh, "en": reward.label.en}}


def tally_document(programme: Programme, tally: Tally) -> dict[str, Any]:
    """What became of events.

    Parameters
    ----------
    programme : Programme
        The programme.
    tally : Tally
        From `take_events`.

    Returns
    -------
    dict
        JSON-able; ``weak`` lists the scenes whose factors are unconfirmed. [g CO2, points]
    """
    return {
        "policy": programme.policy.id,
        "grade": programme.policy.grade,
        "weak": weak_scenes(programme.scenes, programme.policy.editions),
        "taken": tally.taken,
        "again": tally.again,
        "grams": tally.grams,
        "points": tally.points,
        "refused": dict(sorted(tally.refused.items())),
        "findings": [
            {"rule": one.rule, "at": one.at, "says": {"zh": one.says.zh, "en": one.says.en}} for one in tally.findings
        ],
    }


def bundle_document(bundle: Bundle) -> dict[str, Any]:
    """A bundle of certified reductions.

    Parameters
    ----------
    bundle : Bundle
        From `dafeng.ledger.inclusion.bundles.aggregate_reductions`.

    Returns
    -------
    dict
        JSON-able.
    """
    return asdict(bundle)
