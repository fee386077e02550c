"""``python -m benchmarks [NAME] [--json] [--list] [--repeats N]``: run one case, the cases of a subject, or all."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from benchmarks.harness import BenchmarkError, cases, measure, select, table


def say(text: str) -> None:
    """Print progress to the error stream."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Run what is asked for and print it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="a case or a subject (module); all without it")
    parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")
    parser.add_argument("--list", action="store_true", help="print the names only")
    parser.add_argument("--repeats", type=int, default=0, help="runs of each side instead of the case's own number")
    parser.add_argument(
        "--hours", type=int, default=0, help="hours of the year that energy cases take; the whole year without it"
    )
    parser.add_argument("--nodes", type=int, default=0, help="nodes that energy cases have; one without it")
    parser.add_argument("--years", type=int, default=0, help="weather years of energy_years on our side; 60 without it")
    parser.add_argument("--events", type=int, default=0, help="events of ledger_year; a million without it")
    options = parser.parse_args()
    given = {name: value for name in ("hours", "nodes", "years", "events") if (value := getattr(options, name))}
    try:
        chosen = select(options.name, cases())
        if options.list:
            print("\n".join(one.name for one in chosen))
            return 0
        rows = [measure(dataclasses.replace(one, repeats=options.repeats or one.repeats), say, given) for one in chosen]
    except BenchmarkError as error:
        say(str(error))
        return 1
    print(json.dumps(rows, ensure_ascii=False) if options.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
