"""A process that is killed at a chosen system call; the tests start it as ``python -m tests.store.killed``.

It forks once per kill point: the child makes its change and sends itself SIGKILL just before its n-th system call that
changes a file (a write is half done by then); the parent notes whether the child was killed or came to its end, and
what a third process then finds.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

CALLS = ("open", "write", "fsync", "replace", "rename", "mkdir", "unlink", "rmdir", "close")


def arm(steps: int) -> None:
    """Let the process die at its n-th system call that changes a file."""
    left = iter(range(steps, -1, -1))

    def wrap(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **options: Any) -> Any:
            if next(left) == 0:
                if name == "write":
                    call(given[0], bytes(given[1])[: len(given[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **options)

        return counted

    for name in CALLS:
        setattr(os, name, wrap(name, getattr(os, name)))


def in_child(work: Callable[[], Any]) -> bool:
    """Do some work in a forked process; False if it was killed."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            work()
            status = 0
        finally:
            traceback.print_exc() if status else None
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"the child failed with status {os.WEXITSTATUS(status)}")
    return os.WIFEXITED(status)


def walk(folder: Path, prepare: Callable[[Path], Any], change: Callable[[Path], Any], look: Callable[[Path], Any]) -> list[Any]:
    """Kill a change at every system call in turn; what was found after each, the last one being the whole change."""
    start, found = folder / "start", []
    start.mkdir()
    in_child(lambda: prepare(start))
    load_before(folder, start, change, look)
    for steps in range(400):
        copy = folder / f"copy{steps}"
        shutil.copytree(start, copy)

        def work(copy: Path = copy, steps: int = steps) -> None:
            arm(steps)
            change(copy)

        ended = in_child(work)
        note = folder / f"note{steps}"
        in_child(lambda copy=copy, note=note: note.write_text(json.dumps(look(copy))))
        found.append(json.loads(note.read_text()))
        if ended:
            return found
    raise SystemExit("the change did not end within 400 system calls")


def load_before(folder: Path, start: Path, change: Callable[[Path], Any], look: Callable[[Path], Any]) -> None:
    """Import here, once, what the change and the look import, so that no child has to do it again."""
    copy, note = folder / "rehearsal", folder / "modules"
    shutil.copytree(start, copy)

    def rehearse() -> None:
        change(copy)
        look(copy)
        note.write_text(json.dumps(sorted(sys.modules)))

    in_child(rehearse)
    for name in json.loads(note.read_text()):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def facts() -> tuple[Callable[[Path], Any], ...]:
    """A second delivery with a correction, several parts and a repetition."""
    from dafeng.store import parts
    from dafeng.store.facts import FactStore
    from tests.store.deliveries import day, delivery, row, values

    parts.ROWS = 1

    def prepare(folder: Path) -> None:
        FactStore(folder / "facts").deliver(delivery("a", row(1), row(2, period="2024")), received=day(0))

    def change(folder: Path) -> None:
        rows = (row(3), row(2, period="2024"), row(4, period="2023"))
        FactStore(folder / "facts").deliver(delivery("b", *rows), received=day(1))

    def look(folder: Path) -> Any:
        store = FactStore(folder / "facts")
        errors = [finding.at for finding in store.verify() if finding.severity == "error"]
        seen = values(store.read())
        change(folder)
        return {"seen": seen, "errors": errors, "healed": values(store.read()), "left": len(store.verify())}

    return prepare, change, look


def runs() -> tuple[Callable[[Path], Any], ...]:
    """A second run with a table, a document and traces."""
    import pyarrow as pa

    from dafeng.store.runs import RunStore
    from tests.store.deliveries import day

    def add(folder: Path, number: int) -> None:
        store = RunStore(folder / "runs")
        run = store.begin(at=day(number), versions={"dafeng": "1"}, inputs={"facts": str(number)})
        store.write(run, {"results": pa.table({"number": [number] * 9})}, {"view.json": b"{}" * 99})

    def look(folder: Path) -> Any:
        store = RunStore(folder / "runs")
        seen = [store.read(run.id, "results").column("number")[0].as_py() for run in store.list()]
        errors = [finding.at for finding in store.verify()]
        add(folder, 3)
        store.sweep()
        healed = [store.read(run.id, "results").column("number")[0].as_py() for run in store.list()]
        return {"seen": seen, "errors": errors, "healed": healed, "left": len(store.sweep())}

    return lambda folder: add(folder, 1), lambda folder: add(folder, 2), look


def deliver_for_ever(folder: Path) -> None:
    """Deliver file after file of five facts each, and say each time that it is done."""
    from dafeng.store.facts import FactStore
    from tests.store.deliveries import day, delivery, row

    store = FactStore(folder)
    for number in range(len(store.lots()), 10_000):
        rows = (row(number, period=str(1900 + cell), place=f"{number:06d}") for cell in range(5))
        store.deliver(delivery(f"file{number}", *rows), received=day(number))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def main() -> None:
    """Run one of the stories above in a folder."""
    import duckdb  # noqa: F401 - loaded once, before the forks
    import pyarrow.parquet  # noqa: F401

    story, folder = sys.argv[1], Path(sys.argv[2])
    if story == "for_ever":
        deliver_for_ever(folder)
    else:
        sys.stdout.write(json.dumps(walk(folder, *{"facts": facts, "runs": runs}[story]())))


if __name__ == "__main__":
    main()
