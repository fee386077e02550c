# ruff: noqa: E501 - the words of the browser stand as they run there
"""Deque's axe-core in the browser of the tests: what it finds on a page as it stands.

Invariant: the engine is the file beside this module (MPL-2.0, held by its manifest), nothing of it reaches a reader; it is
put in by the tests' own hand, so that the page's strict policy stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).parent / "vendor" / "axe.min.js"
READ = """
async (rules) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = (await axe.run(document, { resultTypes: ["violations"], ...only })).violations;
  return found.flatMap((rule) => rule.nodes.map((one) => [one.impact || rule.impact, rule.id, one.target.join(" "), one.html.slice(0, 120)]));
}
"""


@cache
def _engine() -> str:
    return ENGINE.read_text(encoding="utf-8")


def list_violations(page: Any, *, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it stands, of any weight: one line per place with weight, rule, where and element.

    Parameters
    ----------
    page : playwright page
        The page.
    rules : sequence of str, optional
        Only these rules.
    """
    page.evaluate(_engine())
    found: list[list[str]] = page.evaluate(READ, list(rules))
    return [" | ".join(line) for line in found]


def open_all(page: Any) -> None:
    """Open every folded part and turn every chart into its table, so that nothing on the page stays unseen."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.removeAttribute('name'); one.open = true; })")
    page.evaluate("document.querySelectorAll('main [data-act=table][aria-pressed=false]').forEach(one => one.click())")
