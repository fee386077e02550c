"""Places of delivered figures: a code that nobody gave out is no place, and one of another region is told.

Invariant: a figure of an unknown code is left out with its cell; one of a place that is neither the city, its districts, what
they belong to nor a listed neighbour is kept with a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.places import ancestors, children
from dafeng.library.maps import read_tiles
from dafeng.readers.delivery import LISTED, Delivery, build_rows, place_in, remark
from dafeng.work.city import City

PROVINCES = frozenset(
    str(number) for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for number in range(first, last + 1)
)  # fmt: skip
"""First two digits of the codes of provinces (GB/T 2260)."""
Row = Mapping[str, Any]


def check_places(city: City, delivery: Delivery) -> Delivery:
    """A delivery without figures of codes that are no place.

    Parameters
    ----------
    city : City
        The city.
    delivery : Delivery
        What was read.

    Returns
    -------
    Delivery
        With findings ``figure.place_unknown`` (left out) and ``figure.place_foreign`` (kept), each code once.
    """
    own = known_places(city)
    strange: dict[str, list[Row]] = {}
    rows = delivery.rows.to_pylist()
    for row in rows:
        if row["place"] not in own:
            strange.setdefault(str(row["place"]), []).append(row)
    if not strange:
        return delivery
    unknown = {code for code in strange if _is_unknown(city, code)}
    findings = [_unknown(code, told) if code in unknown else _foreign(city, code, told) for code, told in strange.items()]
    kept = build_rows([row for row in rows if row["place"] not in unknown]) if unknown else delivery.rows
    return replace(delivery, rows=kept, findings=(*delivery.findings, *findings))


def known_places(city: City) -> frozenset[str]:
    """Codes of which a city delivers figures.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    frozenset of str
        The city, its districts and zones, what it belongs to, and the places around it that its file lists.
    """
    tiles = (tile.place for tile in read_tiles(city.code, overlay=city.overlay))
    return frozenset((city.code, *city.context, *tiles, *_related(city.code)))


def _related(code: str) -> tuple[str, ...]:
    try:
        return tuple(one.code for one in (*ancestors(code), *children(code, zones=True)))
    except LookupFailure:
        return ()


def _is_unknown(city: City, code: str) -> bool:
    """Whether no place has the code: its province is none, or the city is the one named and has no such district."""
    if code[:4] == city.code[:4]:
        return bool(_related(city.code))
    try:
        ancestors(code)
    except LookupFailure:
        return code[:2] not in PROVINCES
    return False


def _cells(told: list[Row]) -> str:
    return ", ".join(str(row["cell"]) for row in told[:LISTED]) + (" …" if len(told) > LISTED else "")


def _unknown(code: str, told: list[Row]) -> Finding:
    said = (
        f"没有代码为“{code}”的地方，{len(told)} 个数未计入：{_cells(told)}",
        f"no place has the code '{code}'; {len(told)} figures were left out: {_cells(told)}",
    )
    remedy = ("改为六位行政区划代码", "give the administrative code of six digits")
    return remark("figure.place_unknown", place_in(told[0]), "error", *said, remedy=remedy)


def _foreign(city: City, code: str, told: list[Row]) -> Finding:
    said = (
        f"{code} 既不是{city.label.zh}及其区市，也不是其上级或相邻地方；{len(told)} 个数记在该地：{_cells(told)}",
        f"{code} is neither {city.label.en}, one of its districts, what it belongs to nor a listed neighbour; {len(told)} "
        f"figures are kept for that place: {_cells(told)}",
    )
    remedy = ("核对地区代码；相邻地方写入 city.yaml 的 context", "check the code; list neighbours under context in city.yaml")
    return remark("figure.place_foreign", place_in(told[0]), "warning", *said, remedy=remedy)
