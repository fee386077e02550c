"""The ledger against the model: whatever is asked, both answer the same and hold the same, on both stores."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.loading import read_head
from dafeng.ledger.refusals import Booked, Refused
from dafeng.ledger.requests import Transfer
from tests.ledger.compared import compare, plain
from tests.ledger.conftest import emptied
from tests.ledger.invariants import POSTINGS, STANDING
from tests.ledger.model import Model
from tests.ledger.requested import DAYS, Choices, draw_batch, draw_rule, world


class Beside(RuleBasedStateMachine):
    """A ledger, a second connection to it, and the model, which all get the same batches."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.model, self.at, self.number = Model(), 1000, 0
        self.past: list[Any] = []
        self.address = self.place()
        self.ledgers = [self.opened(), self.opened()]

    def place(self) -> str:
        """Where the database is."""
        return str(Path(self.folder.name) / "ledger.sqlite")

    def opened(self) -> Ledger:
        """A connection that does not wait for the disk: what survives a crash is tested elsewhere."""
        ledger = open_ledger(self.address, clock=lambda: self.at)
        ledger.rows._run("PRAGMA synchronous=OFF")
        return ledger

    @initialize()
    def begin(self) -> None:
        """Open the small world."""
        self.submit(world(), 0)

    def submit(self, batch: Any, which: int) -> None:
        """Both get the batch and answer the same."""
        assert plain(self.ledgers[which].submit(batch)) == self.model.submit(batch, self.at)

    @rule(data=st.data(), which=st.sampled_from([0, 0, 0, 1]))
    def hand_in(self, data: Any, which: int) -> None:
        """Some groups, by one connection or the other."""
        self.number += 1
        batch = draw_batch(Choices(lambda least, most: data.draw(st.integers(least, most))), self.model, self.number)
        self.submit(batch, which)

    @rule(data=st.data(), which=st.sampled_from([0, 1]))
    def ask_again(self, data: Any, which: int) -> None:
        """Invariant 5: what was booked is answered as the first time, other content under its id is a conflict."""
        name = data.draw(st.sampled_from(list(self.model.log)))
        seq, (_, request) = self.model.log[name]
        assert self.ledgers[which].submit([[request]]) == [[Booked(seq, again=True)]]
        other = Transfer(name, "transfer", "pa", "pb", 1, DAYS[0], reason=f"not {name}")
        assert self.ledgers[which].submit([[other]]) == [[Refused("conflict", name)]]
        assert read_head(self.ledgers[1 - which].rows)[0] == self.model.seq

    @rule(data=st.data(), which=st.sampled_from([0, 1]))
    def change_policy(self, data: Any, which: int) -> None:
        """Limits, states and locks change, of which `past_stays` has to hear nothing."""
        self.number += 1
        choices = Choices(lambda least, most: data.draw(st.integers(least, most)))
        self.submit([[draw_rule(choices)._replace(id=f"rule {self.number}")]], which)

    @rule(distance=st.integers(-5, 15))
    def tick(self, distance: int) -> None:
        """Time passes; at times a clock is put back."""
        self.at += distance

    @rule()
    def reopen(self) -> None:
        """What was in memory is gone."""
        for ledger in self.ledgers:
            ledger.close()
        self.ledgers = [self.opened(), self.opened()]

    @invariant()
    def same(self) -> None:
        """Everything that can be asked of either is the same."""
        if self.model.seq:
            compare(self.ledgers[0], self.model)

    @invariant()
    def sound(self) -> None:
        """The invariants hold."""
        for holds in STANDING:
            holds(self.ledgers[1].rows)

    @invariant()
    def past_stays(self) -> None:
        """Invariant 12: whatever was asked since, and whatever rule was changed, no posting that stood is another."""
        postings = self.ledgers[1].rows.query(POSTINGS)
        assert postings[: len(self.past)] == self.past
        self.past = postings

    def teardown(self) -> None:
        """Close the files."""
        for ledger in self.ledgers:
            ledger.close()
        self.folder.cleanup()


MANY = settings(
    max_examples=40,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a failure is printed as it was found: shrinking one takes minutes
)


def test_ledger_answers_and_holds_what_the_model_does() -> None:
    """On SQLite."""
    run_state_machine_as_test(Beside, settings=MANY)


@pytest.mark.slow
def test_ledger_on_postgresql_answers_and_holds_what_the_model_does(server: Any) -> None:
    """On PostgreSQL, with fewer examples."""

    class There(Beside):
        def place(self) -> str:
            return emptied(server.get_uri())

        def opened(self) -> Ledger:
            return open_ledger(self.address, clock=lambda: self.at)

    run_state_machine_as_test(There, settings=settings(MANY, max_examples=8, stateful_step_count=15))
