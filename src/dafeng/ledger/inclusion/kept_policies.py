"""Policies under which events were taken, kept so that points can be counted again by the rules of their day.

Invariant: a policy is known by the SHA-256 of its one text; a chunk of events names the policy that decided it, and what the
ledger booked for an event covers that name.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

from dafeng.core.labels import Label
from dafeng.ledger.inclusion.policy import Policy
from dafeng.store.inclusion_rows import InclusionRows


class PointRules(NamedTuple):
    """What of a policy decides points. [points, g CO2]

    ``rewards`` has by scene the points, the grams that earn them (``None``: an event does) and the most of a person in a day.
    """

    editions: Mapping[str, str]
    rewards: Mapping[str, tuple[int, int | None, int | None]]
    most_per_day: int | None

    def count_points(self, scene: str, grams: int) -> int:
        """Points of an event before any cap.

        Parameters
        ----------
        scene : str
            Its scene.
        grams : int
            What it saved. [g CO2]

        Returns
        -------
        int
            Points; none where the scene has no reward.
        """
        points, per, _ = self.rewards.get(scene, (0, None, None))
        return points if per is None else grams // per * points

    def find_cap(self, scene: str) -> int | None:
        """Most points of a person in a day.

        Parameters
        ----------
        scene : str
            Scene; empty for all scenes together.

        Returns
        -------
        int or None
            Points; ``None`` without a cap.
        """
        return self.rewards.get(scene, (0, None, None))[2] if scene else self.most_per_day


def spell_policy(policy: Policy) -> str:
    """The one text of a policy.

    Parameters
    ----------
    policy : Policy
        The policy.

    Returns
    -------
    str
        JSON with sorted keys; all of it but its names in words.
    """
    return json.dumps(_spell(policy), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _spell(value: Any) -> Any:
    if is_dataclass(value):
        named = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: _spell(one) for name, one in named if not isinstance(one, Label)}
    if isinstance(value, Mapping):
        return {str(name): _spell(one) for name, one in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def hash_policy(text: str) -> str:
    """Name of a policy.

    Parameters
    ----------
    text : str
        From `spell_policy`.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits.
    """
    return sha256(text.encode()).hexdigest()


def parse_policy(text: str) -> PointRules | None:
    """What of a policy decides points.

    Parameters
    ----------
    text : str
        From `spell_policy`.

    Returns
    -------
    PointRules or None
        ``None`` where it cannot be read.
    """
    try:
        told = json.loads(text)
        rewards = {name: (one["points"], one["grams"], one["most"]) for name, one in told["rewards"].items()}
        rules = PointRules(dict(told["editions"]), rewards, told["most_per_day"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    wholes = [rules.most_per_day, *(part for one in rewards.values() for part in one[1:])]
    sound = all(one is None or (type(one) is int and one > 0) for one in wholes)
    return rules if sound and all(type(one[0]) is int for one in rewards.values()) else None


def keep_policy(rows: InclusionRows, policy: Policy, *, first: int, now: int) -> str:
    """Write down by which policy a chunk of events is decided.

    Parameters
    ----------
    rows : InclusionRows
        Events; within a transaction.
    policy : Policy
        The policy.
    first : int
        Number of the first event of the chunk.
    now : int
        Instant in UTC. [s]

    Returns
    -------
    str
        Name of the policy.
    """
    text = spell_policy(policy)
    name = hash_policy(text)
    rows.run("INSERT OR IGNORE INTO policy VALUES (?, ?, ?)", name, text, now)
    rows.run("INSERT OR REPLACE INTO chunk_policy VALUES (?, ?)", first, name)
    return name


class Decided:
    """By which policy events were decided; memory grows with changes of the policy, not with events or chunks.

    Parameters
    ----------
    rules : mapping of str to PointRules
        Policies that can be read, by name.
    """

    def __init__(self, rules: Mapping[str, PointRules]) -> None:
        self._rules = rules
        self._changes: list[tuple[int, str]] = []

    def add(self, first: int, name: str) -> None:
        """Say by which policy a chunk was decided.

        Parameters
        ----------
        first : int
            Number of its first event, larger than that of the chunk before.
        name : str
            The policy; empty where it was not kept.
        """
        if not self._changes or self._changes[-1][1] != name:
            self._changes.append((first, name))

    def find_name(self, no: int) -> str:
        """Name of the policy that decided an event.

        Parameters
        ----------
        no : int
            Number of the event.

        Returns
        -------
        str
            Empty where it was not kept.
        """
        at = bisect_right(self._changes, no, key=itemgetter(0)) - 1
        return self._changes[at][1] if at >= 0 else ""

    def find_rules(self, name: str) -> PointRules | None:
        """Rules of a policy.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        PointRules or None
            ``None`` where it was not kept or cannot be read.
        """
        return self._rules.get(name)


def read_rules(kept: Iterable[tuple[Any, Any]]) -> tuple[dict[str, PointRules], list[str]]:
    """Policies that were kept.

    Parameters
    ----------
    kept : iterable of (name, text)
        As they stand.

    Returns
    -------
    (dict of str to PointRules, list of str)
        Rules by name, and the names of those whose text is another one or cannot be read.
    """
    rules: dict[str, PointRules] = {}
    wrong: list[str] = []
    for name, text in kept:
        found = parse_policy(text) if type(text) is str and hash_policy(text) == name else None
        if found is None:
            wrong.append(str(name))
        else:
            rules[name] = found
    return rules, wrong
