"""A city whose books were opened and used: issued, moved, frozen, retired, one order that waits."""

from __future__ import annotations

from dafeng.ledger.requests import Hold, Transfer
from dafeng.store.records import open_records
from dafeng.work.city import City
from dafeng.work.right_opening import open_account, open_book
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.rights import Rights

DAY = "2026-03-01"


def fill_ledger(city: City) -> None:
    """Two books; accounts 6 (甲公司), 7 (乙公司) and 8 (a person) of the first; events as the comments say."""
    with Rights(city) as rights, open_records(city.records) as records:
        open_book(rights, "ccer", who="李四", limit=1_000_000, records=records)  # events 1 to 6, accounts 1 to 5
        for name, kind, title in (("A-1", "trading", "甲公司"), ("B-1", "trading", "乙公司"), ("P-1", "person", "赵六")):
            open_account(
                rights,
                "ccer",
                name,
                type=kind,
                holder=f"holder of {name}",
                title=title,
                primary="p",
                secondary="q",
                who="李四",
                records=records,
            )  # events 7 to 9
        open_book(rights, "cea", period="2025", who="李四", limit=500_000, records=records)  # events 10 to 15
        issue = Transfer("issue-1", "issue", "ccer.issuer", "A-1", 120_000, DAY, vintage="2024", project="CN-WIND-7")
        rights.submit([[issue]])  # event 16; as the register of projects does, since no order may issue credits
        moves = (
            Transfer("move-1", "transfer", "A-1", "B-1", 2_500, DAY, reason="协议转让"),  # event 17
            Transfer("move-2", "transfer", "A-1", "P-1", 300, DAY, reason="赠与"),  # event 18
            Hold("hold-1", "A-1", "freeze", 1_000, "court order 7"),  # event 19
        )
        for one in moves:
            place_order(rights, one, who="张三", records=records)
        decide_order(rights, "hold-1", accept=True, who="李四", records=records)
        ends = (("retire-1", "A-1", "海边马拉松"), ("retire-2", "P-1", "赵六的婚礼"))
        for name, giver, whom in ends:  # events 20 and 21
            place_order(
                rights,
                Transfer(name, "retire", giver, "ccer.retired", 120, DAY, "碳中和", beneficiary=whom),
                who="张三",
                records=records,
            )
            decide_order(rights, name, accept=True, who="李四", records=records)
        place_order(
            rights, Transfer("large-1", "transfer", "A-1", "B-1", 20_000, DAY, reason="大宗"), who="张三", records=records
        )
