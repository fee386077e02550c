"""A companion changes when something is done and never what comes of it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from dafeng.core.companion import accompanied, begin
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label


def identify(number: float) -> tuple[int, float]:
    return os.getpid(), number / 3.0


def refuse() -> None:
    raise SettingError(Label("不行", "no"), where="here", expected=Label("行", "yes"), remedy=Label("改", "change"))


def give_up(parent: int) -> int:
    if os.getpid() != parent:
        os._exit(3)
    return 7


def sleep_beside(parent: int, seconds: float, mark: str) -> int:
    Path(mark).write_text(str(os.getpid()))
    if os.getpid() != parent:
        time.sleep(seconds)
    return os.getpid()


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_answer_comes_from_another_process_and_is_the_same():
    with accompanied(processors=2):
        process, value = begin(identify, 0.1)()
    assert process != os.getpid()
    assert value == identify(0.1)[1]
    assert not alive(process)


def test_one_processor_has_no_companion():
    with accompanied(processors=1):
        assert begin(identify, 1.0)() == identify(1.0)


def test_without_a_block_the_work_is_done_when_it_is_asked_for(tmp_path):
    later = begin(sleep_beside, os.getpid(), 0.0, str(tmp_path / "mark"))
    assert not (tmp_path / "mark").exists()
    assert later() == os.getpid()


def test_answers_keep_their_order_however_they_are_asked_for():
    with accompanied(processors=2):
        asked = [begin(identify, float(number)) for number in range(5)]
        assert [one()[1] for one in reversed(asked)] == [number / 3.0 for number in reversed(range(5))]


def test_what_stands_behind_unfinished_work_is_done_here(tmp_path):
    with accompanied(processors=2):
        long = begin(sleep_beside, os.getpid(), 1.0, str(tmp_path / "mark"))
        assert begin(identify, 1.0)()[0] == os.getpid()
        assert long() != os.getpid()


def test_a_block_inside_another_keeps_the_same_companion():
    with accompanied(processors=2):
        outer = begin(identify, 1.0)()[0]
        with accompanied(processors=2):
            assert begin(identify, 1.0)()[0] == outer
        assert begin(identify, 1.0)()[0] == outer


def test_an_error_is_met_by_the_one_who_asked():
    with accompanied(processors=2), pytest.raises(SettingError, match="no"):
        begin(refuse)()


def test_what_a_dead_companion_left_is_done_here():
    with accompanied(processors=2):
        assert begin(give_up, os.getpid())() == 7
        assert begin(identify, 2.0)() == identify(2.0)


def test_what_cannot_be_sent_is_done_here():
    with accompanied(processors=2):
        assert begin(lambda: os.getpid() + 0)() == os.getpid()


def interrupt(mark: Path) -> None:
    with accompanied(processors=2):
        begin(sleep_beside, os.getpid(), 60.0, str(mark))
        _wait_for(mark)
        raise KeyboardInterrupt


def test_leaving_the_block_ends_the_companion_at_once(tmp_path):
    mark = tmp_path / "mark"
    with pytest.raises(KeyboardInterrupt):
        interrupt(mark)
    assert not alive(int(mark.read_text()))


def test_a_killed_companion_is_no_loss(tmp_path):
    mark = tmp_path / "mark"
    with accompanied(processors=2):
        later = begin(sleep_beside, os.getpid(), 60.0, str(mark))
        _wait_for(mark)
        os.kill(int(mark.read_text()), signal.SIGKILL)
        assert later() == os.getpid()


def _wait_for(mark: Path) -> None:
    end = time.monotonic() + 60.0
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < end
        time.sleep(0.02)
