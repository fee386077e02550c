"""The audit of copied figures: years, rows and organisations that say the same, and figures rounded by hand.

Invariant: what must be equal, a total and its only part, is never taken for a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers import remarks
from dafeng.readers.audit_series import BALANCE, count_digits
from dafeng.readers.delivery import place_in
from dafeng.readers.numbers import plain
from dafeng.readers.series import SUBJECT, Row, choose, group, yearly
from dafeng.readers.suggestions import find
from dafeng.readers.wording import carriers, flows

DELIVERY = ("place", "organisation", "source")
"""Whose figures of different years are laid side by side."""
ROUND_DIGITS = 2
"""Significant digits that a figure rounded by hand has at most."""
LARGE = 1000
"""Figures from which on roundness is judged."""
NEIGHBOURS = 20
"""With how many lines before it a line is compared, among those that share a figure with it."""
Key = tuple[Any, ...]


def find_copies(rows: Iterable[Row], *, digits: int) -> Iterator[Finding]:
    """Figures equal to those of the year before, to the last of many digits.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    digits : int
        Significant digits from which on equality is no chance.

    Yields
    ------
    Finding
        Rule ``audit.copied``.
    """
    for listed in group(rows, SUBJECT).values():
        for before, after in pairwise(yearly(listed)):
            if after.year == before.year + 1 and after.value == before.value and count_digits(after.value) >= digits:
                yield remarks.copied(before.row, after.row)


def find_copied_years(rows: Iterable[Row], *, digits: int, cells: int, share: float) -> Iterator[Finding]:
    """Years of which most figures, or all of one line, are those of another year.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    digits : int
        Fewest significant digits of a figure that is compared.
    cells : int
        Fewest figures that are compared.
    share : float
        Share of equal figures from which on a year looks copied. [0..1]

    Yields
    ------
    Finding
        Rules ``audit.copied_year`` and ``audit.copied_line``.
    """
    apart = [{**row, "kind": row["indicator"] == BALANCE} for row in rows]
    for listed in group(apart, (*DELIVERY, "kind")).values():
        years = {int(p): _figures(same) for (p,), same in group(listed, ("period",)).items() if str(p).isdecimal()}
        for (before, earlier), (after, later) in combinations(sorted(years.items()), 2):
            yield from _compare((before, earlier), (after, later), digits, cells, share)


def find_copied_rows(rows: Iterable[Row], *, digits: int, cells: int) -> Iterator[Finding]:
    """Rows of a balance, or organisations, that report the same figures in one period.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    digits : int
        Fewest significant digits of a figure that is compared.
    cells : int
        Fewest equal figures.

    Yields
    ------
    Finding
        Rule ``audit.copied_row``.
    """
    listed = list(rows)
    balance = [row for row in listed if row["indicator"] == BALANCE and row["flow"] in flows()]
    for same in group(balance, (*DELIVERY, "period")).values():
        yield from _same_lines(same, "flow", "carrier", digits, cells)
    others = [row for row in listed if row["indicator"] != BALANCE and row.get("organisation")]
    for same in group(others, ("place", "source", "period")).values():
        yield from _same_lines(same, "organisation", "indicator", digits, cells)


def find_round_figures(rows: Iterable[Row], *, cells: int, share: float) -> Iterator[Finding]:
    """Deliveries in which most large figures are round.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    cells : int
        Fewest large figures.
    share : float
        Share of round ones from which on it is reported. [0..1]

    Yields
    ------
    Finding
        Rule ``audit.round``.
    """
    for listed in group(rows, (*DELIVERY, "period")).values():
        large = [row for row in listed if abs(row["value"]) >= LARGE]
        rounded = [row for row in large if count_digits(row["value"]) <= ROUND_DIGITS]
        if len(large) >= cells and len(rounded) > share * len(large):
            named = ", ".join(plain(row["value"]) for row in rounded[:6])
            says = (
                f"{len(large)} 个千以上的数中有 {len(rounded)} 个是整数凑整（{named} …），疑为估数",
                f"{len(rounded)} of {len(large)} figures above a thousand are round ({named} …): perhaps estimates",
            )
            remedy = ("报原始数；确为估计时等级写 estimated", "deliver the original figures, or grade them estimated")
            yield find("audit.round", rounded[0], "info", says, remedy)


def _figures(rows: Iterable[Row]) -> dict[Key, Row]:
    """One figure per cell of a year."""
    cells = group(rows, ("indicator", "flow", "carrier"))
    return {key: choose(same) for key, same in cells.items()}


def _compare(
    before: tuple[int, Mapping[Key, Row]], after: tuple[int, Mapping[Key, Row]], digits: int, cells: int, share: float
) -> Iterator[Finding]:
    shared = [
        key
        for key, row in after[1].items()
        if key in before[1] and count_digits(row["value"]) >= digits and before[1][key]["unit"] == row["unit"]
    ]
    equal = [key for key in shared if before[1][key]["value"] == after[1][key]["value"]]
    if len(equal) >= cells and len(equal) >= share * len(shared):
        yield _year(after[1][equal[0]], before[0], len(equal), len(shared))
        return
    for at in (1, 2):
        for name in dict.fromkeys(key[at] for key in equal):
            line, same = ([key for key in keys if key[at] == name] for keys in (shared, equal))
            if name is not None and len(same) >= cells and len(same) == len(line):
                yield _line([after[1][key] for key in same], before[0], str(name), at)


def _same_lines(rows: Iterable[Row], line: str, column: str, digits: int, cells: int) -> Iterator[Finding]:
    lines: dict[str, dict[Key, Row]] = {}
    for row in rows:
        key = (row["indicator"], row["carrier"], row["unit"]) if column == "indicator" else (row["carrier"],)
        lines.setdefault(str(row[line]), {})[key] = row
    for first, second in _alike(lines, digits):
        if line == "flow" and not _apart(first, second):
            continue
        shared = [key for key in lines[first] if key in lines[second] and count_digits(lines[first][key]["value"]) >= digits]
        equal = [key for key in shared if lines[first][key]["value"] == lines[second][key]["value"]]
        if len(equal) >= cells and len(equal) == len(shared):
            yield _row(line, first, second, [lines[second][key] for key in equal], lines[first][equal[0]])


def _alike(lines: Mapping[str, Mapping[Key, Row]], digits: int) -> list[tuple[str, str]]:
    """Pairs of lines that have a figure in common, in the order of the lines; of many that share one, neighbours."""
    places = {name: at for at, name in enumerate(lines)}
    holders: dict[tuple[Key, Any], list[str]] = {}
    for name, held in lines.items():
        for key, row in held.items():
            if count_digits(row["value"]) >= digits:
                holders.setdefault((key, row["value"]), []).append(name)
    pairs = {
        (first, second)
        for names in holders.values()
        for at, second in enumerate(names)
        for first in names[max(0, at - NEIGHBOURS) : at]
    }
    return sorted(pairs, key=lambda pair: (places[pair[0]], places[pair[1]]))


def _apart(first: str, second: str) -> bool:
    """Whether two rows of a balance say different things: two parts, neither of which holds the other."""
    roles = {flows()[name].role for name in (first, second)}
    nested = first.startswith(f"{second}.") or second.startswith(f"{first}.")
    return roles == {"part"} and not nested


def _year(row: Row, before: int, equal: int, shared: int) -> Finding:
    says = (
        f"{row['period']} 年的 {shared} 个数中有 {equal} 个与 {before} 年完全相同，疑整年抄录",
        f"{equal} of {shared} figures of {row['period']} are those of {before}: the year seems copied",
    )
    return find("audit.copied_year", row, "error", says, ("换成当年的数后重报", "deliver the figures of the year"))


def _line(rows: list[Row], before: int, name: str, at: int) -> Finding:
    label = (flows()[name].label if name in flows() else Label(name, name)) if at == 1 else _carrier(name)
    listed = ", ".join(plain(row["value"]) for row in rows[:6])
    says = (
        f"{rows[0]['period']} 年“{label.zh}”的 {len(rows)} 个数与 {before} 年完全相同（{listed}），疑为抄录",
        f"all {len(rows)} figures of {label.en} of {rows[0]['period']} are those of {before} ({listed}): perhaps copied",
    )
    return find(
        "audit.copied_line", rows[0], "warning", says, ("确认是当年的数", "make sure they are of the year"), covers=rows
    )


def _row(line: str, first: str, second: str, rows: list[Row], other: Row) -> Finding:
    names = [flows()[name].label if line == "flow" else Label(name, name) for name in (first, second)]
    listed = ", ".join(plain(row["value"]) for row in rows[:6])
    says = (
        f"“{names[1].zh}”的 {len(rows)} 个数与“{names[0].zh}”（{place_in(other)} 起）完全相同（{listed}），疑为抄录",
        f"all {len(rows)} figures of {names[1].en} are those of {names[0].en} (from {place_in(other)}; {listed}): copied?",
    )
    return find(
        "audit.copied_row", rows[0], "warning", says, ("核对两行的原始资料", "check the originals of both"), covers=rows
    )


def _carrier(name: str) -> Label:
    return carriers()[name].label if name in carriers() else Label(name, name)
