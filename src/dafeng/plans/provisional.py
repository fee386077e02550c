"""Indicators of a plan that the catalogue does not know: kept under their own names, told, and never forced onto another.

Invariant: the same name with a unit of the same dimension gives the same id in every document; the lines a finding proposes
are a file that the catalogue reads, and with them the name is matched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import unit as read_unit
from dafeng.library.naming import FALL, POINT, RISE, asked_names, folded
from dafeng.plans.matching import Matcher, Near, find_change, near_target, own_name
from dafeng.plans.plan import ProvisionalIndicator, ProvisionalKind, Target

MOST = 200
"""Most findings of this kind."""
PREFIX = "provisional_"
COUNTED = (("item", 1), ("vehicle", 1), ("household", 1))


def find_provisional(
    targets: Sequence[Target], catalogue: Matcher | None, *, place: str | None = None
) -> tuple[ProvisionalIndicator, ...]:
    """Provisional indicators of the targets that have none of the catalogue.

    Parameters
    ----------
    targets : sequence of Target
        Targets of a plan.
    catalogue : Matcher or None
        The catalogue they were matched to; without one nothing is provisional.
    place : str, optional
        Administrative code of the plan's place.

    Returns
    -------
    tuple of ProvisionalIndicator
        In the order of the document.
    """
    if catalogue is None:
        return ()
    groups: dict[str, list[Target]] = {}
    for target in targets:
        if target.indicator_id is None:
            groups.setdefault(provisional_id(target, place=place), []).append(target)
    return tuple(_provisional(name, group, catalogue, place) for name, group in groups.items())


def doubt_indicators(
    document: str, targets: Sequence[Target], catalogue: Matcher | None, *, place: str | None = None
) -> Iterator[Finding]:
    """Findings on targets whose indicator is unknown.

    Parameters
    ----------
    document : str
        File name.
    targets : sequence of Target
        Targets of the plan.
    catalogue : Matcher or None
        The catalogue they were matched to.
    place : str, optional
        Administrative code of the plan's place.

    Yields
    ------
    Finding
        At most two hundred ``plan.unknown_indicator``, each with the lines that would define the indicator.
    """
    if catalogue is None:
        return
    for target in islice((one for one in targets if one.indicator_id is None), MOST):
        yield _unknown(document, target, near_target(target, catalogue, place=place), place)


def provisional_id(target: Target, *, place: str | None = None) -> str:
    """Id of the indicator of a target that the catalogue does not know.

    Parameters
    ----------
    target : Target
        The target.
    place : str, optional
        Administrative code of the plan's place.

    Returns
    -------
    str
        ``provisional_`` and eight hexadecimal digits, the same for names that say the same.
    """
    said = f"{folded(_said(target, place))}|{_dimension(target.unit)}|{target.counting or ''}"
    return PREFIX + hashlib.sha256(said.encode()).hexdigest()[:8]


def _said(target: Target, place: str | None) -> str:
    """Name with what the sentence adds: 新增, 下降率; a change in percentage points is no rate."""
    said = asked_names(own_name(target, place), target.counting, find_change(target))[0][0]
    for ending, moved in ((RISE, "提高幅度"), (FALL, "下降幅度")):
        if target.unit.endswith(POINT) and said.endswith(ending):
            return said.removesuffix(ending) + moved
    return said


def _dimension(text: str) -> str:
    try:
        return str(read_unit(text or "1").dimensions)
    except UnitError:
        return text


def _provisional(name: str, group: Sequence[Target], catalogue: Matcher, place: str | None) -> ProvisionalIndicator:
    first = group[0]
    said = _said(first, place)
    near = tuple(one.indicator.id for one in near_target(first, catalogue, place=place))
    return ProvisionalIndicator(name, Label(said, said), first.unit, _kind(first.unit), tuple(one.id for one in group), near)


def _kind(text: str) -> ProvisionalKind | None:
    """Shares and quotients are ratios, items are counts; nothing else is told by a unit."""
    try:
        dimensions = read_unit(text or "1").dimensions
    except UnitError:
        return None
    if not dimensions or "/" in text.removesuffix("/年"):
        return "ratio"
    return "count" if dimensions[0] in COUNTED and len(dimensions) == 1 else None


def _unknown(document: str, target: Target, near: Sequence[Near], place: str | None) -> Finding:
    told = "；".join(f"{one.indicator.label.zh}（{one.reason.zh}）" for one in near)
    said = "; ".join(f"{one.indicator.label.en} ({one.reason.en})" for one in near)
    name, unit = _said(target, place), target.unit or "1"
    says = Label(
        f"{target.id}：指标目录中没有“{name}”（{unit}）；相近而未采用：{told or '无'}",
        f"{target.id}: no indicator answers to '{name}' ({unit}); near, not taken: {said or 'none'}",
    )
    at = f"{document}:{target.figure[0]}-{target.figure[1]}"
    return Finding("plan.unknown_indicator", at, "info", says, _remedy(target, near, place))


def _remedy(target: Target, near: Sequence[Near], place: str | None) -> Label:
    unit = target.unit
    if unit and _dimension(unit) == unit:
        return Label(f"单位“{unit}”不在单位表中，核对读数", f"the unit '{unit}' is unknown: check the reading")
    lines = _lines(target, near, place)
    return Label(
        "核对 kind、direction 后，把以下各行写入城市 data/indicators/ 下的一个 .yaml 文件；只是别名时改写 synonyms 一行：\n"
        + lines,
        "check kind and direction and write these lines into a .yaml file in the city's data/indicators/; where it is only "
        "another name, write the line with synonyms instead:\n" + lines,
    )


def _lines(target: Target, near: Sequence[Near], place: str | None) -> str:
    said = json.dumps(_said(target, place), ensure_ascii=False)
    falls = target.comparator in ("<=", "<")
    row = (
        f"{{id: {provisional_id(target, place=place)}, field: city, label: {{zh: {said}, en: {said}}}, "
        f"unit: {json.dumps(target.unit or '1', ensure_ascii=False)}, kind: {_kind(target.unit) or 'flow'}, "
        f"direction: {'decrease' if falls else 'increase'}, synonyms: []"
        + (f", counting: {target.counting}" if target.counting in ("built_and_under_construction", "new") else "")
        + "}"
    )
    own = ["id: own", "source: plan", "indicators:", f"  - {row}"]
    other = [f"# synonyms: [{{indicator: {one.indicator.id}, names: [{said}]}}]" for one in near if one.fitting][:1]
    return "\n".join((*own, *other))
