"""An analyst's tour: logs in, hands in an energy balance with five planted errors, sees each at its cell, corrects, takes in.

Invariant: every stop is asserted before it is told; nothing reaches the facts before the analyst says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from tests.web.reviews import PASSWORD

NAME = "energy_balance_2025.csv"


@dataclass(frozen=True, slots=True)
class Slip:
    """One planted error: the cell, what stands there rightly, what was typed, the rule that must find it."""

    cell: str
    right: str
    typed: str
    rule: str


SLIPS = (
    Slip("B9", "-302.4", "-3024", "audit.slip"), Slip("C19", "5.5", "55", "audit.slip"), Slip("D16", "14", "-14", "audit.sign"),
    Slip("F14", "1900", "19000", "audit.slip"), Slip("G6", "5", "50", "audit.slip"),
)  # fmt: skip
"""Coal of power stations without its point, petrol of towns and heat of industry likewise, diesel negative, power bought."""
ROWS = 71
"""Figures of the table."""


def plant(table: str) -> str:
    """The table with the errors in it."""
    rows = [line.split(",") for line in table.splitlines()]
    for slip in SLIPS:
        row, column = int(slip.cell[1:]) - 1, ord(slip.cell[0]) - ord("A")
        if rows[row][column] != slip.right:
            raise ValueError(f"{NAME}!{slip.cell}: {rows[row][column]} where {slip.right} is expected")
        rows[row][column] = slip.typed
    return "\n".join(",".join(row) for row in rows) + "\n"


STOPS = ("login", "upload", "findings", "cell", "correct", "taken")


def analyst(page: Any, base: str, slug: str, table: str, name: str = "张三") -> Iterator[str]:
    """Walk the tour with a table; the name of each stop is told when everything on it is as it must be."""
    home = f"{base}/{slug}/deliver/"
    page.goto(home)
    expect(page).to_have_url(f"{base}/{slug}/login?next=/{slug}/deliver/")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    yield "login"
    page.keyboard.press("Enter")
    expect(page).to_have_url(home)
    page.locator("#file").set_input_files({"name": NAME, "mimeType": "text/csv", "buffer": plant(table).encode()})
    yield "upload"
    page.locator("form.drop button").click()
    yield from _look(page)
    for slip in SLIPS:
        _correct(page, slip)
    _doubt(page, SLIPS[0]).scroll_into_view_if_needed()
    yield "correct"
    page.locator("#take .take-acts button").click()
    expect(page.locator(".note.good")).to_contain_text(str(ROWS))
    expect(page.locator(".note.good")).to_contain_text(str(len(SLIPS)))
    yield "taken"


def _doubt(page: Any, slip: Slip) -> Any:
    """The finding at a cell that says what it should be."""
    return page.locator(f'li.doubt:has(a[href$="c-{slip.cell}"]):has(.decide)').first


def _look(page: Any) -> Iterator[str]:
    """Each error is a finding that leads to its cell, which is marked and shows what was typed."""
    for slip in SLIPS:
        cell = page.locator(f"#c-{slip.cell}")
        expect(cell).to_have_text(slip.typed)
        expect(cell).to_have_class("m-error" if slip.typed == "-14" else "m-warning")
        expect(page.locator(f'li.doubt:has(a[href="#c-{slip.cell}"])').filter(has_text=slip.rule)).to_have_count(1)
    yield "findings"
    page.locator(f'li.doubt a[href="#c-{SLIPS[2].cell}"]').first.click()
    expect(page.locator(f"#c-{SLIPS[2].cell}")).to_be_in_viewport()
    yield "cell"


def _correct(page: Any, slip: Slip) -> None:
    """The value that the audit suggests stands in the field; it counts only if it is chosen, with a reason."""
    doubt = _doubt(page, slip)
    if not doubt.locator("input.value").input_value():
        doubt.locator("input.value").fill(slip.right)
    doubt.locator('input[type="radio"][value="correct"]').check()
    expect(doubt.locator("input.value")).to_have_value(slip.right)
    doubt.locator("input.reason").fill("核对报表原件")
