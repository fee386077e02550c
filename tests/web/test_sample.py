"""The invented city keeps the contract that the pages are built against."""

from __future__ import annotations

from dafeng.web.explain import addresses
from tests.web.sample import traces, view
from tests.web.shape import differences, loose_addresses


def test_the_sample_has_the_shape_of_the_contract() -> None:
    assert list(differences(view())) == []


def test_the_check_of_the_shape_can_fail() -> None:
    broken = view() | {"year": "2025", "counts": {}, "goals": None}
    assert len(list(differences(broken))) == 1 + 6 + 1


def test_only_the_planted_address_leads_nowhere() -> None:
    assert loose_addresses(view(), traces(), addresses(view())) == ["facts/gone"]
