"""``confirm``: a reviewed plan becomes a version and the plan that the city is judged by.

Invariant: a version is never changed; ``plan.yaml`` is the newest version or the one before it, never a mixture, and an
interrupted confirmation is completed when the versions are opened next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.plans.magnitude import check_numbers
from dafeng.plans.plan import Plan
from dafeng.plans.review import Review
from dafeng.plans.storage import load_plan, write_plan
from dafeng.store.files import check_file, hash_bytes, lock, write_whole
from dafeng.store.models import PlanVersion
from dafeng.store.records import Records
from dafeng.store.reviews import list_versions as list_rows
from dafeng.work.city import City
from dafeng.work.review import FOLDER, review, using

VERSIONS = "versions"
"""Folder beside ``plan.yaml`` with the confirmed versions."""


@dataclass(frozen=True, slots=True)
class Version:
    """A confirmed plan.

    Parameters
    ----------
    number : int
        From 1.
    review : str
        Review it came from.
    serial : int
        Last edit that is in it.
    who : str
        Who confirmed it.
    at : datetime
        When, in UTC.
    sha256 : str
        Hash of the file's bytes.
    path : Path
        The file.
    """

    number: int
    review: str
    serial: int
    who: str
    at: datetime
    sha256: str
    path: Path


def confirm(
    city: City,
    reviewed: Review,
    *,
    who: str,
    seen: int | None = None,
    at: datetime | None = None,
    records: Records | None = None,
) -> Version:
    """Make the plan as people left it the next version, and the plan that the city is judged by.

    Parameters
    ----------
    city : City
        The city.
    reviewed : Review
        The review.
    who : str
        Who confirms.
    seen : int, optional
        Number of edits that were seen; with more of them nothing is confirmed.
    at : datetime, optional
        When; now by default.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Version
        The new version; the newest one where nothing has changed since.

    Raises
    ------
    SettingError
        If the plan holds nothing or a number that cannot be believed, the city's ``city.yaml`` names no file for it, or there
        are edits that were not seen.
    """
    with using(city, records) as opened, lock(city.folder / FOLDER):
        _complete(city, opened)
        current = review(city, id=reviewed.id, records=opened)
        _check(current, seen)
        content = write_plan(current.plan).encode()
        newest = next(iter(_rows(city, opened)), None)
        if newest is not None and newest.sha256 == hash_bytes(content) and _same(facts_path(city), newest.sha256):
            return newest
        number = newest.number + 1 if newest is not None else 1
        path = _path(city, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        instant = at or datetime.now(UTC)
        with opened.write(actor=who, at=instant) as session:
            row = PlanVersion(number=number, review=current.id, serial=len(current.edits), who=who, at=instant,
                              sha256=hash_bytes(content), status="begun")  # fmt: skip
            session.add(row)
        _complete(city, opened)
        return _rows(city, opened)[0]


def list_versions(city: City, *, records: Records | None = None) -> tuple[Version, ...]:
    """Confirmed versions; a confirmation that was interrupted is completed first.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Version
        The newest first.
    """
    with using(city, records) as opened:
        if _begun(opened):
            with lock(city.folder / FOLDER):
                _complete(city, opened)
        return _rows(city, opened)


def read_version(city: City, number: int, *, records: Records | None = None) -> Plan:
    """A confirmed plan.

    Parameters
    ----------
    city : City
        The city.
    number : int
        Its number.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Plan
        As it was confirmed.

    Raises
    ------
    LookupFailure
        If there is no such version.
    StoreError
        If its file was changed.
    """
    found = next((one for one in list_versions(city, records=records) if one.number == number), None)
    if found is None:
        raise LookupFailure(
            Label(f"没有第 {number} 版", f"there is no version {number}"),
            where=str(city.folder),
            expected=Label("已确认的版本", "a version that was confirmed"),
            remedy=Label("用 dafeng review versions 查看", "look it up with dafeng review versions"),
        )
    check_file(found.path, found.sha256)
    return load_plan(found.path)


def count_plan(plan: Plan) -> Mapping[str, int]:
    """Numbers that tell versions apart at a glance.

    Parameters
    ----------
    plan : Plan
        A plan.

    Returns
    -------
    mapping of str to int
        ``targets``, ``tasks``, ``organisations``, ``goals``.
    """
    return {name: len(getattr(plan, name)) for name in ("targets", "tasks", "organisations", "goals")}


def count_changes(before: Plan, after: Plan) -> Mapping[str, int]:
    """How many targets came, went and differ between two versions.

    Parameters
    ----------
    before, after : Plan
        Two versions.

    Returns
    -------
    mapping of str to int
        ``added``, ``removed``, ``changed``.
    """
    old, new = ({one.id: one for one in plan.targets} for plan in (before, after))
    told = Counter("same" if old[name] == new[name] else "changed" for name in old.keys() & new.keys())
    return {"added": len(new.keys() - old.keys()), "removed": len(old.keys() - new.keys()), "changed": told["changed"]}


def facts_path(city: City) -> Path:
    """File with the facts that the city is judged by.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Path
        As ``city.yaml`` names it.

    Raises
    ------
    SettingError
        If it names none.
    """
    if not city.documents:
        raise SettingError(
            Label("city.yaml 没有列出方案文件", "city.yaml lists no plan"),
            where=str(city.folder / "city.yaml"),
            expected=Label("documents 中有 facts: plans/plan.yaml", "facts: plans/plan.yaml under documents"),
            remedy=Label("在 city.yaml 的 documents 下加一项", "add an entry under documents of city.yaml"),
        )
    return city.folder / city.documents[0].facts


def _check(current: Review, seen: int | None) -> None:
    plan = current.plan
    if not (plan.targets or plan.tasks or plan.goals):
        raise SettingError(
            Label("方案里没有任何目标和任务", "the plan holds no target and no task"),
            where=current.id,
            expected=Label("至少一项目标或任务", "at least one target or task"),
            remedy=Label("先补充记录，或确认文件是否为方案", "add records first, or make sure that the file is a plan"),
        )
    check_numbers(plan, where=current.id)
    if seen is not None and seen != len(current.edits):
        raise SettingError(
            Label("打开页面之后又有改动", "there are edits that were made since the page was opened"),
            where=current.id,
            expected=Label("看过全部改动后再确认", "a confirmation of all edits"),
            remedy=Label("刷新页面，看过后再确认", "reload the page, look at them and confirm"),
        )


def _path(city: City, number: int) -> Path:
    return facts_path(city).parent / VERSIONS / f"{number:04d}.yaml"


def _rows(city: City, records: Records) -> tuple[Version, ...]:
    with records.read() as session:
        rows = list_rows(session)
        return tuple(Version(r.number, r.review, r.serial, r.who, r.at, r.sha256, _path(city, r.number)) for r in rows)


def _begun(records: Records) -> bool:
    with records.read() as session:
        return any(row.status == "begun" for row in list_rows(session))


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and hash_bytes(path.read_bytes()) == sha256


def _complete(city: City, records: Records) -> None:
    """Let ``plan.yaml`` become the version that was begun; the file is written before the record says so."""
    if not _begun(records):
        return
    newest = _rows(city, records)[0]
    check_file(newest.path, newest.sha256)
    facts = facts_path(city)
    facts.parent.mkdir(parents=True, exist_ok=True)
    write_whole(facts, newest.path.read_bytes())
    with records.write(actor=newest.who, at=datetime.now(UTC)) as session:
        for row in list_rows(session):
            if row.status == "begun":
                row.status = "written"
