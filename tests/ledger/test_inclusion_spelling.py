"""One person and one ticket under many spellings are one; what earlier versions kept is found again."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import ConflictError, LookupFailure
from dafeng.ledger.inclusion import spelling
from dafeng.ledger.inclusion.bundles import prove_event
from dafeng.ledger.inclusion.identities import hash_key
from dafeng.ledger.inclusion.intake import take
from dafeng.ledger.inclusion.reversal import reverse_event
from dafeng.ledger.inclusion.rewards import inclusion_balance
from dafeng.ledger.inclusion.spelling import list_identities, spell_evidence, spell_identity
from tests.ledger.inclusion import SECRET, event, join, programme, rules

PHONE = "13900000001"
PHONES = (
    PHONE, "+8613900000001", "+86 139-0000-0001", "139.0000.0001", "008613900000001", "8613900000001", "013900000001",
    "１３９０００００００１", "١٣٩٠٠٠٠٠٠٠١", "139\u200b0000\u20600001", "(139) 0000 0001", "139/0000/0001", "139\ufe0f00000001",
)  # fmt: skip
TICKETS = ("TK-1", "tk-1", "TK1", "ｔｋ－１", "TK\u200b-1", "tk_1", "TK.1", " TK 1 ", "TK-١", "TK①", "ᵀᴷ₁")


@pytest.mark.parametrize("typed", PHONES)
def test_a_telephone_number_has_one_spelling(typed):
    assert spell_identity(typed) == PHONE


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("11010519491231002x", "11010519491231002x"),
        ("110105 19491231 002X", "11010519491231002x"),
        ("11010519491231002×", "11010519491231002x"),
        ("110105491231002", "11010519491231002x"),  # of fifteen digits, as issued until 1999
        ("110105491331002", "110105491331002"),  # no thirteenth month: no card
        ("鲁A·1O345", "鲁a10345"),
        ("鲁Ａ12345", "鲁a12345"),
        ("鲁A-D12345", "鲁ad12345"),
        ("CARD 9", "card9"),
        ("card.9", "card9"),
        ("Jia.Yi@Example.com", "jia.yi@example.com"),
        ("jia-yi@example.com", "jia-yi@example.com"),
        ("+85290000001", "85290000001"),  # not of this country: nothing is guessed
        ("张三", "张三"),
        ("—", ""),
    ],
)
def test_other_identities_have_one_spelling_each(typed, spelt):
    assert spell_identity(typed) == spelt


def test_letters_of_other_scripts_that_look_alike_stay_different():
    """As the documentation says of its limits: NFKC resolves forms of a letter, not likenesses of two."""
    assert len({spell_evidence(one) for one in ("TK1", "\u0422\u041a1", "\u03a4\u039a1")}) == 3


@given(st.text(max_size=20))
def test_spelling_twice_changes_nothing(text):
    assert spell_identity(spell_identity(text)) == spell_identity(text)
    assert spell_evidence(spell_evidence(text)) == spell_evidence(text)


@pytest.mark.parametrize("typed", TICKETS)
def test_a_ticket_has_one_spelling(typed):
    assert spell_evidence(typed) == "tk1"


def test_one_person_has_one_account_and_one_trip(tmp_path):
    with programme(tmp_path) as own:
        assert len({join(own, one) for one in PHONES}) == 1
        assert len({own.identities.find(one) for one in PHONES}) == 1
        typed = [one.strip() for one in TICKETS if one.isprintable()]
        people = [one for one in PHONES if one.isprintable()]
        trips = [event(person, one, minute=480 + 30 * at) for at, (person, one) in enumerate(zip(people, typed, strict=False))]
        tally = take(own, trips[:1])
        assert (tally.taken, len(trips)) == (1, 10)
        assert rules(take(own, trips[1:]).findings) == ["inclusion.claimed"] * (len(trips) - 1)


def test_two_persons_do_not_claim_one_ticket_by_its_spelling(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        join(own, "b")
        assert take(own, [event("a", "TK-1")]).taken == 1
        assert rules(take(own, [event("b", "tk1")]).findings) == ["inclusion.claimed"]


@pytest.mark.parametrize("kept", ["+8613900000001", "008613900000001", "139.0000.0001", "8613900000001"])
def test_a_person_whom_an_earlier_version_kept_is_found(tmp_path, kept):
    with programme(tmp_path) as own:
        person = join(own, "card-9")
        own.identities._rows.run("UPDATE identity SET key = ?", hash_key(SECRET, "identity", kept))
        assert (own.identities.find(kept), own.identities.find(PHONE)) == (person, person)
        assert own.identities.members([PHONE], purpose=own.policy.purpose)[PHONE].person == person
        assert join(own, PHONE) == person
        assert own.identities.join_many([PHONE, kept], kind="person", purpose="p", version="1", now=0) == []
        with pytest.raises(LookupFailure):
            own.identities.find("13900000002")


def test_two_whom_an_earlier_version_kept_apart_are_told_apart_until_one_is_erased(tmp_path):
    with programme(tmp_path) as own:
        one, other = join(own, "x"), join(own, "y")
        for person, kept in ((one, PHONE), (other, "+86" + PHONE)):
            own.identities._rows.run("UPDATE identity SET key = ? WHERE person = ?", hash_key(SECRET, "identity", kept), person)
        assert [own.identities.find(text) for text in (PHONE, "+86" + PHONE)] == [one, other]
        with pytest.raises(ConflictError):
            join(own, PHONE)
        own.identities.erase(other)
        assert join(own, "+86" + PHONE) == one


def test_a_ticket_that_an_earlier_version_kept_stays_used(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        join(own, "b")
        assert take(own, [event("a", "tk1")]).taken == 1
        kept = own.hash("evidence", "movement\nTK-1")
        own.rows.run("UPDATE event SET key = ?", kept)
        assert take(own, [event("a", "TK-1")]).again == 1
        assert rules(take(own, [event("b", "tk-1", minute=700)]).findings) == ["inclusion.claimed"]
        assert own.kept_key("metro", "TK-1") == kept


def test_an_event_is_proved_and_taken_back_by_any_spelling(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        take(own, [event("a", "TK-1")])
        with pytest.raises(Exception, match="certified"):
            prove_event(own, "metro", "tk1")
        assert reverse_event(own, "metro", "tk 1", reason="wrong") == (515, 515)
        assert inclusion_balance(own, "a")["grams"] == 0


def test_the_spellings_that_are_looked_up_hold_the_one_of_now():
    assert spell_identity(PHONES[1]) in list_identities(PHONES[1])
    assert list_identities("—") == ("—",)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_gives_what_the_long_one_does(text: str) -> None:
    assert spelling._strip(text) == "".join(sign for sign in text if unicodedata.category(sign)[0] in "LMN")
