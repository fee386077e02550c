/* The explanation of a number, beside the page: open, go deeper, go back, close. Its place stands in the address. */
(function () {
  "use strict";
  const drawer = document.getElementById("drawer");
  const body = document.getElementById("drawer-body");
  const back = document.getElementById("drawer-back");
  const words = JSON.parse(document.getElementById("words").textContent);
  const trail = [];
  let opener = null;
  let turn = 0;

  dafeng.words = words;
  dafeng.open = open;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-explain]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!drawer.contains(link)) {
      opener = link;
      trail.length = 0;
    }
    open(link.dataset.explain, link.getAttribute("href"));
  });
  document.getElementById("drawer-close").addEventListener("click", close);
  back.addEventListener("click", () => {
    trail.pop();
    const last = trail.pop();
    if (last) open(last.address, last.href);
  });
  document.addEventListener("keydown", (event) => {
    if (drawer.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "Tab") stay(event);
  });

  /* Tab goes round inside the drawer while it has the focus; Esc and the mouse lead out. */
  function stay(event) {
    const here = document.activeElement;
    if (!drawer.contains(here)) return;
    const stops = [...drawer.querySelectorAll("a[href], button, summary, [tabindex='0']")].filter((one) => one.checkVisibility());
    const [first, last] = [stops[0], stops[stops.length - 1]];
    if (event.shiftKey ? here === first : here === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  function place(address) {
    if (dafeng.frozen) return;
    const here = new URL(location.href);
    if (address) here.searchParams.set("explain", address);
    else here.searchParams.delete("explain");
    history.replaceState(history.state, "", here);
  }

  function skeleton() {
    body.innerHTML = '<div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div>';
    body.setAttribute("aria-label", words.loading);
  }

  function say(text) {
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = text;
    body.replaceChildren(note);
  }

  async function open(address, href) {
    trail.push({ address, href });
    back.hidden = trail.length < 2;
    drawer.hidden = false;
    const slow = setTimeout(skeleton, 120);
    const mine = (turn += 1);
    await fill(address, href);
    clearTimeout(slow);
    if (mine !== turn) return; // another number was asked for meanwhile
    if (body.querySelector(".skeleton")) say(words.failed);
    body.setAttribute("aria-label", drawer.getAttribute("aria-label"));
    body.scrollTop = 0;
    body.focus();
    place(address);
  }

  async function fill(address, href) {
    if (dafeng.frozen) {
      const found = await dafeng.frozen(address);
      if (found) body.innerHTML = found;
      else say(words.unknown);
      return;
    }
    const kept = body.innerHTML;
    try {
      await htmx.ajax("GET", href + "?fragment=1", { target: "#drawer-body", swap: "innerHTML" });
    } catch {
      say(words.failed);
    }
    if (body.innerHTML === kept && !body.querySelector(`[data-address="${CSS.escape(address)}"]`)) say(words.failed);
  }

  function close() {
    const shown = trail[0]?.address || "";
    drawer.hidden = true;
    trail.length = 0;
    place(null);
    const home = opener?.isConnected ? opener : document.querySelector(`main a[data-explain="${CSS.escape(shown)}"]`);
    (home || document.getElementById("content")).focus();
    opener = null;
  }

  const asked = new URL(location.href).searchParams.get("explain");
  if (asked && !dafeng.frozen) {
    const base = location.pathname.split("/")[1];
    const known = document.querySelector(`main a[data-explain="${CSS.escape(asked)}"]`)?.getAttribute("href");
    const place = known || (document.body.dataset.run && `/${base}/explain/${asked.split("/").map(encodeURIComponent).join("/")}`);
    if (place) window.addEventListener("load", () => open(asked, place));
  }
})();
