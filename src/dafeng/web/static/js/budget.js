/* The tree of a budget: rows fold, the arrow keys walk as in any tree. Without this script every row is open. */
(function () {
  "use strict";
  const tree = document.querySelector("table.tree");
  if (!tree) return;
  const rows = [...tree.tBodies[0].rows];
  const named = new Map(rows.map((row) => [row.dataset.node, row]));
  const visible = () => rows.filter((row) => !row.hidden);

  function show() {
    rows.forEach((row) => {
      let open = true;
      for (let above = named.get(row.dataset.parent); above; above = named.get(above.dataset.parent)) open &&= above.getAttribute("aria-expanded") !== "false";
      row.hidden = !open;
    });
  }
  function fold(row, open) {
    if (!row.hasAttribute("aria-expanded")) return;
    row.setAttribute("aria-expanded", String(open));
    const button = row.querySelector(".fold");
    button.textContent = open ? "▾" : "▸";
    button.setAttribute("aria-label", `${open ? tree.dataset.shut : tree.dataset.open} ${row.querySelector("a").textContent}`);
    show();
  }
  function focus(row) {
    if (!row) return;
    rows.forEach((one) => { one.tabIndex = one === row ? 0 : -1; });
    row.focus();
  }

  rows.forEach((row, at) => { row.tabIndex = at ? -1 : 0; });
  tree.addEventListener("click", (event) => {
    const button = event.target.closest(".fold");
    if (button) fold(button.closest("tr"), button.closest("tr").getAttribute("aria-expanded") === "false");
  });
  tree.addEventListener("keydown", (event) => {
    const row = document.activeElement;
    if (!rows.includes(row)) return;
    const seen = visible(), at = seen.indexOf(row), open = row.getAttribute("aria-expanded");
    const acts = {
      ArrowDown: () => focus(seen[at + 1]),
      ArrowUp: () => focus(seen[at - 1]),
      Home: () => focus(seen[0]),
      End: () => focus(seen[seen.length - 1]),
      ArrowRight: () => (open === "false" ? fold(row, true) : open === "true" && focus(seen[at + 1])),
      ArrowLeft: () => (open === "true" ? fold(row, false) : focus(named.get(row.dataset.parent))),
      Enter: () => row.querySelector("td a").click(),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
