"""Ctrl-C while a solver runs that would swallow it."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from dafeng.energy.network.solve import solve_network
from tests.energy.modes.toys import random_city


def test_an_interrupt_inside_the_solver_ends_the_run() -> None:
    began = []

    def watch(_: object) -> bool:
        if not began:
            began.append(threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT)))
            began[0].start()
        return False

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        solve_network(random_city(1, 1200), ladder=("clarabel",), progress=watch)
    assert signal.getsignal(signal.SIGINT) is before
