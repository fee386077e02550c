/* The review desk: choose, accept, correct, split, add; each answer changes only what has changed. Without this file the forms work. */
(function () {
  "use strict";
  const desk = document.getElementById("desk");
  if (!desk) return;
  const words = JSON.parse(document.getElementById("words").textContent);
  const home = desk.dataset.home;
  const list = document.getElementById("records");
  const paper = document.getElementById("paper");
  const doc = document.getElementById("doc");
  const notice = document.getElementById("notice");
  const adding = document.getElementById("adding");
  const floating = document.getElementById("float-add");
  const keys = document.getElementById("keys");
  const mayEdit = desk.dataset.edit === "1";
  let known = Number(desk.dataset.edits);
  let busy = false;

  desk.classList.add("acting");
  document.getElementById("keys-open").hidden = false;

  const card = (id) => document.getElementById("r-" + id);
  const current = () => list.querySelector(".record.is-current");
  const visible = () => [...list.querySelectorAll(".record:not([hidden])")];
  const spans = (id) => paper.querySelectorAll(`[data-r~="${CSS.escape(id)}"]`);

  function say(text) {
    notice.textContent = text || "";
    notice.hidden = !text;
  }

  /* choosing */
  function choose(id, { scrollList = true, scrollPaper = true } = {}) {
    current()?.classList.remove("is-current");
    paper.querySelectorAll(".is-current, .is-near").forEach((one) => one.classList.remove("is-current", "is-near"));
    const chosen = card(id);
    if (!chosen) return;
    chosen.hidden = false;
    chosen.classList.add("is-current");
    if (scrollList) chosen.scrollIntoView({ block: "nearest" });
    const marked = [...spans(id)];
    const own = (one) => one.dataset.r.split(" ")[0] === id;
    marked.forEach((one) => one.classList.add(own(one) ? "is-current" : "is-near"));
    const first = marked.find((one) => own(one) && one.matches(".s-figure, .s-other")) || marked.find(own) || marked[0];
    if (scrollPaper && first && doc.offsetParent) reveal(first);
  }

  function reveal(element) {
    const box = element.getBoundingClientRect();
    const frame = doc.scrollHeight > doc.clientHeight ? doc.getBoundingClientRect() : { top: 0, bottom: innerHeight };
    if (box.top < frame.top + 80 || box.bottom > frame.bottom - 80) element.scrollIntoView({ block: "center" });
  }

  paper.addEventListener("click", (event) => {
    const hit = event.target.closest(".s");
    if (!hit || String(getSelection())) return;
    const ids = hit.dataset.r.split(" ");
    const at = ids.indexOf(current()?.dataset.id);
    const id = ids[(at + 1) % ids.length];
    if (innerWidth <= 900) pane("records");
    choose(id, { scrollPaper: false });
  });
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest(".record");
    if (chosen && !chosen.classList.contains("is-current") && !event.target.closest("a, button, input, select, summary")) {
      choose(chosen.dataset.id, { scrollList: false });
    }
  });
  list.addEventListener("focusin", (event) => {
    const chosen = event.target.closest(".record");
    if (chosen && !chosen.classList.contains("is-current")) choose(chosen.dataset.id, { scrollList: false });
  });

  function move(step) {
    const shown = visible();
    if (!shown.length) return;
    const at = shown.indexOf(current());
    const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
    choose(next.dataset.id);
    next.focus({ preventScroll: true });
  }

  /* filters: all cards are there, the rest is hidden */
  function filter(show) {
    desk.dataset.show = show;
    list.querySelectorAll(".record").forEach((one) => { one.hidden = !one.dataset.shows.split(" ").includes(show); });
    document.querySelectorAll(".shows a").forEach((one) => {
      if (one.dataset.show === show) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
    document.getElementById("nothing").hidden = visible().length > 0;
    history.replaceState(history.state, "", `${home}?show=${show}`);
  }
  document.querySelectorAll(".shows a").forEach((one) => one.addEventListener("click", (event) => {
    event.preventDefault();
    filter(one.dataset.show);
    list.scrollTop = 0;
    if (visible().length && !visible().includes(current())) choose(visible()[0].dataset.id);
  }));

  /* on a phone one pane at a time */
  function pane(name) {
    desk.dataset.pane = name;
    document.querySelectorAll(".panes-switch button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.pane === name)));
    const marked = paper.querySelector(".is-current, .is-near");
    if (name === "document" && marked) marked.scrollIntoView({ block: "center" });
    if (name === "records") current()?.scrollIntoView({ block: "center" });
  }
  document.querySelectorAll(".panes-switch button").forEach((one) => one.addEventListener("click", () => pane(one.dataset.pane)));

  /* asking the server */
  async function ask(address, options) {
    try {
      const answer = await fetch(address, { ...options, headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 403) return { notice: words.visit_over };
      if (!(answer.headers.get("content-type") || "").includes("json")) return { notice: words.lost };
      const told = await answer.json();
      return told.says ? { notice: told.says[document.body.dataset.language] } : told;
    } catch {
      return { notice: words.lost };
    }
  }

  async function send(body, opened) {
    if (busy) return;
    busy = true;
    const id = String(body.get("do")).split("|").slice(2).join("|");
    card(id)?.classList.add("is-busy");
    const before = visible();
    const at = before.indexOf(card(id));
    body.set("known", String(known));
    const told = await ask(home + "edit", { method: "POST", body: new URLSearchParams(body) });
    card(id)?.classList.remove("is-busy");
    busy = false;
    if (!told.notice && opened) opened.remove();
    if (told.cards) update(told, opened);
    if (told.notice) {
      refuse(told, opened, id);
      return;
    }
    say("");
    if (list.querySelector(".edit-form")) return;
    follow(told.selected, at, String(body.get("do")).split("|")[0]);
  }

  /* what was typed stays, also when somebody else was faster */
  function refuse(told, opened, id) {
    if (!opened) {
      say(told.notice);
      return;
    }
    const place = card(id)?.querySelector(".rec-form");
    if (place && !opened.isConnected) place.replaceChildren(opened);
    const conflict = Boolean(told.cards);
    if (conflict && card(id)) {
      const doing = opened.elements.namedItem("do");
      doing.value = `${doing.value.split("|")[0]}|${card(id).dataset.seen}|${id}`;
    }
    const line = opened.querySelector(".form-notice");
    line.textContent = conflict ? `${told.notice} ${words.again}` : told.notice;
    line.hidden = false;
    if (id) choose(id);
    const field = told.where && (opened.elements.namedItem("f." + told.where) || null);
    if (field && field.focus) {
      field.closest("details")?.setAttribute("open", "");
      field.focus();
    }
  }

  function update(told, sent) {
    known = told.edits;
    told.gone.forEach((id) => card(id)?.remove());
    Object.entries(told.cards).forEach(([id, html]) => {
      const made = document.createElement("template");
      made.innerHTML = html.trim();
      const fresh = made.content.firstElementChild;
      const old = card(id);
      const shown = fresh.dataset.shows.split(" ").includes(desk.dataset.show);
      fresh.hidden = !shown;
      if (old) {
        const form = old.querySelector(".edit-form");
        if (form && form !== sent) fresh.querySelector(".rec-form").replaceChildren(form);
        if (old.classList.contains("is-current")) fresh.classList.add("is-current");
        old.replaceWith(fresh);
      } else {
        const before = told.behind[id] && card(told.behind[id]);
        if (before) before.after(fresh);
        else adding.after(fresh);
      }
    });
    Object.entries(told.paragraphs).forEach(([number, html]) => {
      const made = document.createElement("template");
      made.innerHTML = html.trim();
      document.getElementById("p-" + number)?.replaceWith(made.content.firstElementChild);
    });
    document.getElementById("progress").outerHTML = told.progress;
    document.querySelectorAll(".shows a").forEach((one) => { one.querySelector(".n-count").textContent = told.counts[one.dataset.show]; });
  }

  /* after a decision the next one; after any other edit the record itself, or the one that was made */
  function follow(id, at, action) {
    const shown = visible();
    document.getElementById("nothing").hidden = shown.length > 0;
    const done = card(id);
    const onward = action === "accept" || action === "reject";
    const next = done && !done.hidden ? at + 1 : at;
    if (done && !onward && (!done.hidden || done.dataset.state === "added")) choose(id);
    else if (shown.length) choose(shown[Math.min(Math.max(next, 0), shown.length - 1)].dataset.id);
    current()?.focus({ preventScroll: true });
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="do"]');
    if (!button) return;
    event.preventDefault();
    const body = new FormData(document.getElementById("acts"));
    body.set("do", button.value);
    send(body, null);
  });
  list.addEventListener("submit", (event) => {
    const form = event.target.closest(".edit-form");
    if (!form) return;
    event.preventDefault();
    send(new FormData(form), form);
  });

  /* forms open inside the card, and close without a trace */
  async function open(id, form, extra) {
    const place = id ? card(id).querySelector(".rec-form") : adding;
    const told = await ask(`${home}form?${new URLSearchParams({ record: id, form, ...extra })}`, {});
    if (!told.html) {
      say(told.notice);
      return;
    }
    say("");
    close();
    place.innerHTML = told.html;
    if (innerWidth <= 900) pane("records");
    (id ? card(id) : place).scrollIntoView({ block: "start" });
    place.querySelector("input:not([type=hidden]), select")?.focus({ preventScroll: true });
  }
  function close() {
    const opened = list.querySelector(".edit-form");
    if (!opened) return false;
    opened.remove();
    current()?.focus({ preventScroll: true });
    return true;
  }
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-form], a[data-cancel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.matches("[data-cancel]")) close();
    else open(link.closest(".record").dataset.id, link.dataset.form, link.dataset.parts ? { parts: link.dataset.parts } : {});
  });

  /* adding from a selection: positions count characters, not the halves of which a script is made */
  function selected() {
    const choice = getSelection();
    if (!choice.rangeCount || choice.isCollapsed) return null;
    const range = choice.getRangeAt(0);
    const from = element(range.startContainer).closest(".para");
    const to = element(range.endContainer).closest(".para");
    if (!from || !paper.contains(from)) return null;
    const start = Number(from.dataset.start) + length(from, range.startContainer, range.startOffset);
    if (from !== to) {
      const rest = [...from.textContent].length;
      return range.endOffset === 0 && to === from.nextElementSibling ? { start, end: Number(from.dataset.start) + rest } : { broken: true };
    }
    return { start, end: Number(from.dataset.start) + length(from, range.endContainer, range.endOffset) };
  }
  function element(node) { return node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement; }
  function length(from, node, offset) {
    const range = document.createRange();
    range.setStart(from, 0);
    range.setEnd(node, offset);
    return [...range.toString()].length;
  }
  function add() {
    const place = selected();
    if (!place || place.start === place.end) say(words.choose_text);
    else if (place.broken) say(words.one_paragraph);
    else {
      getSelection().removeAllRanges();
      float();
      open("", "add", place);
    }
  }
  function float() {
    if (!floating) return;
    const place = selected();
    const shown = place && !place.broken && place.end > place.start;
    floating.hidden = !shown;
    if (!shown) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    floating.style.top = `${Math.min(Math.max(box.bottom + 8, 70), innerHeight - 60)}px`;
    floating.style.left = `${Math.min(Math.max(box.left, 8), innerWidth - 150)}px`;
  }
  if (mayEdit) {
    document.addEventListener("selectionchange", float);
    doc.addEventListener("scroll", float, { passive: true });
    floating.addEventListener("mousedown", (event) => event.preventDefault());
    floating.addEventListener("click", add);
  }

  /* keys */
  const press = (action) => current()?.querySelector(`button[name="do"][value^="${action}|"]`)?.click();
  const link = (form) => current()?.querySelector(`.acts a[data-form="${form}"]`)?.click();
  const doing = {
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    a: () => press("accept"), x: () => press("reject"), u: () => press("undo"),
    e: () => (current()?.dataset.kind === "other" ? link("add") : link("edit")), s: () => link("split"), n: () => mayEdit && add(),
    "?": () => keys.showModal(),
  };
  document.getElementById("keys-open").addEventListener("click", () => keys.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.key === "Escape") {
      if (!close()) say("");
      return;
    }
    const here = document.activeElement || document.body;
    if (here.matches("input, select, textarea, summary")) return;
    if (event.key.startsWith("Arrow") && !list.contains(here)) return;
    if (!doing[event.key]) return;
    event.preventDefault();
    doing[event.key]();
  });

  const asked = decodeURIComponent(location.hash.slice(1)).replace(/^r-/, "");
  if (asked && card(asked)) choose(asked);
  else if (visible().length) choose(visible()[0].dataset.id, { scrollPaper: false });
})();
