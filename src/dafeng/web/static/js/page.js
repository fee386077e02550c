/* Small manners of every page: theme button, keys, clean addresses, copying. */
(function () {
  "use strict";
  const button = document.getElementById("theme");
  const search = document.getElementById("search");
  const language = document.getElementById("language");

  function mark() { button.setAttribute("aria-pressed", String(dafeng.theme.dark())); }
  button.addEventListener("click", () => { dafeng.theme.toggle(); mark(); });
  mark();

  /* Folded parts: open where there is room, for the part that the address names, and on paper. */
  const folds = [...document.querySelectorAll("main details")];
  if (window.innerWidth >= 1000) folds.forEach((one) => { if ("wide" in one.dataset) one.open = true; });
  function reveal() {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named) return;
    for (let one = named.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    named.scrollIntoView({ block: "start" });
  }
  window.addEventListener("hashchange", reveal);
  reveal();
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = folds.filter((one) => !one.open);
    closed.forEach((one) => { one.removeAttribute("name"); one.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  function typing(element) { return element.matches("input, select, textarea, [contenteditable]"); }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = document.activeElement || document.body;
    if (event.key === "/" && search && !typing(here)) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && here.matches("a[data-explain]")) {
      here.click();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && here.closest("[data-moves] tbody")) {
      move(event, here, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  /* In a table the arrows go from row to row and keep the column. */
  function move(event, here, step) {
    const cell = here.closest("td, th");
    const rows = [...here.closest("tbody").rows];
    const column = [...cell.parentElement.cells].indexOf(cell);
    for (let at = rows.indexOf(cell.parentElement) + step; at >= 0 && at < rows.length; at += step) {
      const next = rows[at].cells[column]?.querySelector("a") || rows[at].querySelector("a");
      if (next) {
        event.preventDefault();
        next.focus();
        return;
      }
    }
  }

  /* Filters that say nothing do not stand in the address; the language switch keeps those that do. */
  document.addEventListener("htmx:after:history:update", () => {
    const address = new URL(location.href);
    [...address.searchParams].forEach(([name, value]) => { if (!value) address.searchParams.delete(name); });
    history.replaceState(history.state, "", address);
    document.getElementById("unknown-choice")?.remove();
  });
  if (document.body.dataset.run && window.location.protocol !== "file:") {
    language.addEventListener("click", () => {
      const address = new URL(location.href);
      address.searchParams.set("lang", new URL(language.href).searchParams.get("lang") || "zh");
      if (new URL(language.href).searchParams.has("lang")) language.href = address.href;
    });
  }

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (!copy) return;
    const said = copy.textContent;
    if (!(await put(copy.dataset.copy))) return;
    copy.textContent = copy.dataset.done;
    setTimeout(() => { copy.textContent = said; }, 1600);
  });

  async function put(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "away";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }
})();
