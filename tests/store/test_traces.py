"""Traces: read back equal, found one by one."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import AddressError, StoreError
from dafeng.core.labels import Label
from dafeng.core.traces import Anchor, Cell, Trace, TraceKind
from dafeng.store.traces import dangling, read_trace, read_traces, restore, tabulate, write_traces

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(str.strip)
MAYBE = st.none() | WORDS
COUNT = st.integers(0, 10**9)
LABELS = st.builds(Label, WORDS, WORDS)
TRACES = st.builds(
    Trace,
    address=WORDS,
    kind=st.sampled_from(get_args(TraceKind)),
    says=LABELS,
    value=MAYBE,
    unit=MAYBE,
    year=st.none() | st.integers(1900, 2100),
    expression=MAYBE,
    typeset=MAYBE,
    inputs=st.lists(WORDS, max_size=3).map(tuple),
    source=MAYBE,
    grade=MAYBE,
    match=MAYBE,
    anchor=st.none() | st.builds(Anchor, COUNT, COUNT, COUNT, WORDS, st.just("") | WORDS),
    cell=st.none() | st.builds(Cell, WORDS, st.just("") | WORDS, WORDS, WORDS),
    note=st.none() | LABELS,
)


def plain(address, *inputs):
    return Trace(address, "fact", Label("事实", "fact"), inputs=inputs)


@given(st.lists(TRACES, max_size=6, unique_by=lambda trace: trace.address))
def test_traces_come_back_equal_and_sorted(traces):
    back = [restore(row) for row in tabulate(traces).to_pylist()]
    assert back == sorted(traces, key=lambda trace: trace.address)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "traces.parquet"
    path.write_bytes(write_traces(plain(f"facts/{number:05d}") for number in range(5000)))
    return path


@pytest.mark.parametrize("number", [0, 1023, 1024, 1025, 2047, 2048, 4999])
def test_a_trace_is_found_at_the_ends_of_the_groups_of_rows(many, number):
    assert read_trace(many, f"facts/{number:05d}").address == f"facts/{number:05d}"


@pytest.mark.parametrize("address", ["", "a", "facts/", "facts/00000a", "facts/01023a", "facts/05000", "目标/1"])
def test_an_address_between_before_or_after_is_refused(many, address):
    with pytest.raises(AddressError):
        read_trace(many, address)


def test_addresses_in_chinese_are_found(tmp_path):
    path = tmp_path / "traces.parquet"
    path.write_bytes(write_traces(plain(f"目标/{sign}") for sign in "一二三"))
    assert read_trace(path, "目标/二").address == "目标/二"


def test_all_traces_are_read_by_address(many):
    assert list(read_traces(many))[:2] == ["facts/00000", "facts/00001"]


def test_an_address_that_stands_twice_is_refused():
    with pytest.raises(StoreError, match="a/1"):
        tabulate([plain("a/1"), plain("a/2"), plain("a/1")])


def test_inputs_that_lead_nowhere_are_named():
    assert dangling([plain("a/1", "a/2", "b/9"), plain("a/2", "b/8")]) == ("b/8", "b/9")


def test_a_graph_that_can_be_walked_has_no_loose_ends():
    assert dangling([plain("a/1", "a/2"), plain("a/2")]) == ()


@pytest.mark.parametrize("content", [None, b"", b"PAR1 no parquet PAR1"])
def test_a_damaged_file_of_traces_is_refused_by_name(tmp_path, content):
    path = tmp_path / "traces.parquet"
    path.write_bytes(content or b"")
    (path.unlink if content is None else path.exists)()
    with pytest.raises(StoreError, match=r"traces\.parquet"):
        read_trace(path, "a/1")
