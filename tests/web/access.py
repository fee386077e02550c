# ruff: noqa: E501 - the rules of the browser stand as they run there
"""What a page owes readers who use a keyboard, a screen reader or weak eyes, measured in the browser as axe does it."""

from __future__ import annotations

from typing import Any

FAULTS = r"""
() => {
  const found = [];
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[aria-hidden=true], .away");
  const all = (query) => [...document.querySelectorAll(query)].filter(seen);
  const brief = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const fault = (rule, one) => found.push(`${rule}: ${brief(one)}`);
  const named = (one) => {
    const by = (one.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("");
    const own = [...(one.labels || [])].map((label) => label.textContent).join("");
    return (one.getAttribute("aria-label") || by || own || one.textContent || one.title || one.alt || "").trim();
  };

  if (!document.documentElement.lang) fault("html-has-lang", document.documentElement);
  if (all("h1").length !== 1) found.push(`page-has-one-h1: ${all("h1").length}`);
  if (all("main").length !== 1) found.push("landmark-one-main");
  all("a[href], button, summary, input:not([type=hidden]), select, textarea, [role=img], [role=region]").forEach((one) => { if (!named(one)) fault("name", one); });
  all("img").forEach((one) => { if (!one.hasAttribute("alt")) fault("image-alt", one); });
  all("[tabindex]").forEach((one) => { if (one.tabIndex > 0) fault("tabindex", one); });
  all("nav, [role=dialog]").forEach((one) => { if (!one.getAttribute("aria-label")) fault("landmark-name", one); });
  all("table").forEach((one) => { if (!one.querySelector("th")) fault("table-head", one); });
  all("dl").forEach((one) => { if ([...one.children].some((part) => !["DT", "DD", "DIV"].includes(part.tagName))) fault("dl", one); });
  all("ul, ol").forEach((one) => { if ([...one.children].some((part) => part.tagName !== "LI")) fault("list", one); });

  const ids = new Map();
  document.querySelectorAll("main [id]").forEach((one) => { if (ids.has(one.id)) fault("duplicate-id", one); ids.set(one.id, one); });
  ["aria-describedby", "aria-labelledby", "aria-controls"].forEach((name) => all(`[${name}]`).forEach((one) => {
    one.getAttribute(name).split(" ").forEach((id) => { if (!document.getElementById(id)) fault(name, one); });
  }));
  let last = 0;
  all("main h1, main h2, main h3, main h4").forEach((one) => {
    const level = Number(one.tagName[1]);
    if (last && level > last + 1) fault("heading-order", one);
    last = level;
  });
  all("main *").forEach((one) => {
    const style = getComputedStyle(one), scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    if (scrolls && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) {
      if (one.tabIndex < 0 && !one.querySelector("a[href], button, input, select, summary, [tabindex='0']")) fault("scrollable-region-focusable", one);
    }
  });

  const number = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const plain = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const over = (top, below) => top.slice(0, 3).map((part, at) => part * top[3] + below[at] * (1 - top[3]));
  const ground = (one) => {
    const layers = [];
    for (let at = one; at; at = at.parentElement) { const own = plain(getComputedStyle(at).backgroundColor); if (own[3] > 0) layers.push(own); if (own[3] === 1) break; }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const light = (colour) => colour.slice(0, 3).map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || told.has(one) || !seen(one) || one.closest("svg, script, noscript, option, .chart-canvas, [disabled]")) continue;
    told.add(one);
    const style = getComputedStyle(one), below = ground(one), ink = over(plain(style.color), below);
    const [high, low] = [light(ink), light(below)].sort((a, b) => b - a);
    const large = number(style.fontSize)[0] >= 24 || (number(style.fontSize)[0] >= 18.66 && Number(style.fontWeight) >= 700);
    if ((high + 0.05) / (low + 0.05) < (large ? 3 : 4.5)) fault(`color-contrast ${((high + 0.05) / (low + 0.05)).toFixed(2)}`, one);
  }
  return found;
}
"""
"""Rules of axe by their names there: names, landmarks, tables, lists, headings, ids, focus of what scrolls, contrast."""


def list_faults(page: Any) -> list[str]:
    """What a page owes: one line per fault, in the order of the rules, the parts that are folded opened first."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.removeAttribute('name'); one.open = true; })")
    found: list[str] = page.evaluate(FAULTS)
    return found
