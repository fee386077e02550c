"""Read mutated sentences until something breaks: ``python -m tools.fuzz_plans [COUNT] [SEED]``.

Invariant: exit status 1 with the sentence shown if reading raises or takes longer than ``LONGEST``; a seed always reads the
same sentences.
"""

from __future__ import annotations

import sys
import time

from dafeng.plans.read import read_plan_text
from tests.plans.conftest import document_of
from tests.plans.mutation import mutants

LONGEST = 2.0
"""Most processor time that one sentence may take. [s]"""
SHOWN = 200


def fuzz(count: int, seed: int) -> tuple[int, float]:
    """Read mutants; return how many were read and the longest time. [s]"""
    longest = 0.0
    for number, text in enumerate(mutants(count, seed), 1):
        begun = time.process_time()
        try:
            read_plan_text(document_of(text))
        except Exception:
            print(f"seed {seed}, sentence {number}: {text[:SHOWN]!r}", file=sys.stderr)
            raise
        longest = max(longest, time.process_time() - begun)
        if longest > LONGEST:
            print(f"seed {seed}, sentence {number} took {longest:.1f} s: {text[:SHOWN]!r}", file=sys.stderr)
            raise SystemExit(1)
    return count, longest


def main() -> None:
    """Run from the command line."""
    words = [*sys.argv[1:], *("100000", "1")[len(sys.argv) - 1 :]]
    count, seed = int(words[0]), int(words[1])
    read, longest = fuzz(count, seed)
    print(f"{read} sentences read, none failed, the longest took {longest:.3f} s")


if __name__ == "__main__":
    main()
