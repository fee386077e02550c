/* Saved views of the page of targets, and which of its columns are shown. */
(function () {
  "use strict";
  const home = document.getElementById("views");
  const form = document.getElementById("filters");
  if (!home || !form) return;
  const key = `dafeng.views.${home.dataset.city}`;

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) || "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one.name === "string" && typeof one.query === "string") : [];
    } catch { return []; }
  }
  function keep(views) {
    try { localStorage.setItem(key, JSON.stringify(views.slice(-50))); } catch { /* a browser without storage keeps none */ }
  }

  /* A view of this browser looks like one of the server; its name is text and nothing else. */
  function chip(view) {
    const made = document.createElement("span");
    made.className = "view-chip local";
    const link = document.createElement("a");
    link.href = form.getAttribute("action") + (view.query ? "?" + new URLSearchParams(view.query) : "");
    link.textContent = view.name;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "✕";
    button.setAttribute("aria-label", home.dataset.remove.replace("{name}", view.name));
    button.addEventListener("click", () => { keep(read().filter((one) => one.name !== view.name)); draw(); });
    made.append(link, button);
    return made;
  }
  function draw() {
    home.querySelectorAll(".local").forEach((one) => one.remove());
    home.prepend(...read().map(chip));
    mark();
  }
  function here() {
    const query = new URLSearchParams(location.search);
    ["lang", "explain"].forEach((name) => query.delete(name));
    [...query].forEach(([name, value]) => { if (!value) query.delete(name); });
    return query;
  }
  function mark() {
    const now = here();
    now.sort();
    home.querySelectorAll(".view-chip a").forEach((link) => {
      const its = new URL(link.href).searchParams;
      its.sort();
      if (String(its) === String(now)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  home.addEventListener("submit", (event) => {
    event.target.querySelector("[name=query]").value = String(here());
    if (!("browser" in event.target.dataset)) return;
    event.preventDefault();
    const name = event.target.elements.name.value.trim();
    if (!name) return;
    keep([...read().filter((one) => one.name !== name), { name, query: String(here()) }]);
    event.target.reset();
    event.target.closest("details").open = false;
    draw();
  });

  /* Columns: what is unticked stands in the address, so that a view, a download and a link have it too. */
  const hide = form.elements.hide;
  form.querySelector(".columns")?.addEventListener("change", (event) => {
    event.stopPropagation();
    const off = [...form.querySelectorAll(".columns input")].filter((one) => !one.checked).map((one) => one.value);
    hide.value = off.join(",");
    hide.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.activeElement.closest("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("htmx:after:history:update", () => setTimeout(mark, 0));

  draw();
  if (home.dataset.ask) {
    fetch(home.dataset.ask, { headers: { Accept: "text/html" } }).then((answer) => (answer.status === 200 ? answer.text() : "")).then((text) => {
      if (!text) return;
      home.innerHTML = text;
      draw();
    }).catch(() => { /* the browser's own views remain */ });
  }
})();
