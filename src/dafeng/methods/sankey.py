"""Where the energy of a balance comes from and goes to: nodes and links in coal equivalents by heat content.

Invariant: at every node what comes in goes out, to the last digit; what the printed figures leave open is a link of its
own and a finding, never spread over the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.balances import carriers, flows, parts_of
from dafeng.methods.energy_balance import TCE, Balance, Cell
from dafeng.methods.explanation import plain

UNIT = "万吨标准煤"
"""Unit of the links."""
TOLERANCE = Decimal("0.1")
"""What the links of a node may leave open before it is a finding: rounding of the printed tables. [UNIT]"""
CONVERSION_LOSS, UNEXPLAINED, DIFFERENCE = "conversion_loss", "unexplained", "difference"
LABELS: Mapping[str, Label] = {
    CONVERSION_LOSS: Label("加工转换损失", "lost in transformation"),
    UNEXPLAINED: Label("未闭合部分", "left open"),
    DIFFERENCE: Label("平衡差额", "statistical difference"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """Energy from one node to another.

    Parameters
    ----------
    source, target : str
        Nodes.
    value : Decimal
        Amount, above zero. [UNIT]
    cells : tuple of str
        Ids of the cells it is made of; none for what closes a node.
    """

    source: str
    target: str
    value: Decimal
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sankey:
    """The energy flows of one balance.

    Parameters
    ----------
    nodes : mapping of str to Label
        Name of each node by its id.
    links : tuple of Link
        Links, without a way back to where one started.
    circulating : Decimal
        Energy that went in circles and was taken out. [UNIT]
    findings : tuple of Finding
        Nodes that the printed figures leave open.
    """

    nodes: Mapping[str, Label]
    links: tuple[Link, ...]
    circulating: Decimal
    findings: tuple[Finding, ...]

    def surplus(self, node: str) -> Decimal:
        """What comes into a node and does not leave it.

        Parameters
        ----------
        node : str
            Node.

        Returns
        -------
        Decimal
            Zero for every node between the first and the last. [UNIT]
        """
        into = sum((link.value for link in self.links if link.target == node), Decimal(0))
        return into - sum((link.value for link in self.links if link.source == node), Decimal(0))


def draw_sankey(balance: Balance) -> Sankey:
    """Energy flows of a balance.

    Parameters
    ----------
    balance : Balance
        The balance; cells without a coefficient are left out, as its findings say.

    Returns
    -------
    Sankey
        Conserved at every node.
    """
    links = [link for carrier in balance.columns if carrier.kind != "total" for link in _column(balance, carrier.id)]
    inner = {f"carrier.{carrier.id}" for carrier in balance.columns} | set(parts_of("transformation"))
    links, circulating = _unwound(links)
    closing, findings = _closed(links, inner, balance.year)
    every = (*links, *closing)
    used = dict.fromkeys(node for link in every for node in (link.source, link.target))
    return Sankey({node: _name(node) for node in used}, every, circulating, tuple(findings))


def _column(balance: Balance, carrier: str) -> Iterator[Link]:
    node = f"carrier.{carrier}"
    for section, sign in (("available", 1), ("transformation", 1), ("loss", -1), ("final", -1)):
        for cell in balance.pick(section, carrier):
            yield from _link(cell, node, cell.flow, sign)
    if (DIFFERENCE, carrier) in balance.cells:
        yield from _link(balance.cells[DIFFERENCE, carrier], node, DIFFERENCE, -1)


def _link(cell: Cell, node: str, other: str, sign: int) -> Iterator[Link]:
    """A figure that adds to its column comes from its row, one that takes from it goes there."""
    if not cell.calorific:
        return
    value = sign * convert(cell.calorific, TCE, UNIT)
    ends = (other, node) if value > 0 else (node, other)
    apart = f"{ends[1]}.out" if value < 0 and other.startswith("available.stock") else ends[1]
    apart = f"{apart}.out" if value < 0 and other == DIFFERENCE else apart
    yield Link(ends[0], apart, abs(value), (cell.id,))


def _unwound(links: Iterable[Link]) -> tuple[list[Link], Decimal]:
    """Links without circles: around a circle the smallest link is taken from all, which keeps every node balanced."""
    kept, circulating = list(links), Decimal(0)
    while circle := _circle(kept):
        least = min(kept[at].value for at in circle)
        circulating += least
        kept = [replace(one, value=one.value - least) if at in circle else one for at, one in enumerate(kept)]
        kept = [one for one in kept if one.value]
    return kept, circulating


def _circle(links: list[Link]) -> tuple[int, ...]:
    """Positions of the links of one circle; empty where there is none."""
    leaving: dict[str, list[int]] = {}
    for at, link in enumerate(links):
        leaving.setdefault(link.source, []).append(at)
    done: set[str] = set()
    for start in leaving:
        path: list[int] = []
        found = _walk(start, links, leaving, path, (start,), done)
        if found:
            return found
    return ()


def _walk(
    node: str, links: list[Link], leaving: Mapping[str, list[int]], path: list[int], passed: tuple[str, ...], done: set[str]
) -> tuple[int, ...]:
    if node in done:
        return ()
    for at in leaving.get(node, ()):
        target = links[at].target
        if target in passed:
            return tuple((*path, at)[passed.index(target) :])
        found = _walk(target, links, leaving, [*path, at], (*passed, target), done)
        if found:
            return found
    done.add(node)
    return ()


def _closed(links: list[Link], inner: Iterable[str], year: int) -> tuple[list[Link], list[Finding]]:
    closing: list[Link] = []
    findings: list[Finding] = []
    whole = Sankey({}, tuple(links), Decimal(0), ())
    for node in sorted(inner):
        open_ = whole.surplus(node)
        process = not node.startswith("carrier.")
        if not open_:
            continue
        if process and open_ > 0:
            closing.append(Link(node, CONVERSION_LOSS, open_, ()))
            continue
        closing.append(Link(node, f"{UNEXPLAINED}.out", open_, ()) if open_ > 0 else Link(UNEXPLAINED, node, -open_, ()))
        if abs(open_) > TOLERANCE:
            findings.append(_leak(node, open_, year))
    return closing, findings


def _leak(node: str, amount: Decimal, year: int) -> Finding:
    label = _name(node)
    zh = "流入大于流出" if amount > 0 else "流出大于流入"
    en = "takes in more than it gives" if amount > 0 else "gives more than it takes in"
    return Finding(
        "balance.leak",
        f"balances/sankey.{node}.{year}",
        "warning",
        Label(
            f"能流图中“{label.zh}”{zh} {plain(abs(amount))} {UNIT}",
            f"in the energy flows {label.en} {en}: {plain(abs(amount))} {UNIT}",
        ),
        Label(
            "核对该品种各行与平衡差额，或补交投入", "check the rows and the difference of this column, or deliver the inputs"
        ),
    )


def _name(node: str) -> Label:
    bare = node.removesuffix(".out")
    if bare.startswith("carrier."):
        return carriers()[bare.removeprefix("carrier.")].label
    if bare == "available.stock_change":
        return Label("库存增加", "stock build-up") if node != bare else Label("库存减少", "stock draw")
    return LABELS.get(bare) or flows()[bare].label
