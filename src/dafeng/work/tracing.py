"""The explanation graph while it is being made.

Invariant: an address is given once; a second, different trace under the same address is a defect and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from dafeng.core.errors import AddressError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace

_FIELDS = tuple(one.name for one in fields(Trace))
_NESTED = ("says", "anchor", "cell", "note")


class TraceBook:
    """Traces of one run by address.

    Parameters
    ----------
    traces : iterable of Trace
        Traces to start with.

    Raises
    ------
    AddressError
        If two different traces have one address.
    """

    def __init__(self, traces: Iterable[Trace] = ()) -> None:
        self._kept: dict[str, Trace] = {}
        self.extend(traces)

    def __iter__(self) -> Iterator[Trace]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, address: str) -> bool:
        return address in self._kept

    def add(self, trace: Trace) -> str:
        """Keep a trace.

        Parameters
        ----------
        trace : Trace
            The trace.

        Returns
        -------
        str
            Its address, for use as an input of others.

        Raises
        ------
        AddressError
            If another trace stands there already.
        """
        known = self._kept.get(trace.address)
        if known is not None and known != trace:
            raise AddressError(
                Label(f"地址“{trace.address}”已被占用", f"address '{trace.address}' is taken"),
                where=trace.address,
                expected=Label("一个地址对应一个数", "one number per address"),
                remedy=Label("为这个数另取地址", "give this number an address of its own"),
            )
        self._kept[trace.address] = trace
        return trace.address

    def extend(self, traces: Iterable[Trace]) -> None:
        """Keep many traces.

        Parameters
        ----------
        traces : iterable of Trace
            The traces.

        Raises
        ------
        AddressError
            As for ``add``.
        """
        for trace in traces:
            self.add(trace)

    def get(self, address: str) -> Trace:
        """Trace at an address.

        Parameters
        ----------
        address : str
            ``table/row``.

        Returns
        -------
        Trace
            The trace.

        Raises
        ------
        AddressError
            If nothing stands there.
        """
        if address not in self._kept:
            raise AddressError(
                Label(f"没有地址“{address}”", f"no address '{address}'"),
                where=address,
                expected=Label("本次运行中的地址", "an address of this run"),
                remedy=Label("用 dafeng explain 加关键词查找地址", "look it up with dafeng explain and a word"),
            )
        return self._kept[address]


def number_text(value: float | int | Decimal) -> str:
    """A number as decimal text, as stored in a trace.

    Parameters
    ----------
    value : float, int or Decimal
        The number.

    Returns
    -------
    str
        Decimals exactly; floats with twelve significant digits.
    """
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value == value.to_integral() else format(value, "f")
    return f"{value:.12g}"


def trace_document(trace: Trace) -> dict[str, Any]:
    """A trace as a JSON-able mapping.

    Parameters
    ----------
    trace : Trace
        The trace.

    Returns
    -------
    dict
        All fields; labels as ``{"zh", "en"}``, inputs as a list.
    """
    document = {name: getattr(trace, name) for name in _FIELDS}
    document |= {name: asdict(document[name]) for name in _NESTED if document[name] is not None}
    document["inputs"] = list(trace.inputs)
    return document
