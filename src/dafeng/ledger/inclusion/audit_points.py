"""Points of carbon inclusion counted again: of each person and day, no more than the policies gave that decided them.

Invariant: what is told cannot have been decided by the policies that were kept, in whatever order events came, and whatever was
taken back or refused by the ledger since; memory grows with scenes and policies of a day, not with events.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from dafeng.core.labels import Label
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.inclusion.kept_policies import Decided

GIVEN = Label(
    "查明由谁接收；多给的积分以撤回或更正冲销", "find out who took the events; take back what was given beyond the policy"
)


class DayPoints:
    """Sums of a person, day by day; events come in the order of days.

    Parameters
    ----------
    account : str
        Account of points of the person.
    decided : Decided
        Policies by event.
    said : AuditFindings
        Gets what is wrong.
    """

    def __init__(self, account: str, decided: Decided, said: AuditFindings) -> None:
        self._account, self._decided, self._said = account, decided, said
        self._day = 0
        self._sums: Counter[tuple[str, str]] = Counter()

    def add(self, no: int, day: int, scene: str, points: int) -> None:
        """Count an event, also one that was taken back: it was there when later ones were decided.

        Parameters
        ----------
        no, day : int
            Number of the event, and its day. [-, d]
        scene : str
            Its scene.
        points : int
            What it earned. [points]
        """
        if day != self._day:
            self.close()
            self._day = day
        if points > 0:
            name = self._decided.find_name(no)
            self._sums[scene, name] += points
            self._sums["", name] += points

    def close(self) -> None:
        """Compare the day that is over with its caps."""
        for scene in dict.fromkeys(scene for scene, _ in self._sums):
            sums = {name: points for (one, name), points in self._sums.items() if one == scene}
            self._compare(scene, sums)
        self._sums.clear()

    def _compare(self, scene: str, sums: dict[str, int]) -> None:
        """Each policy bounds what was decided by it, and that which decided last bounds all: the widest bounds it surely."""
        caps = {name: rules.find_cap(scene) if (rules := self._decided.find_rules(name)) else None for name in sums}
        known = [cap for cap in caps.values() if cap is not None]
        widest = max(known) if len(known) == len(caps) else None
        for points, cap in (*((sums[name], cap) for name, cap in caps.items()), (sum(sums.values()), widest)):
            if cap is not None and points > cap:
                what = f"（{scene}）" if scene else ""
                self._said.say(
                    "inclusion_points",
                    f"{self._account}/{date.fromordinal(self._day).isoformat()}",
                    f"当日{what}入账 {points} 分，规则最多 {cap} 分",
                    f"{points} points of the day{f' ({scene})' if scene else ''}, the policy gives at most {cap}",
                    remedy=GIVEN,
                )
                return
