"""Signed messages: only the right key, the right body and the right time pass."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import AccessError, FileRefused
from dafeng.core.findings import Finding
from dafeng.ledger.inclusion.webhook import LARGEST, MOST, WINDOW_S, Key, read_message, sign, verify

NOW = 1_772_000_000
OLD, NEW = Key("old", "o" * 32, 0, NOW + 10), Key("new", "n" * 40, NOW - 10)
BODY = b'{"events": []}'


def test_while_keys_are_changed_both_are_valid_and_then_one():
    for key in (OLD, NEW):
        assert verify(BODY, sign(BODY, key, NOW), (OLD, NEW), now=NOW) == key.id
    later = NOW + 20
    assert verify(BODY, sign(BODY, NEW, later), (OLD, NEW), now=later) == "new"
    with pytest.raises(AccessError):
        verify(BODY, sign(BODY, OLD, later), (OLD, NEW), now=later)
    with pytest.raises(AccessError):
        verify(BODY, sign(BODY, NEW, NOW - 20), (OLD, NEW), now=NOW - 20)


@pytest.mark.parametrize(
    ("shift", "passes"), [(0, True), (WINDOW_S, True), (-WINDOW_S, True), (WINDOW_S + 1, False), (-WINDOW_S - 1, False)]
)
def test_a_message_is_good_within_the_window_only(shift, passes):
    header = sign(BODY, NEW, NOW + 1000 + shift)
    if passes:
        assert verify(BODY, header, (NEW,), now=NOW + 1000) == "new"
    else:
        with pytest.raises(AccessError):
            verify(BODY, header, (NEW,), now=NOW + 1000)


@pytest.mark.parametrize(
    "header", ["", "t=,k=,s=", "t=x,k=new,s=00", "t=-1,k=new,s=", "t=9999999999999,k=new,s=", "a,b,c", "s=é,t=1,k=new"]
)
def test_a_malformed_signature_is_refused(header):
    with pytest.raises(AccessError):
        verify(BODY, header, (NEW,), now=NOW)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_of_which_one_byte_was_changed_is_refused(at, by):
    changed = bytearray(BODY)
    changed[at] ^= by
    with pytest.raises(AccessError):
        verify(bytes(changed), sign(BODY, NEW, NOW), (NEW,), now=NOW)


def test_the_instant_and_the_name_of_the_key_are_signed_for():
    header = sign(BODY, NEW, NOW)
    for other in (header.replace(str(NOW), str(NOW + 1)), header.replace("k=new", "k=old"), header[:-1]):
        with pytest.raises(AccessError):
            verify(BODY, other, (OLD, NEW), now=NOW)


def test_a_short_secret_and_a_long_body_are_refused():
    weak = Key("weak", "short")
    with pytest.raises(AccessError):
        verify(BODY, sign(BODY, weak, NOW), (weak,), now=NOW)
    body = b"x" * (LARGEST + 1)
    with pytest.raises(AccessError):
        verify(body, sign(body, NEW, NOW), (NEW,), now=NOW)


def test_a_message_holds_events_like_rows_of_a_file():
    row = {"scene": "metro", "person": "a", "evidence": "t", "started": "2026-03-01T08:00", "ended": "2026-03-01T08:20"}
    good, bad = row | {"amount": 1.5, "place": 370600}, row | {"amount": True, "place": "370600"}
    one, two = read_message(json.dumps({"events": [good, bad]}).encode())
    assert not isinstance(one, Finding)
    assert (str(one.amount), one.place) == ("1.5", "370600")
    assert isinstance(two, Finding)
    assert two.at == "message!2"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"events": 1}',
        b'{"events": [1]}',
        b"\xff",
        b"[" * 100_000,
        json.dumps({"events": [{}] * (MOST + 1)}).encode(),
    ],
)
def test_a_message_of_something_else_is_refused(body):
    with pytest.raises(FileRefused):
        read_message(body)
