"""Carbon inclusion looked at again: each event beside what the ledger booked for it, each bundle beside its events and credits.

Invariant: no finding means that events and bookings name each other one to one with the same grams and points, and that every
bundle is what its events make and what was issued for it; memory does not grow with events, and no identity is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice
from typing import Any

from dafeng.core.labels import Label
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.book_plans import BookPlans
from dafeng.ledger.inclusion.audit_people import check_people
from dafeng.ledger.inclusion.audit_strays import check_strays
from dafeng.ledger.inclusion.bundles import RESERVED, REVERSED, Bundle, RootStream, grams_of, hash_leaf, spell_issue
from dafeng.ledger.inclusion.claims import Overlap
from dafeng.ledger.inclusion.decision import Taken, spell_amount
from dafeng.ledger.inclusion.events import day_of
from dafeng.ledger.inclusion.intake import bind_event, former_reasons, spell_earn
from dafeng.ledger.inclusion.kept_policies import Decided, read_rules
from dafeng.ledger.inclusion.programme import Shelf, read_shelf
from dafeng.ledger.inclusion.scenes import Scene
from dafeng.ledger.requests import Reverse, decode, encode
from dafeng.store.inclusion_rows import EVENTS, InclusionRows
from dafeng.store.ledger_rows import LedgerRows, failures
from dafeng.store.ledger_tables import EVENT
from dafeng.store.schema_flaws import compare_schema

Row = tuple[Any, ...]
PAGE = 1000
"""Events that are looked up in the ledger at once."""
UNDONE = Label(
    "仍在记账则稍后再审核；否则接收事件或核证一次，会先补记",
    "if it is going on, audit later; else take events or certify, which books it first",
)
RULES = Label(
    "查明改的是数据还是场景、重叠表；后者则恢复原版本",
    "find out whether data or scenes and overlaps were changed; restore the latter",
)
FORMER = Label(
    "无需处理：此后接收的事件写入账簿；这些事件可凭来源文件核对",
    "nothing: events taken from now on are bound; compare these with the files they came from",
)
RULELESS = Label(
    "无需处理：此后接收的事件按所存规则核对", "nothing: events taken from now on are compared with the policy that is kept"
)
_EVENTS = (
    "SELECT e.no, e.key, e.scene, e.person, e.day, e.started, e.ended, e.amount, e.edition, e.grams, e.points, e.bundle, c.done"
    " FROM event e LEFT JOIN chunk c ON c.first = (SELECT max(first) FROM chunk WHERE first <= e.no) AND c.last >= e.no"
    " ORDER BY e.no"
)
_CHUNKS = (
    "SELECT c.first, c.last, c.done, coalesce(p.policy, '') FROM chunk c LEFT JOIN chunk_policy p ON p.first = c.first"
    " ORDER BY c.first"
)
_FORMER_CHUNKS = "SELECT first, last, done, '' FROM chunk ORDER BY first"
"""Of a file that has no table of policies."""
_WHOLE = (3, 4, 5, 8, 9)
_LAST_DAY = date.max.toordinal()


def check_inclusion(
    rows: LedgerRows,
    said: AuditFindings,
    *,
    own: InclusionRows | None,
    scenes: Mapping[str, Scene] | None,
    overlaps: Mapping[str, Overlap],
    plans: BookPlans,
) -> None:
    """Audit the carbon inclusion of a ledger.

    Parameters
    ----------
    rows : LedgerRows
        The ledger's database; nobody writes meanwhile.
    said : AuditFindings
        Gets what is wrong.
    own : InclusionRows or None
        Events, chunks and bundles; ``None`` where the file is not there.
    scenes : mapping of str to Scene or None
        What earns; ``None`` where grams cannot be counted again.
    overlaps : mapping of str to Overlap
        What may be claimed once.
    plans : BookPlans
        Books that the city may open.
    """
    shelf = read_shelf(rows, plans)
    if own is None:
        check_strays(rows, said, None, Counter(), shelf)
        return
    try:
        with own.snapshot():
            _InclusionAudit(rows, said, own, shelf, scenes, overlaps).run()
    except failures() as cause:
        said.say("inclusion_file", "inclusion", f"碳普惠数据库无法读取：{cause}", f"the events cannot be read: {cause}")


class _Sum:
    """What the events of a bundle add up to."""

    def __init__(self) -> None:
        self.stream, self.events, self.grams, self.first, self.last = RootStream(), 0, 0, _LAST_DAY, 0

    def add(self, one: Taken) -> None:
        self.stream.add(hash_leaf((one.key, one.scene, one.edition, one.day, one.amount, one.grams)))
        self.events, self.grams = self.events + 1, self.grams + one.grams
        self.first, self.last = min(self.first, one.day), max(self.last, one.day)


class _InclusionAudit:
    """One run: what is left to be booked, what the events of each bundle make, how many bookings were matched by kind."""

    def __init__(
        self, rows: LedgerRows, said: AuditFindings, own: InclusionRows, shelf: Shelf, scenes: Mapping[str, Scene] | None,
        overlaps: Mapping[str, Overlap],
    ) -> None:  # fmt: skip
        self.rows, self.said, self.own, self.shelf, self.overlaps = rows, said, own, shelf, overlaps
        self.scenes = scenes
        self.bundles: dict[str, Bundle] = {}
        self.sums: dict[str, _Sum] = {}
        self.undone: list[tuple[int, int]] = []
        self.matched: Counter[str] = Counter()
        self.unbound, self.unchecked = 0, 0
        self.decided = Decided({})
        self.count_grams = lru_cache(maxsize=4096)(self._count_grams)

    def run(self) -> None:
        for text in self.own.damage():
            self.said.say("inclusion_file", "inclusion", f"数据库文件损坏：{text}", f"the database file is damaged: {text}")
        for flaw in compare_schema(self.own.query, EVENTS):
            if flaw.how != "missing":  # a file of an earlier version gets what it lacks when it is opened to write
                self.said.tell_flaw("inclusion_schema", flaw)
        for (no,) in self.own.scan("SELECT max(no) FROM event GROUP BY key HAVING count(*) > 1 LIMIT 9"):
            self.say("claimed", no, "同一凭证计了两次", "its evidence was counted twice")
        self.read_kept()
        self.check_chunks()
        self.read_bundles()
        pages = self.own.scan(_EVENTS)
        while page := list(islice(pages, PAGE)):
            self.check_page(page)
        self.tell_unbound()
        self.check_bundles()
        check_people(
            self.rows, self.said, self.own, self.shelf.points.name, self.bundles, self.undone, self.overlaps, self.matched,
            self.decided,
        )  # fmt: skip
        check_strays(self.rows, self.said, self.own, self.matched, self.shelf)

    def say(self, rule: str, no: int, zh: str, en: str, *, rules: bool = False) -> None:
        at = f"inclusion.event/{no}"
        if rules:
            self.said.say(f"inclusion_{rule}", at, zh, en, remedy=RULES)
        else:
            self.said.say(f"inclusion_{rule}", at, zh, en)

    def read_kept(self) -> None:
        """Policies that were kept; a file of an earlier version has no tables for them."""
        tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('policy', 'chunk_policy')"
        self.kept = self.own.query(tables)[0][0] == 2
        if not self.kept:
            return
        rules, wrong = read_rules(self.own.scan("SELECT hash, content FROM policy"))
        self.decided = Decided(rules)
        for name in wrong:
            self.tell_policy(f"inclusion.policy/{name}", "规则文本与其哈希不符", "its text does not have its hash")
        for (first,) in self.own.scan("SELECT first FROM chunk_policy WHERE first NOT IN (SELECT first FROM chunk) LIMIT 9"):
            self.tell_policy(f"inclusion.chunk_policy/{first}", "没有这一批", "there is no such chunk")

    def tell_policy(self, at: str, zh: str, en: str) -> None:
        self.said.say("inclusion_policy", at, zh, en)

    def check_chunks(self) -> None:
        """Chunks follow one another without gap, and all of them are booked."""
        end = 0
        for first, last, done, policy in self.own.scan(_CHUNKS if self.kept else _FORMER_CHUNKS):
            at = f"inclusion.chunk/{first}"
            self.decided.add(first, policy)
            if policy and self.decided.find_rules(policy) is None:
                self.tell_policy(at, "所依的规则没有保存或已改动", "the policy that decided it is not kept, or was changed")
            if type(last) is not int or first != end + 1 or last < first:
                self.said.say("inclusion_chunk", at, "批次重叠或有缺口", "chunks overlap or leave a gap")
            if done != 1:
                self.said.say(
                    "inclusion_undone", at, "这一批尚未记完账", "this chunk is not booked to its end", remedy=UNDONE
                )  # fmt: skip
                self.undone.append((first, last))
            end = last if type(last) is int else first

    def read_bundles(self) -> None:
        text = "SELECT name, before, root, events, grams, units, day, policy, done FROM bundle ORDER BY rowid"
        for row in self.own.scan(text):
            bundle = Bundle(*row)
            whole = (bundle.before, bundle.events, bundle.grams, bundle.units, bundle.day)
            days = all(type(one) is int for one in whole) and 1 < bundle.before <= _LAST_DAY and 0 < bundle.day <= _LAST_DAY
            if not days or type(bundle.name) is not str or bundle.name in ("", *RESERVED):
                self.said.say(
                    "inclusion_bundle", f"inclusion.bundle/{bundle.name}", "批次无法读取", "the bundle cannot be read"
                )
            self.sums[str(bundle.name)] = _Sum()
            if days:
                self.bundles[bundle.name] = bundle

    def check_page(self, page: Sequence[Row]) -> None:
        """Events beside what was booked for them and, where they were taken back, against them."""
        taken = [(row, one) for row in page if (one := self.read(row)) is not None]
        asked = {
            request.id: (encode(request), row, one) for row, one in taken
            for request in spell_earn(one, self.shelf, bind_event(one, self.decided.find_name(row[0])))
        }  # fmt: skip
        backs = {
            f"puhui:reverse:{one.key}:{part}": (f"puhui:{one.key}:{part}", row)
            for row, one in taken if row[11] == REVERSED
            for part, quantity in (("g", one.grams), ("p", one.points)) if quantity
        }  # fmt: skip
        found = {row[1]: row for row in self.rows.find(EVENT, "id", [*asked, *backs])}
        for name, (content, row, one) in asked.items():
            booked = found.get(name)
            if booked is None:
                if row[12] != 0:
                    self.say("booked", row[0], f"账簿没有入账 {name}", f"the ledger has not booked {name}")
                continue
            self.matched["earn"] += 1
            former = self.spell_former(one) if booked[5] != content else ([], [])
            if booked[5] in former[0]:
                self.unbound += 1
            elif booked[5] in former[1]:
                self.unchecked += 1  # a policy stands beside it that its booking does not name
            elif booked[5] != content:
                self.say(
                    "booked", row[0], f"账簿入账 {booked[5]}，事件应为 {content}",
                    f"the ledger booked {booked[5]}, the event makes {content}",
                )  # fmt: skip
        for name, (original, row) in backs.items():
            booked = found.get(name)
            if booked is not None:
                self.matched["reverse"] += 1
            elif name.endswith(":g"):
                self.said.say(
                    "inclusion_reversed", f"inclusion.event/{row[0]}", "标为已撤回，账簿没有冲销",
                    "marked as taken back, which the ledger has not booked", remedy=UNDONE,
                )  # fmt: skip
            if booked is not None and not _reverses(name, booked[5], original):
                self.say("reversed", row[0], f"{name} 冲销的是另一笔", f"{name} takes back something else")
        for row, one in taken:
            self.place(row, one)

    def spell_former(self, one: Taken) -> tuple[list[str], ...]:
        """Requests for an event as earlier versions made them: without its hash, and with one that covers no policy."""
        return tuple([encode(one) for one in spell_earn(one, self.shelf, reason)] for reason in former_reasons(one))

    def tell_unbound(self) -> None:
        if self.unbound:
            self.said.note(
                "inclusion_unbound", "inclusion.event",
                f"{self.unbound} 个事件由早先版本入账：场景、数量与时刻未写入账簿，无法比对",
                f"events booked by an earlier version: {self.unbound}; scene, amount and instants stand in no booking and"
                " were not compared",
                remedy=FORMER,
            )  # fmt: skip
        if self.unchecked:
            self.said.note(
                "inclusion_unchecked", "inclusion.event",
                f"{self.unchecked} 个事件由早先版本接收：当时的规则没有保存，积分未按规则重算",
                f"events taken by an earlier version: {self.unchecked}; the policy of their day was not kept, and their points"
                " were not counted again",
                remedy=RULELESS,
            )  # fmt: skip

    def read(self, row: Row) -> Taken | None:
        """An event whose fields are of their kind; what is wrong in itself is said."""
        no, fields = row[0], row[1:11]
        one = Taken(*fields)
        wrong = any(type(value) is not (int if at in _WHOLE else str) for at, value in enumerate(fields))
        if wrong or not 0 < one.day <= _LAST_DAY or min(one.grams, one.points) < 0:
            self.say("event", no, "字段无法读取", "its fields cannot be read")
            return None
        if row[12] is None:
            self.say("chunk", no, "不属于任何批次", "it stands in no chunk")
        if one.day != day_of(one.started) or one.ended < one.started:
            self.say("event", no, "日期与起止时刻不符", "its day does not follow from its instants")
        sound = self.scenes is None or self.check_grams(no, one)
        self.check_rules(no, one, edition=sound)
        return one

    def check_rules(self, no: int, one: Taken, *, edition: bool) -> None:
        """An event is of the edition that its policy names, and earned no more than that gives before any cap."""
        rules = self.decided.find_rules(self.decided.find_name(no))
        if rules is None:
            self.unchecked += 1
            return
        if edition and rules.editions.get(one.scene) != one.edition:
            self.say(
                "edition", no, f"当时的规则没有采用场景 {one.scene} 的版本 {one.edition}",
                f"the policy that decided it does not use edition {one.edition} of the scene {one.scene}",
            )  # fmt: skip
        most = rules.count_points(one.scene, one.grams)
        if one.points > most:
            self.say(
                "points", no, f"入账 {one.points} 分，规则给 {most} 分",
                f"{one.points} points were booked, the policy that decided it gives {most}",
            )  # fmt: skip

    def check_grams(self, no: int, one: Taken) -> bool:
        """Whether edition and amount make the grams."""
        saved = self.count_grams(one.scene, one.edition, one.amount)
        if saved is None:
            self.say(
                "edition", no, f"场景 {one.scene} 版本 {one.edition} 数量 {one.amount} 无法重算",
                f"{one.amount} of the scene {one.scene}, edition {one.edition}, cannot be counted again", rules=True,
            )  # fmt: skip
        elif saved != one.grams:
            self.say(
                "edition", no, f"{one.grams} 克，按版本 {one.edition} 应为 {saved} 克",
                f"{one.grams} g, where edition {one.edition} gives {saved} g", rules=True,
            )  # fmt: skip
        return saved == one.grams

    def _count_grams(self, scene: str, edition: str, amount: str) -> int | None:
        known = (self.scenes or {}).get(scene)
        try:
            number = Decimal(amount)
        except InvalidOperation:
            return None
        if known is None or edition not in known.editions or not number.is_finite() or spell_amount(number) != amount:
            return None
        return known.grams(edition, number)

    def place(self, row: Row, one: Taken) -> None:
        """Count an event into its bundle."""
        if row[11] in ("", *RESERVED):
            return
        total = self.sums.get(row[11])
        if total is None:
            self.say(
                "bundle", row[0], f"所在的核证批次“{row[11]}”不存在", f"it stands in a bundle that is not there: '{row[11]}'"
            )
        else:
            total.add(one)

    def check_bundles(self) -> None:
        """Bundles are what their events make, and were issued with the quantity they name."""
        names = iter(self.bundles)
        while part := list(islice(names, PAGE)):
            ids = {f"puhui:bundle:{name}": name for name in part}
            found = {ids[row[1]]: row for row in self.rows.find(EVENT, "id", list(ids))}
            for name in part:
                for zh, en in self.flaws(self.bundles[name], self.sums[name]):
                    self.said.say("inclusion_bundle", f"inclusion.bundle/{name}", zh, en)
                self.check_issue(self.bundles[name], found.get(name))

    def flaws(self, bundle: Bundle, total: _Sum) -> Iterator[tuple[str, str]]:
        for column, told, made in (
            ("root", bundle.root, total.stream.root().hex()),
            ("events", bundle.events, total.events),
            ("grams", bundle.grams, total.grams),
            ("units", bundle.units, self.count_units(bundle.grams)),
        ):
            if told != made:
                yield f"{column} 为 {told}，按事件应为 {made}", f"{column} is {told}, its events make {made}"
        begin = date(date.fromordinal(bundle.before - 1).year, 1, 1).toordinal()
        if bundle.before > bundle.day or (total.events and not begin <= total.first <= total.last < bundle.before):
            yield "before 不在事件与发行日之间", "before does not lie between its events and its day of issue"

    def count_units(self, grams: int) -> int:
        book = self.shelf.credits
        return int(grams * 10**book.scale // grams_of(book.unit))

    def check_issue(self, bundle: Bundle, booked: Row | None) -> None:
        at = f"inclusion.bundle/{bundle.name}"
        if booked is not None:
            self.matched["issue"] += 1
        if bundle.done != 1:
            self.said.say("inclusion_undone", at, "核证尚未记完账", "it is not booked to its end", remedy=UNDONE)
        elif booked is None:
            self.said.say("inclusion_issued", at, "标为已完成，账簿没有发行", "marked as done, which the ledger has not issued")
        asked = encode(spell_issue(bundle, date.fromordinal(bundle.day).isoformat(), self.shelf))
        if booked is not None and booked[5] != asked:
            self.said.say(
                "inclusion_issued", at, f"账簿发行 {booked[5]}，批次应为 {asked}",
                f"the ledger issued {booked[5]}, the bundle makes {asked}",
            )  # fmt: skip


def _reverses(name: str, content: str, original: str) -> bool:
    asked = decode(name, content)
    return isinstance(asked, Reverse) and asked.transfer == original
