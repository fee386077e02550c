"""What a ledger should do, written a second time and as simply as can be: plain dicts, one entry per unit, no blocks, no SQL.

It follows the operations and invariants of the specification, knows nothing of ``dafeng.ledger`` but the shape of requests, and
takes the two tables of types and kinds as the data that they are. Where several things are wrong, the first in the order of the
international transaction log counts: identity, readable, accounts, pair, book, blocked, particulars, units.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import dafeng
from dafeng.ledger import requests as asked

DATA = Path(dafeng.__file__).parent / "data" / "ledger"
TYPES = {row["type"]: row for row in csv.DictReader((DATA / "account_types.csv").read_text(encoding="utf-8").splitlines())}
KINDS = {row["kind"]: row for row in csv.DictReader((DATA / "kinds.csv").read_text(encoding="utf-8").splitlines())}


class No(Exception):
    """A refusal with its code."""


def need(holds: Any, code: str) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise No(code)


class Model:
    """Books, accounts, units and claims as dicts; `submit` answers ("booked", seq), ("again", seq) or ("refused", code)."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, Any]] = {}
        self.accounts: dict[str, dict[str, Any]] = {}
        self.units: dict[tuple[str, int], dict[str, Any]] = {}
        self.claims: dict[str, dict[str, Any]] = {}
        self.log: dict[str, tuple[int, Any]] = {}
        self.moved: dict[str, dict[str, Any]] = {}
        self.undone: dict[str, dict[str, Any]] = {}
        self.taken: dict[tuple[str, ...], dict[str, Any]] = {}
        self.seq = self.known_at = self.now = self.groups = 0
        self.going: list[Any] = []

    def submit(self, groups: list[list[Any]], now: int) -> list[list[tuple[str, Any]]]:
        """Book each group whole or not at all."""
        self.now = max(now, self.known_at)
        return [self._group(group) for group in groups]

    def _group(self, group: list[Any]) -> list[tuple[str, Any]]:
        old = [self.log.get(one.id) for one in group]
        same = [was is not None and was[1] == (type(one), one) for was, one in zip(old, group, strict=True)]
        if group and all(same):
            return [("again", was[0]) for was in old if was]
        for one, was in zip(group, old, strict=True):
            if was:
                return refused(group, one, "conflict")
        before = {name: {key: value.copy() if isinstance(value, dict) else value for key, value in table.items()}
                  if isinstance(table, dict) else table for name, table in vars(self).items()}  # fmt: skip
        answers: list[tuple[str, Any]] = []
        self.groups, self.going = self.groups + 1, group
        for one in group:
            try:
                need(one.id not in self.log, "conflict")
                self._expire()
                getattr(self, type(one).__name__)(one)
            except No as cause:
                vars(self).update(before)
                return refused(group, one, cause.args[0])
            self.seq += 1
            self.known_at = self.now
            self.log[one.id] = (self.seq, (type(one), one))
            answers.append(("booked", self.seq))
        return answers

    # ---- books and accounts

    def OpenBook(self, r: asked.OpenBook) -> None:
        need(r.book not in self.books, "book_exists")
        self.books[r.book] = {**r._asdict(), "state": "open", "locked": "", "next": 1}

    def SetBook(self, r: asked.SetBook) -> None:
        need(r.book in self.books, "book_unknown")
        book = self.books[r.book]
        book.update(state=r.state or book["state"], locked=r.before or book["locked"])

    def OpenAccount(self, r: asked.OpenAccount) -> None:
        need(r.type in TYPES, "type_unknown")
        need(r.book in self.books, "book_unknown")
        need(self.books[r.book]["state"] == "open", "book_closed")
        need(r.account not in self.accounts, "account_exists")
        sort = TYPES[r.type]
        need(len(r.holders) == 1, "holder_count")
        if sort["representatives"] == "yes":
            need(len(r.primary) == 1, "primary_count")
            need(len(r.secondary) == 1, "secondary_count")
            need(r.primary != r.secondary, "representatives_same")
        if sort["installation"] == "yes":
            need(len(r.installations) == 1, "installation_count")
            need(len(r.contacts) == 1, "contact_count")
        need(sort["period"] != "yes" or r.period == self.books[r.book]["period"], "period_wrong")
        for code, keys in (("installation_taken", r.installations), ("name_taken", (r.name,) if r.name else ())):
            for key in keys:
                need((code, r.book, key) not in self.taken, code)
                self.taken[code, r.book, key] = {}
        self.accounts[r.account] = {**r._asdict(), "limit": r.limit or 0, "balance": 0, "state": "open", **sort}

    def SetState(self, r: asked.SetState) -> None:
        account = self._living(r.account, "giver_unknown")
        need(r.reason, "reason_missing")
        open_claims = [one for one in self.claims.values() if one["account"] == r.account and not one["over"]]
        need(r.state != "closed" or not (account["balance"] or open_claims), "account_in_use")
        account["state"] = r.state

    def SetLimit(self, r: asked.SetLimit) -> None:
        account = self._living(r.account, "giver_unknown")
        need(account["floor"] == "limit", "type_mismatch")
        need(r.reason, "reason_missing")
        need(r.limit >= -account["balance"], "limit_below")
        account["limit"] = r.limit

    def _living(self, name: str, code: str) -> dict[str, Any]:
        need(name in self.accounts and self.accounts[name]["state"] != "closed", code)
        return self.accounts[name]

    # ---- movements

    def Transfer(self, r: asked.Transfer) -> None:
        need(r.kind in KINDS, "kind_unknown")
        giver, _ = self._pair(r)
        book, kind = self.books[giver["book"]], KINDS[r.kind]
        need(kind["beneficiary"] == "no" or r.beneficiary, "beneficiary_missing")
        need(book["serials"] or not (r.spans or r.vintage or r.restricted), "serials_missing")
        makes = giver["floor"] != "zero"
        need(not (makes and book["project"]) or r.project, "project_missing")
        loose = kind["passes_blocked"] == "yes" or kind["final"] == "yes"
        if r.until is not None:
            need(r.until > self.now and not r.hold, "malformed")
            need(not makes, "type_mismatch")
            need(self.free(r.giver) >= r.quantity, "not_held")
            units = self._choose(r.giver, r.quantity, r.spans, r.vintage, "", loose)
            self._claim(r.id, r.giver, "pending", r.quantity, 0, r.until, False, r)
            self._fill(r.id, r.quantity, units)
            return
        if r.hold:
            claim = self.claims.get(r.hold, {})
            need(claim and claim["account"] == r.giver and claim["kind"] != "pending", "hold_unknown")
            need(not claim["over"], "hold_over")
            need(claim["left"] >= r.quantity, "quantity_over")
            better = [one for one in self._open(r.giver) if (one["rank"], one["seq"]) < (claim["rank"], claim["seq"])]
            need(all(one["left"] == one["asked"] for one in better), "hold_ranked")
        else:
            need(self.free(r.giver) >= r.quantity, "over_limit" if giver["floor"] == "limit" else "not_held")
        if makes:
            need(not (book["serials"] and r.spans), "not_held")
            units = self._make(r) if book["serials"] else []
        else:
            units = self._choose(r.giver, r.quantity, r.spans, r.vintage, r.hold, loose)
        if r.hold:
            self._take_out(r.hold, r.quantity)
        self._move(r.id, r.kind, r.giver, r.taker, r.quantity, r.effective, units)

    def _pair(self, r: asked.Transfer) -> tuple[dict[str, Any], dict[str, Any]]:
        taker, giver = self._living(r.taker, "taker_unknown"), self._living(r.giver, "giver_unknown")
        kind = KINDS[r.kind]
        outward = "external" in kind["givers"].split() + kind["takers"].split()
        need(r.giver != r.taker, "account_same")
        need(giver["book"] == taker["book"], "book_mismatch")
        same = giver["registry"] == taker["registry"]
        need(not (outward and same), "registry_same")
        need(outward or same, "book_mismatch")
        need(giver["type"] in kind["givers"].split() and taker["type"] in kind["takers"].split(), "type_mismatch")
        self._day(giver, r.effective)
        need(not (taker["type"] == "external" and taker["state"] == "blocked"), "book_closed_there")
        need(giver["state"] == "open" or kind["passes_blocked"] == "yes", "account_blocked")
        return giver, taker

    def _day(self, account: dict[str, Any], day: str) -> None:
        try:
            need(date.fromisoformat(day).isoformat() == day, "malformed")
        except ValueError:
            raise No("malformed") from None
        book = self.books[account["book"]]
        need(book["state"] == "open" and day >= book["locked"], "book_closed")

    def _make(self, r: asked.Transfer) -> list[tuple[str, int]]:
        name = self.accounts[r.giver]["book"]
        first = self.books[name]["next"]
        self.books[name]["next"] += r.quantity
        units = [(name, number) for number in range(first, first + r.quantity)]
        for unit in units:
            self.units[unit] = {"holder": r.giver, "claim": "", "vintage": r.vintage, "restricted": r.restricted}
        return units

    def _choose(self, account: str, quantity: int, spans: Any, vintage: str, claim: str, loose: bool) -> list[tuple[str, int]]:
        book = self.accounts[account]["book"]
        if not self.books[book]["serials"]:
            return []
        mine = [unit for unit, at in self.units.items() if at["holder"] == account and at["claim"] == claim
                and vintage in ("", at["vintage"])]  # fmt: skip
        if spans:
            wanted = [(book, number) for first, last in spans for number in range(first, last + 1)]
            need(len(wanted) == quantity and all(first <= last for first, last in spans), "quantity_bad")
            for at, unit in enumerate(wanted):
                need(unit in mine and unit not in wanted[:at], "not_held")
                need(loose or not self.units[unit]["restricted"], "restricted")
            return wanted
        mine.sort(key=lambda unit: (self.units[unit]["vintage"], unit[1]))
        may = [unit for unit in mine if loose or not self.units[unit]["restricted"]]
        need(len(may) >= quantity, "restricted" if len(mine) >= quantity else "not_held")
        return may[:quantity]

    def _move(
        self, name: str, kind: str, giver: str, taker: str, quantity: int, day: str, units: list[tuple[str, int]]
    ) -> None:
        self.accounts[giver]["balance"] -= quantity
        self.accounts[taker]["balance"] += quantity
        for unit in units:
            self.units[unit].update(holder=taker, claim="")
        self.moved[name] = {
            "kind": kind, "giver": giver, "taker": taker, "quantity": quantity, "day": day, "units": sorted(units),
            "known_at": self.now, "seq": self.seq + 1, "group": self.groups,
        }  # fmt: skip
        self._serve(taker, self.now)

    def Reverse(self, r: asked.Reverse) -> None:
        was = self.moved.get(r.transfer)
        need(was, "transfer_unknown")
        need(r.reason, "reason_missing")
        need(r.transfer not in self.undone, "reversed_before")
        need(was["kind"] in KINDS and KINDS[was["kind"]]["final"] == "no", "final")
        gone = {*self.undone, *(one.transfer for one in self.going if isinstance(one, asked.Reverse))}
        mates = {name for name, one in self.moved.items() if one["group"] == was["group"]}
        need(r.alone or mates - {r.transfer} <= gone, "linked")
        self._living(was["giver"], "taker_unknown")
        giver = self._living(was["taker"], "giver_unknown")
        self._day(giver, r.effective)
        need(giver["state"] == "open", "account_blocked")
        need(self.free(was["taker"]) >= was["quantity"], "over_limit" if giver["floor"] == "limit" else "not_held")
        need(
            all((self.units[unit]["holder"], self.units[unit]["claim"]) == (was["taker"], "") for unit in was["units"]),
            "not_held",
        )
        self.undone[r.transfer] = {}
        self._move(r.id, "reverse", was["taker"], was["giver"], was["quantity"], r.effective, was["units"])

    # ---- claims

    def held(self, account: str) -> int:
        """Units of an account that claims hold."""
        return sum(one["left"] for one in self._open(account))

    def free(self, account: str) -> float:
        """Units that may leave."""
        at = self.accounts[account]
        room = {"zero": 0, "limit": at["limit"], "free": float("inf")}[at["floor"]]
        return at["balance"] + room - self.held(account)

    def _open(self, account: str) -> list[dict[str, Any]]:
        return [one for one in self.claims.values() if one["account"] == account and not one["over"]]

    def _claim(self, name: str, account: str, kind: str, size: int, rank: int, until: Any, waits: bool, what: Any) -> None:
        self.claims[name] = {
            "id": name, "account": account, "kind": kind, "asked": size, "left": 0, "rank": rank, "until": until,
            "waits": waits, "over": False, "what": what, "seq": self.seq + 1,
        }  # fmt: skip

    def _fill(self, name: str, quantity: int, units: list[tuple[str, int]]) -> None:
        self.claims[name]["left"] += quantity
        for unit in units:
            self.units[unit]["claim"] = name

    def _take_out(self, name: str, quantity: int) -> None:
        claim = self.claims[name]
        claim["asked"] -= quantity
        claim["left"] -= quantity
        claim["over"] = claim["asked"] == 0

    def _shrink(self, name: str, quantity: int) -> None:
        claim = self.claims[name]
        claim["asked"] -= quantity
        freed = max(claim["left"] - claim["asked"], 0)
        for unit in self._choose(claim["account"], freed, (), "", name, True):
            self.units[unit]["claim"] = ""
        claim["left"] -= freed
        claim["over"] = claim["asked"] == 0

    def _serve(self, account: str, now: int) -> None:
        waiting = [one for one in self._open(account) if one["waits"] and (one["until"] is None or one["until"] > now)]
        for one in sorted(waiting, key=lambda claim: (claim["rank"], claim["seq"])):
            size = min(one["asked"] - one["left"], int(self.free(account)))
            self._fill(one["id"], size, self._choose(account, size, (), "", "", True))

    def _expire(self) -> None:
        while due := [one for one in self.claims.values() if not one["over"] and (one["until"] or self.now + 1) <= self.now]:
            at = min(one["until"] for one in due)
            ending = [one for one in due if one["until"] == at]
            for one in ending:
                self._shrink(one["id"], one["asked"])
            for account in sorted({one["account"] for one in ending}):
                self._serve(account, at)

    def Hold(self, r: asked.Hold) -> None:
        account = self._living(r.account, "giver_unknown")
        need(account["floor"] == "zero" and account["gives"] == "yes" and r.kind in ("freeze", "pledge"), "type_mismatch")
        need(r.reason, "reason_missing")
        need(not r.spans or self.books[account["book"]]["serials"], "serials_missing")
        need(r.until is None or r.until > self.now, "malformed")
        free = int(self.free(r.account))
        need(free >= r.quantity or (r.waits and not r.spans), "not_held")
        size = min(r.quantity, free)
        units = self._choose(r.account, size, r.spans, "", "", True)
        self._claim(r.id, r.account, r.kind, r.quantity, r.rank, r.until, r.waits, None)
        self._fill(r.id, size, units)

    def Release(self, r: asked.Release) -> None:
        claim = self.claims.get(r.hold, {})
        need(claim and claim["kind"] != "pending", "hold_unknown")
        need(not claim["over"], "hold_over")
        size = claim["asked"] if r.quantity is None else r.quantity
        need(size <= claim["asked"], "quantity_over")
        self._shrink(r.hold, size)
        self._serve(claim["account"], self.now)

    def _pending(self, name: str) -> dict[str, Any]:
        claim = self.claims.get(name, {})
        need(claim and claim["kind"] == "pending", "hold_unknown")
        need(not claim["over"], "hold_over")
        return claim

    def Void(self, r: asked.Void) -> None:
        claim = self._pending(r.pending)
        self._shrink(r.pending, claim["asked"])
        self._serve(claim["account"], self.now)

    def Post(self, r: asked.Post) -> None:
        claim = self._pending(r.pending)
        size = claim["left"] if r.quantity is None else r.quantity
        need(size <= claim["left"], "quantity_over")
        what = claim["what"]
        self._pair(what)
        units = self._choose(what.giver, size, (), "", r.pending, True)
        self._take_out(r.pending, size)
        self._move(r.id, what.kind, what.giver, what.taker, size, what.effective, units)
        if not claim["over"]:
            self._shrink(r.pending, claim["asked"])
            self._serve(what.giver, self.now)


def refused(group: list[Any], guilty: Any, code: str) -> list[tuple[str, Any]]:
    """The answer to a group one of whose requests is refused."""
    return [("refused", code if one is guilty else "group_failed") for one in group]
