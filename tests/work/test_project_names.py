"""Names of credit projects: nothing comes in under one, none is given twice, what bears one wrongly is told and not counted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from dafeng.core.errors import ConflictError, SettingError
from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.intake import take as take_events
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import OpenAccount, Reverse, Transfer
from dafeng.work.ask_credits import retire_credits
from dafeng.work.city import City, init, open_city
from dafeng.work.credits import enter_project, open_credit_account, read_credits, take
from dafeng.work.inclusion import join_inclusion, open_inclusion
from dafeng.work.project_register import public_projects
from dafeng.work.project_steps import find_project, read_project_blocks, read_projects_of
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.right_proof import audit_books
from dafeng.work.rights import Rights
from tests.ledger.inclusion import START, Clock, event
from tests.work.test_credits import FILE, STEPS, YEAR

OWN = "ccer.风电公司"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a city with 1 000 units of wind-1, of which 100 were exported."""
    folder = tmp_path_factory.mktemp("names")
    city = init(folder / "city", place="370600")
    enter(city, folder, "wind-1")
    for step, who, day, values in STEPS:
        told = {**values, "quantity": 1000} if "quantity" in values else values
        take(city, "wind-1", step, who=who, day=day, values=told)
    take(city, "wind-1", "issue", who="登记机构", day="2024-07-01", values=YEAR)
    submit(city, Transfer("out", "export", OWN, "ccer.external", 100, "2024-07-02"))
    return city.folder


@pytest.fixture
def city(made: Path, tmp_path: Path) -> City:
    copytree(made, tmp_path / "city")
    return open_city(tmp_path / "city")


def enter(city: City, folder: Path, name: str, *, scheme: str = "ccer", method: str = "offshore_wind") -> Any:
    text = FILE.replace("wind-1", name).replace("scheme: ccer", f"scheme: {scheme}").replace("offshore_wind", method)
    path = folder / "entered.yaml"
    path.write_text(text if scheme == "ccer" else text[: text.index("facts:")], encoding="utf-8")
    return enter_project(city, path, who="风电公司", day="2024-01-02")


def submit(city: City, *requests: Any) -> None:
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([[one] for one in requests])
    assert all(hasattr(one[0], "seq") for one in said), said


def receive(name: str, quantity: int = 500, **more: str) -> Transfer:
    told = {"giver": "ccer.external", "taker": OWN, "vintage": "2023", **more}
    return Transfer(
        "rc", "receive", told["giver"], told["taker"], quantity, "2024-08-01", vintage=told["vintage"], project=name
    )


def audited(city: City) -> list[str]:
    with Rights(city) as rights:
        return [one.says.en for one in audit_books(rights)]


def issued(city: City) -> list[tuple[Any, int, int]]:
    """Units of each project, and what the public is told was issued and retired."""
    units = {name: sum(own.values()) for name, own in read_credits(city).units.items()}
    with Rights(city) as rights:
        told = public_projects(rights)["ccer"]
    return [(units.get(one["id"], 0), one["issued"], one["retired"]) for one in told]


@pytest.mark.parametrize("name", ["wind-1", "Wind-1", "ｗｉｎｄ-1"])
def test_nothing_comes_in_under_the_name_of_a_project_of_this_register(city: City, name: str) -> None:
    with Rights(city) as rights:
        with pytest.raises(ConflictError, match=r"does not come in from 'ccer\.external'"):
            place_order(rights, receive(name), who="甲")
        assert place_order(rights, receive("elsewhere-9"), who="甲").state == "waiting"
        assert decide_order(rights, "rc", accept=True, who="乙").state == "booked"
    assert (issued(city), audited(city)) == ([(1000, 1000, 0)], [])


def test_an_order_that_waited_is_refused_once_the_project_is_there(city: City, tmp_path: Path) -> None:
    with Rights(city) as rights:
        assert place_order(rights, receive("wind-7"), who="甲").state == "waiting"
    enter(city, tmp_path, "wind-7")
    with Rights(city) as rights, pytest.raises(ConflictError, match="wind-7"):
        decide_order(rights, "rc", accept=True, who="乙")


def test_what_was_exported_comes_back_with_its_numbers(city: City) -> None:
    assert read_credits(city).units["wind-1"] == {"external": 100, "organisation": 900}
    with Rights(city) as rights:
        place_order(rights, Reverse("home", "out", "2024-08-01", "not sold"), who="甲")
        assert decide_order(rights, "home", accept=True, who="乙").state == "booked"
    assert (read_credits(city).units["wind-1"], issued(city)) == ({"organisation": 1000}, [(1000, 1000, 0)])


