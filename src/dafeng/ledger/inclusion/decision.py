"""Which events count, and what they earn: events and what was taken before in, decisions out; no clock, no database.

Invariant: a decision depends on the events of a batch and not on their order; the same evidence gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.claims import Overlap, Registered
from dafeng.ledger.inclusion.events import Event, day_of, places_around
from dafeng.ledger.inclusion.identities import Member
from dafeng.ledger.inclusion.policy import Policy
from dafeng.ledger.inclusion.scenes import Scene


class Candidate(NamedTuple):
    """An event whose fields, time, place and consent are in order."""

    key: str
    scene: str
    person: str
    day: int
    started: int
    ended: int
    amount: str
    at: str


class Taken(NamedTuple):
    """An event that counts, as it is kept: ``grams`` saved and ``points`` earned. [g CO2, points]"""

    key: str
    scene: str
    person: str
    day: int
    started: int
    ended: int
    amount: str
    edition: str
    grams: int
    points: int


class Outcome(NamedTuple):
    """The answer to an event; ``again`` where the same one had been taken before."""

    at: str
    taken: Taken
    again: bool


def spell_amount(amount: Decimal) -> str:
    """The one spelling of an amount.

    Parameters
    ----------
    amount : Decimal
        Amount.

    Returns
    -------
    str
        Without exponent and trailing zeros.
    """
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_event(event: Event, policy: Policy, scenes: Mapping[str, Scene], place: str, now: int) -> Finding | None:
    """What keeps an event out before anybody looks who it is from.

    Parameters
    ----------
    event : Event
        The event.
    policy : Policy
        Rules.
    scenes : mapping of str to Scene
        Scenes.
    place : str
        Administrative code of the city.
    now : int
        Instant of arrival. [s]

    Returns
    -------
    Finding or None
        The reason; ``None`` if there is none.
    """
    scene = scenes.get(event.scene)
    if scene is None or event.scene not in policy.editions:
        return tell(
            event.at,
            "inclusion.scene",
            f"场景“{event.scene}”没有可用的核算版本",
            f"no edition is in use for the scene '{event.scene}'",
        )
    if event.amount > scene.most:
        return tell(
            event.at,
            "inclusion.amount",
            f"数量 {event.amount} 超过 {scene.most} {scene.unit}",
            f"the amount {event.amount} is above {scene.most} {scene.unit}",
        )
    if event.amount % Decimal(1).scaleb(-scene.digits):
        zh, en = (
            ("整数", "whole numbers")
            if not scene.digits
            else (f"至多 {scene.digits} 位小数", f"at most {scene.digits} decimals")
        )
        return tell(
            event.at,
            "inclusion.amount",
            f"数量 {event.amount} 不能采用：{scene.unit} 按{zh}计",
            f"the amount {event.amount} cannot be used: {scene.unit} are counted in {en}",
        )
    if event.ended > now + policy.future_minutes * 60:
        return tell(event.at, "inclusion.future", "事件在将来", "the event lies in the future")
    if event.ended < now - policy.late_days * 86400:
        return tell(
            event.at,
            "inclusion.late",
            f"事件晚于 {policy.late_days} 天上报",
            f"the event is more than {policy.late_days} days late",
        )
    if event.ended - event.started > policy.most_hours * 3600:
        return tell(
            event.at,
            "inclusion.length",
            f"事件长于 {policy.most_hours} 小时",
            f"the event is longer than {policy.most_hours} hours",
        )
    if place != event.place and place not in places_around(event.place):
        return tell(
            event.at, "inclusion.place", f"地点“{event.place}”不在本市", f"the place '{event.place}' is not in the city"
        )
    return None


def check_claim(event: Event, member: Member | None, scene: Scene, registered: Sequence[Registered]) -> Finding | None:
    """What keeps an event out because of who it is from, or because a project has claimed it.

    Parameters
    ----------
    event : Event
        The event.
    member : Member or None
        Who it is from.
    scene : Scene
        Its scene.
    registered : sequence of Registered
        Projects registered elsewhere.

    Returns
    -------
    Finding or None
        The reason; ``None`` if there is none.
    """
    if member is None:
        return tell(event.at, "inclusion.unknown", "没有该身份的碳账户", "nobody takes part under this identity")
    if member.since is None or event.started < member.since:
        return tell(
            event.at, "inclusion.consent", "事件发生时或现在没有同意", "there is no consent now, or there was none at the time"
        )
    if member.kind not in scene.holders:
        return tell(
            event.at,
            "inclusion.holder",
            f"该场景不由此类账户申报（{member.kind}）",
            f"this scene is not claimed by a {member.kind}",
        )
    first, last = day_of(event.started), day_of(event.ended)
    unclear = None
    for project in registered:
        said = project.covers(event.scene, event.place, event.operator, first, last)
        if said:
            return tell(
                event.at, "inclusion.registered", f"已由项目 {project.project}（{project.scheme}）申报",
                f"claimed by the project {project.project} ({project.scheme})",
            )  # fmt: skip
        if said is None:
            unclear = unclear or project
    return None if unclear is None else _held(event.at, unclear)


def _held(at: str, project: Registered) -> Finding:
    """Nobody can say whether a project has claimed an event, so it is not taken."""
    return tell(
        at, "inclusion.unclear",
        f"不能确定是否已由项目 {project.project}（{project.scheme}）申报：运营方或区县不明，或项目尚未登记",
        f"it is not known whether the project {project.project} ({project.scheme}) has claimed it: operator or district is"
        " not told, or the project is not registered yet",
    )  # fmt: skip


def decide(
    candidates: Iterable[Candidate],
    before: Mapping[str, Taken],
    neighbours: Iterable[Taken],
    *,
    scenes: Mapping[str, Scene],
    policy: Policy,
    overlaps: Mapping[str, Overlap],
) -> list[Outcome | Finding]:
    """Take what may be taken, in an order that follows from the events themselves.

    Parameters
    ----------
    candidates : iterable of Candidate
        Events of a batch, in any order.
    before : mapping of str to Taken
        Events taken before, by evidence key, as far as the batch names them.
    neighbours : iterable of Taken
        Events taken before of the same persons, on the days of the batch and one to either side.
    scenes : mapping of str to Scene
        Scenes.
    policy : Policy
        Rules.
    overlaps : mapping of str to Overlap
        What may be claimed once.

    Returns
    -------
    list of Outcome or Finding
        One per candidate, in the order in which they were decided.
    """
    known, book = dict(before), _Day(scenes, policy, overlaps)
    for taken in neighbours:
        book.add(taken)
    said: list[Outcome | Finding] = []
    for one in sorted(candidates, key=lambda found: (found.started, found.ended, found.key, found[1:7], found.at)):
        was = known.get(one.key)
        if was is not None:
            said.append(_again(one, was))
        elif book.overlaps(one):
            said.append(tell(one.at, "inclusion.overlap", "同一时间已有另一出行", "another trip was claimed for the same time"))
        else:
            taken = known[one.key] = book.earn(one)
            book.add(taken)
            said.append(Outcome(one.at, taken, again=False))
    return said


def _again(one: Candidate, was: Taken) -> Outcome | Finding:
    if one[1:7] == was[1:7]:
        return Outcome(one.at, was, again=True)
    return tell(one.at, "inclusion.claimed", "同一凭证已用于另一申报", "the evidence was used for another claim")


class _Day:
    """What persons did and earned on a day, as events are added."""

    def __init__(self, scenes: Mapping[str, Scene], policy: Policy, overlaps: Mapping[str, Overlap]) -> None:
        self._scenes, self._policy, self._overlaps = scenes, policy, overlaps
        self._spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._points: dict[tuple[str, int, str], int] = {}

    def add(self, taken: Taken) -> None:
        group = self._overlaps.get(taken.scene)
        if group is not None and group.interval:
            self._spans.setdefault((taken.person, group.group), []).append((taken.started, taken.ended))
        for scene in (taken.scene, ""):
            at = (taken.person, taken.day, scene)
            self._points[at] = self._points.get(at, 0) + taken.points

    def overlaps(self, one: Candidate) -> bool:
        group = self._overlaps.get(one.scene)
        if group is None or not group.interval:
            return False
        spans = self._spans.get((one.person, group.group), ())
        return any((a < one.ended and one.started < b) or (a, b) == (one.started, one.ended) for a, b in spans)

    def earn(self, one: Candidate) -> Taken:
        edition = self._policy.editions[one.scene]
        grams = self._scenes[one.scene].grams(edition, Decimal(one.amount))
        reward = self._policy.rewards.get(one.scene)
        points = reward.count_points(grams) if reward else 0
        for cap, scene in ((reward.most if reward else None, one.scene), (self._policy.most_per_day, "")):
            if cap is not None:
                points = max(min(points, cap - self._points.get((one.person, one.day, scene), 0)), 0)
        return Taken(*one[:7], edition, grams, points)


def tell(at: str, rule: str, zh: str, en: str) -> Finding:
    """A finding about an event that is not taken.

    Parameters
    ----------
    at : str
        Where the event stands.
    rule : str
        Id of the rule.
    zh, en : str
        What is wrong.

    Returns
    -------
    Finding
        As an error: the event does not count.
    """
    return Finding(
        rule,
        at,
        "error",
        Label(zh, en),
        Label("核对该事件，属实则更正后重交", "check the event; correct it and hand it in again"),
    )
