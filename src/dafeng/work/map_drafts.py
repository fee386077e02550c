"""A boundary on its way into a city: checked, looked at, taken in, and removed again, each with who did it.

Invariant: a boundary that waits is drawn nowhere but on its own page; who takes in takes what was looked at, or is told that it
is another one by now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.store.files import hash_tree, lock, seal, unseal, write_whole
from dafeng.store.models import Job
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.city_days import BEIJING
from dafeng.work.maps import FILE, FOLDER, check_map, map_document, read_outline, write_outline
from dafeng.work.review import using

DRAFT = "draft.json"
"""File beside the map of a city with the boundary that waits."""
DONE = "done.json"
"""File beside it with what was done last, by whom and when."""
DOES: Mapping[str, Label] = {
    "draft": Label("交来另一份边界", "handed in another boundary"),
    "take": Label("把边界入库", "took the boundary in"),
    "drop": Label("放弃这份边界", "let the boundary go"),
    "remove": Label("移除边界", "removed the boundary"),
}
"""What can be done with a boundary."""


def draft_map(
    city: City, content: bytes, *, name: str, approval: str, system: str, source: str, day: str, who: str
) -> dict[str, Any]:
    """Check a boundary and let it wait until somebody has looked at it.

    Parameters
    ----------
    city : City
        The city.
    content : bytes
        The file.
    name : str
        Its name.
    approval, system, source, day : str
        As for `import_map`.
    who : str
        Who hands it in.

    Returns
    -------
    dict
        As `read_map_draft`.

    Raises
    ------
    SettingError, FileRefused, CityError
        As for `import_map`; what waited before waits on.
    """
    made = check_map(city, content, name=name, approval=approval, system=system, source=source, day=day)
    folder = city.folder / FOLDER
    with lock(folder):
        write_whole(folder / f"{made.sha256}.geojson", content)
        write_whole(folder / DRAFT, seal({"who": who, "map": map_document(made)}))
    _sweep(city)
    found = read_map_draft(city)
    return found if found is not None else {}


def read_map_draft(city: City) -> dict[str, Any] | None:
    """The boundary that waits.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict or None
        ``who``, ``map`` (as `map_document`) and ``mark``, by which it is known again; ``None`` where none waits.

    Raises
    ------
    StoreError
        If what is kept is damaged.
    """
    path = city.folder / FOLDER / DRAFT
    if not path.is_file():
        return None
    body = unseal(path)
    return {**body, "mark": hash_tree(body)[:16]}


def take_map(city: City, *, seen: str, who: str, records: Records | None = None) -> None:
    """Take in the boundary that waits; the pages draw it from then on.

    Parameters
    ----------
    city : City
        The city.
    seen : str
        ``mark`` of what was looked at.
    who : str
        Who takes it in.
    records : Records, optional
        Open records of the city.

    Raises
    ------
    ConflictError
        If none waits, or another one by now.
    """
    with lock(city.folder / FOLDER):
        draft = _check_seen(city, seen)
        _log(city, "take", draft["map"], who=who, records=records)
        write_outline(city, draft["map"])
        _tell_done(city, "take", draft["map"], who)
        (city.folder / FOLDER / DRAFT).unlink()
    _sweep(city)


def drop_map(city: City, *, seen: str, who: str) -> None:
    """Let the boundary that waits go.

    Parameters
    ----------
    city : City
        The city.
    seen : str
        ``mark`` of what was looked at.
    who : str
        Who lets it go.

    Raises
    ------
    ConflictError
        If none waits, or another one by now.
    """
    with lock(city.folder / FOLDER):
        _tell_done(city, "drop", _check_seen(city, seen)["map"], who)
        (city.folder / FOLDER / DRAFT).unlink()
    _sweep(city)


def remove_map(city: City, *, seen: str, who: str, records: Records | None = None) -> None:
    """Remove the boundary of a city; the pages draw the schematic tiles again.

    Parameters
    ----------
    city : City
        The city.
    seen : str
        Hash of the file that is to go.
    who : str
        Who removes it.
    records : Records, optional
        Open records of the city.

    Raises
    ------
    ConflictError
        If there is none, or another one by now.
    """
    with lock(city.folder / FOLDER):
        kept = read_outline(city)
        if kept is None or kept["sha256"] != seen:
            raise _changed(city, None)
        _log(city, "remove", kept, who=who, records=records)
        _tell_done(city, "remove", kept, who)
        (city.folder / FOLDER / FILE).unlink()
    _sweep(city)


def _check_seen(city: City, seen: str) -> dict[str, Any]:
    draft = read_map_draft(city)
    if draft is None or draft["mark"] != seen:
        raise _changed(city, draft)
    return draft


def _tell_done(city: City, does: str, document: Mapping[str, Any], who: str) -> None:
    """Keep what was done last with a boundary, for whoever comes second."""
    at = datetime.now(UTC).isoformat(timespec="minutes")
    told = {"does": does, "who": who, "at": at, "file": document["file"], "approval": document["approval"]}
    write_whole(city.folder / FOLDER / DONE, seal(told))


def _changed(city: City, draft: Mapping[str, Any] | None) -> ConflictError:
    """The error for a decision on a boundary that is another by now: who did what, and when."""
    path = city.folder / FOLDER / DONE
    if draft is not None:
        told = {"does": "draft", "who": draft["who"], **{name: draft["map"][name] for name in ("at", "file", "approval")}}
    else:
        told = unseal(path) if path.is_file() else {}
    zh, en = "已没有这份边界", "the boundary is there no longer"
    if told:
        done, at = DOES[told["does"]], f"{datetime.fromisoformat(told['at']).astimezone(BEIJING):%Y-%m-%d %H:%M}"
        zh = f"{told['who']} 已于 {at} 北京时间 {done.zh}（审图号 {told['approval']}）"
        en = f"{told['who']} {done.en} at {at} Beijing time (approval number {told['approval']})"
    return ConflictError(
        Label(zh, en),
        where=str(told.get("file", "geojson")),
        expected=Label("在看到的边界上决定", "a decision on the boundary that was seen"),
        remedy=Label("刷新页面，看过之后再决定；没有写入任何改动", "reload, look at it and decide again; nothing was written"),
    )


def _log(city: City, does: str, document: Mapping[str, Any], *, who: str, records: Records | None) -> None:
    """Write down who did what before it is done: doing it again after a crash is told twice and is the same."""
    at = datetime.now(UTC)
    given = {"does": does, **{name: document[name] for name in ("file", "approval", "sha256", "system")}}
    text = json.dumps({"given": given, "attempts": 1}, ensure_ascii=False, sort_keys=True)
    with using(city, records) as opened, opened.write(actor=who, at=at) as session:
        session.add(Job(id=f"map-{at:%Y%m%d%H%M%S%f}", verb="map", options=text, status="done", done_share=1.0, created_at=at,
                        started_at=at, ended_at=at, run=None, says=None))  # fmt: skip


def _sweep(city: City) -> None:
    """Remove boundary files that nothing names."""
    kept, draft = read_outline(city), read_map_draft(city)
    named = {one["sha256"] for one in (kept, draft["map"] if draft is not None else None) if one is not None}
    for path in (city.folder / FOLDER).glob("*.geojson"):
        if path.stem not in named:
            path.unlink(missing_ok=True)