def test_units_that_bear_a_name_wrongly_do_not_count_and_are_told(city: City, tmp_path: Path) -> None:
    enter(city, tmp_path, "wind-2")
    submit(city, receive("wind-1"), receive("wind-2", 50)._replace(id="rc2"))
    assert issued(city) == [(1000, 1000, 0), (0, 0, 0)]
    assert audited(city) == [
        "500 units bear the mark of project wind-1 and were not issued by the register",
        "50 units bear the mark of project wind-2 and were not issued by the register",
    ]
    with Rights(city) as rights:
        found = read_projects_of(rights)
        blocks = [read_project_blocks(rights, find_project(found, number)) for number in (1, 2)]
    assert [[(one.first, one.last) for one in own] for own in blocks] == [[(1, 100), (101, 1000)], []]
    told = {"holder": "风电公司", "beneficiary": "甲", "reason": "中和", "day": "2024-09-01", "who": "甲"}
    with pytest.raises(SettingError, match="900 t of wind-1 free"):
        retire_credits(city, "wind-1", 901, id="r1", **told)
    with pytest.raises(SettingError, match="0 t of wind-2 free"):
        retire_credits(city, "wind-2", 1, id="r1", **told)


def test_no_project_is_entered_under_a_name_that_units_of_its_book_bear(city: City, tmp_path: Path) -> None:
    submit(city, receive("wind-7"))
    with pytest.raises(SettingError, match="mark_taken"):
        enter(city, tmp_path, "WIND-7")
    assert enter(city, tmp_path, "wind-7", scheme="blue", method="coastal_wetland").step.step == "enter"  # another book
    assert audited(city) == []


def test_units_of_another_book_under_the_same_name_are_not_counted(city: City, tmp_path: Path) -> None:
    enter(city, tmp_path, "reed-1", scheme="blue", method="coastal_wetland")
    submit(city, receive("reed-1"))
    assert ("reed-1" in read_credits(city).units, audited(city)) == (False, [])


# --- bundles of carbon inclusion -------------------------------------------------------------------------------------------


def certify(city: City, name: str, *, issue: bool = True) -> Any:
    clock = Clock(int((START - timedelta(days=9)).timestamp()))
    with open_inclusion(city, clock=clock) as own:
        join_inclusion(own, "13800000001", consent=True)
        clock.now = int((START + timedelta(days=2)).timestamp())
        take_events(own, [event("13800000001", f"{name}-{n}", minute=60 * n) for n in range(6)])
        if issue:
            return aggregate_reductions(own, name, before="2026-03-02")
        with own.rows.transaction():
            own.rows.run("INSERT INTO bundle VALUES (?, 1, '', 0, 0, 0, 1, '', 0)", name)
    return None


@pytest.fixture
def plain(tmp_path: Path) -> City:
    return init(tmp_path / "plain", place="370600")


@pytest.mark.parametrize("name", ["apple-1", "Apple-1"])
@pytest.mark.parametrize("booked", [True, False], ids=["issued", "begun"])
def test_no_project_is_entered_under_the_name_of_a_bundle(plain: City, tmp_path: Path, name: str, *, booked: bool) -> None:
    certify(plain, "apple-1", issue=booked)
    with pytest.raises(SettingError, match="mark_taken"):
        enter(plain, tmp_path, name, scheme="inclusion", method="apple_orchard")
    assert enter(plain, tmp_path, "apple-2", scheme="inclusion", method="apple_orchard").step.project == "apple-2"


def test_no_bundle_is_made_under_the_name_of_a_project(plain: City, tmp_path: Path) -> None:
    enter(plain, tmp_path, "apple-1", scheme="inclusion", method="apple_orchard")
    with pytest.raises(ConflictError, match="the id of a credit project"):
        certify(plain, "Apple-1")
    assert certify(plain, "apple-2").done == 1


def test_no_bundle_is_made_under_a_name_that_units_of_the_book_bear(plain: City) -> None:
    account = open_credit_account(plain, "inclusion", "甲")
    certify(plain, "first")
    there = OpenAccount("ext", "elsewhere", "inclusion_credit", "external", ("other",), registry="other")
    submit(plain, there, receive("far", giver="elsewhere", taker=account))
    with pytest.raises(ConflictError, match="bear it"):
        certify(plain, "far")
    with Rights(plain) as rights, pytest.raises(ConflictError, match="'first' is a project"):
        place_order(rights, receive("first", giver="elsewhere", taker=account)._replace(id="rc2"), who="甲")
