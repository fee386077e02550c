"""Choosing and ordering rows by what stands in the address of a page.

Invariant: a filter only leaves rows out; an unknown filter value gives no rows, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row, str], bool]

VERDICTS = ("off_course", "behind", "on_course", "met", "not_due", "not_measurable")
"""Verdicts in the order in which they need attention."""
TARGET_FILTERS = ("verdict", "field", "year", "organisation", "q", "sort", "hide")
"""Filters of the page of targets."""
TASK_FILTERS = ("organisation", "field", "state", "chapter", "q")
"""Filters of the page of tasks."""

STANDINGS = ("looser", "stricter", "equal", "delegated", "not_comparable", "missing", "added")
"""Standings of a plan beside another one, in the order in which they are worth a look."""
COMPARISON_FILTERS = ("standing", "party", "field", "q", "sort")
"""Filters of the page of comparison."""
FACTOR_FILTERS = ("tab", "q", "purpose", "parameter", "substance", "standard", "place", "year", "grade", "from")
"""Filters of the page of factors."""

ROWS = 50
"""Rows of a long table on one page."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list stand on a page.

    Parameters
    ----------
    start, end : int
        Half-open range of rows.
    total : int
        Rows of the list.
    """

    start: int
    end: int
    total: int

    @property
    def before(self) -> int | None:
        """Where the page before starts, ``None`` on the first."""
        return max(0, self.start - ROWS) if self.start else None

    @property
    def after(self) -> int | None:
        """Where the next page starts, ``None`` on the last."""
        return self.end if self.end < self.total else None


def choose_window(total: int, query: Mapping[str, str]) -> Window:
    """Rows that an address asks for.

    Parameters
    ----------
    total : int
        Rows of the list.
    query : mapping of str to str
        ``offset`` is the first row, ``rows=all`` asks for all; what is no number starts at the first.

    Returns
    -------
    Window
        Never beyond the list.
    """
    if query.get("rows") == "all":
        return Window(0, total, total)
    asked = query.get("offset", "")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    start = start if start < total else 0
    return Window(start, min(start + ROWS, total), total)


def keep(query: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Known filters that are set.

    Parameters
    ----------
    query : mapping of str to str
        Query of the address.
    names : sequence of str
        Filters the page knows.

    Returns
    -------
    dict of str to str
        Filter → value, without surrounding blanks.
    """
    return {name: query[name].strip()[:100] for name in names if query.get(name, "").strip()}


def choose_targets(view: Row, chosen: Mapping[str, str]) -> list[Row]:
    """Verdicts that pass the filters, in the order asked for.

    Parameters
    ----------
    view : mapping
        View document.
    chosen : mapping of str to str
        Filters that are set.

    Returns
    -------
    list of mapping
        Rows.
    """
    tests: Mapping[str, Test] = {
        "verdict": lambda row, value: row["verdict"] == value,
        "field": lambda row, value: row["field"] == value,
        "year": lambda row, value: str(row.get("year") or row.get("period")) == value,
        "organisation": lambda row, value: value in (row.get("organisations") or ()),
        "q": lambda row, value: contains(row, ("indicator", "target", "reason", "scope", "organisations"), value),
    }
    rows = [row for row in view.get("verdicts") or () if all(tests[k](row, v) for k, v in chosen.items() if k in tests)]
    return order_targets(rows, chosen.get("sort", "verdict"))


def order_targets(rows: Sequence[Row], by: str) -> list[Row]:
    """Rows in the order asked for.

    Parameters
    ----------
    rows : sequence of mapping
        Verdicts.
    by : str
        ``verdict`` (what needs attention first), ``year``, ``indicator``; anything else keeps the plan's order.

    Returns
    -------
    list of mapping
        The same rows.
    """
    keys = {
        "verdict": lambda row: VERDICTS.index(row["verdict"]) if row["verdict"] in VERDICTS else len(VERDICTS),
        "year": lambda row: row.get("year") or 9999,
        "indicator": lambda row: str(row["indicator"]["zh"]),
    }
    return sorted(rows, key=keys[by]) if by in keys else list(rows)


def choose_tasks(view: Row, chosen: Mapping[str, str]) -> list[Row]:
    """Tasks that pass the filters, in the plan's order.

    Parameters
    ----------
    view : mapping
        View document.
    chosen : mapping of str to str
        Filters that are set.

    Returns
    -------
    list of mapping
        Rows.
    """
    listed = {one["id"]: one for one in (view.get("tasklist") or {}).get("tasks") or ()}
    tests: Mapping[str, Test] = {
        "organisation": lambda row, value: value in _responsible(row, listed.get(row["id"])),
        "field": lambda row, value: listed.get(row["id"], {}).get("field", {}).get("id") == value,
        "state": lambda row, value: listed.get(row["id"], {}).get("state") == value,
        "chapter": lambda row, value: row.get("chapter") == value,
        "q": lambda row, value: contains(row, ("title", "section", "organisations", "number", "id"), value),
    }
    return [row for row in view.get("tasks") or () if all(tests[k](row, v) for k, v in chosen.items() if k in tests)]


