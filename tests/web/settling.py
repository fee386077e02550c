"""A city with a compliance period (a company that is short, one that met, one unknown) and two credit projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import Transfer
from dafeng.work.allotments import book_allowances, open_period
from dafeng.work.allowances import allowances
from dafeng.work.city import City
from dafeng.work.credits import open_credit_account, take
from dafeng.work.right_rows import read_accounts
from dafeng.work.rights import Rights
from dafeng.work.settle import surrender

HEAD = "enterprise,unit,year,unit_class,electricity_generated,heat,load_factor,verified,verified_before,forecast"
PLANTS = (
    "甲电厂,1,2023,coal_above_300,1000000,200000,0.6,850000,800000,",  # allowance 864 544, owes 850 000
    "乙电厂,1,2023,coal_to_300,500000,0,0.7,404000,400000,",  # allowance 404 500, owes 404 000
    "丙电厂,1,2023,coal_to_300,500000,0,0.7,,,",  # verified emissions are not known
)
DAY, PERIOD = "2024-06-01", "cea-2023"
FACTS = {
    "construction_start": "2021-05-01",
    "crediting_end": "2031-12-31",
    "crediting_years": 10,
    "required_by_law": False,
    "in_ets": False,
    "other_mechanism": False,
    "coordinate_decimals": 6,
    "grid_connected": True,
}
WIND: Mapping[str, Any] = {"scheme": "ccer", "method": "offshore_wind"}
YEAR = {"start": "2023-01-01", "end": "2023-12-31"}
STEPS: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("publish", "风电公司", "2024-01-10", {}),
    ("validate", "审定机构", "2024-03-01", {}),
    ("register", "登记机构", "2024-03-20", {"applied": "2024-03-05"}),
    ("monitor", "风电公司", "2024-04-01", {**YEAR, "quantity": 646750}),
    ("verify", "核查机构", "2024-06-01", {**YEAR, "quantity": 646000}),
    ("issue", "登记机构", "2024-07-01", YEAR),
)


def fill_compliance(city: City) -> dict[str, str]:
    """甲 lacks 850 000 t, 乙 met, 丙 cannot be judged; project 1 was issued, the depth of project 2 is not known."""
    (city.overlay / "rights").mkdir(parents=True, exist_ok=True)
    plants = city.overlay / "rights" / "plants.csv"
    plants.write_text("\n".join((HEAD, *PLANTS)) + "\n", encoding="utf-8")
    open_period(city, PERIOD, "2023", limit=5_000_000, enterprises=[row.split(",")[0] for row in PLANTS])
    for before in (True, False):
        book_allowances(city, PERIOD, allowances(plants), before=before, day=DAY)
    surrender(city, PERIOD, "2023", "乙电厂", quantity=404_000, credits=0, day=DAY)
    for name, more in (("wind-1", {"distance": "35.5"}), ("wind-2", {"distance": "12"})):
        values = {**WIND, "name": f"海上风电 {name}", "assets": [name], "facts": {**FACTS, **more}}
        take(city, name, "enter", who="风电公司", day="2024-01-02", values=values)
    for step, who, day, values in STEPS:
        take(city, "wind-1", step, who=who, day=day, values=values)
    take(city, "wind-2", "publish", who="风电公司", day="2024-01-10", values={})
    bought = open_credit_account(city, "ccer", "甲电厂")
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Transfer("buy-1", "transfer", "ccer.风电公司", bought, 50_000, "2024-08-01")]])
    return {"compliance.book": book_number(city), "compliance.account": account_of(city, "甲电厂"), "projects.project": "2"}


def book_number(city: City) -> str:
    """Number of the book of the period."""
    with Rights(city) as rights:
        return str(rights.find_book(PERIOD).no)


def account_of(city: City, company: str, book: str = PERIOD) -> str:
    """Number of the account of a company."""
    with Rights(city) as rights:
        number = rights.find_book(book).no
        with rights.reading() as rows:
            return str(read_accounts(rows, book=number, holder=company)[0].no)