def _responsible(row: Row, listed: Row | None) -> set[str]:
    """Organisations of a task: those of the plan, and those proposed where it names none."""
    proposed = [own["name"] for own in (listed or {}).get("organisations") or ()]
    return {*(row.get("organisations") or ()), *(row.get("collectives") or ()), *proposed}


def choose_contrasts(view: Row, chosen: Mapping[str, str]) -> list[Row]:
    """Rows of the comparison that pass the filters, in the order asked for.

    Parameters
    ----------
    view : mapping
        View document.
    chosen : mapping of str to str
        Filters that are set; ``standing`` looks at the plan of ``party``, or at all.

    Returns
    -------
    list of mapping
        Rows; by default those first that are worth a look, with ``sort=plan`` in the plan's order.
    """
    rows = (view.get("comparison") or {}).get("rows") or ()
    tests: Mapping[str, Test] = {
        "standing": lambda row, value: value in _standings(row, chosen.get("party")),
        "party": lambda row, value: bool(_standings(row, value)),
        "field": lambda row, value: row["field"] == value,
        "q": lambda row, value: contains(row, ("indicator", "id"), value),
    }
    kept = [row for row in rows if all(tests[k](row, v) for k, v in chosen.items() if k in tests)]
    if chosen.get("sort") == "plan":
        return kept
    return sorted(kept, key=lambda row: min((STANDINGS.index(one) for one in _standings(row, chosen.get("party"))), default=9))


def _standings(row: Row, party: str | None) -> list[str]:
    return [cell["standing"] for cell in row["cells"] if party in (None, cell["party"])]


def choose_factors(view: Row, chosen: Mapping[str, str], said: Mapping[str, str]) -> list[Row]:
    """Factors that pass the filters, in the order of their ids.

    Parameters
    ----------
    view : mapping
        View document.
    said : mapping of str to str
        From `tell_factors`.
    chosen : mapping of str to str
        Filters that are set; every word of ``q`` must stand in the id, a name, the note or the title of the source.

    Returns
    -------
    list of mapping
        Rows.
    """
    found = view.get("library") or {}
    words = chosen.get("q", "").casefold().split()
    wanted = {name: chosen[name] for name in FACTOR_FILTERS[2:9] if name in chosen}
    rows = [row for row in found.get("factors") or () if all(str(row.get(k) or "") == v for k, v in wanted.items())]
    return [row for row in rows if all(word in said[row["id"]] for word in words)]


def choose_conflicts(view: Row, factors: Sequence[Row]) -> list[Row]:
    """Disagreements among the factors that pass the filters, the widest first.

    Parameters
    ----------
    view : mapping
        View document.
    factors : sequence of mapping
        From `choose_factors`.

    Returns
    -------
    list of mapping
        Rows of which at least one factor passes.
    """
    found = view.get("library") or {}
    kept = {row["id"] for row in factors}
    return [row for row in found.get("conflicts") or () if any(one["id"] in kept for one in row["values"])]


def tell_factors(view: Row) -> dict[str, str]:
    """What is looked through for a factor.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    dict of str to str
        Id → its texts without the difference of capital letters.
    """
    found = view.get("library") or {}
    return {row["id"]: _tell_factor(row, found) for row in found.get("factors") or ()}


def _tell_factor(row: Row, found: Row) -> str:
    names = [found["names"].get(kind, {}).get(row[kind]) or {} for kind in ("substance", "parameter", "purpose", "standard")]
    texts = [
        row["id"],
        row.get("note") or "",
        *_texts(found["titles"].get(row["source"], "")),
        *(t for one in names for t in one.values()),
    ]
    return " ".join(texts).casefold()


def contains(row: Row, keys: Sequence[str], wanted: str) -> bool:
    """Whether one of the texts of a row contains a word.

    Parameters
    ----------
    row : mapping
        Row of the view document.
    keys : sequence of str
        Texts, labels or lists of texts to look into.
    wanted : str
        What is looked for; case does not count.

    Returns
    -------
    bool
        True where it is found.
    """
    word = wanted.casefold()
    for key in keys:
        for text in _texts(row.get(key)):
            if word in text.casefold():
                return True
    return False


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [v if type(v) is str else str(v) for v in value.values()]
    return [str(v) for v in value] if isinstance(value, list | tuple) else []


def search(view: Row, wanted: str) -> dict[str, list[Row]]:
    """Targets, tasks, organisations and sources that contain a word.

    Parameters
    ----------
    view : mapping
        View document.
    wanted : str
        What is looked for; empty finds nothing.

    Returns
    -------
    dict of str to list of mapping
        ``targets``, ``tasks``, ``organisations``, ``sources``.
    """
    places: dict[str, tuple[str, tuple[str, ...]]] = {
        "targets": ("verdicts", ("indicator", "target", "scope")),
        "tasks": ("tasks", ("title", "section", "number", "id")),
        "organisations": ("organisations", ("name", "aliases")),
        "sources": ("sources", ("title", "publisher", "id")),
    }
    return {
        name: [row for row in view.get(key) or () if wanted and contains(row, keys, wanted)]
        for name, (key, keys) in places.items()
    }
