/* Light or dark, before the first paint: the reader's choice, else the system's. */
(function () {
  "use strict";
  const key = "dafeng.theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const sheet = document.getElementById("dark-sheet");
  const watchers = [];
  let chosen = read();

  function read() {
    try { return localStorage.getItem(key); } catch { return null; }
  }
  function keep(value) {
    try { localStorage.setItem(key, value); } catch { /* a browser without storage forgets the choice */ }
  }
  function dark() {
    return chosen ? chosen === "dark" : system.matches;
  }
  function apply() {
    const media = { dark: "screen", light: "not all" };
    sheet.media = media[chosen] || "screen and (prefers-color-scheme: dark)";
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    requestAnimationFrame(() => requestAnimationFrame(() => watchers.forEach((watcher) => watcher())));
  }
  function toggle() {
    chosen = dark() ? "light" : "dark";
    keep(chosen);
    apply();
  }
  system.addEventListener("change", apply);
  window.dafeng = { theme: { dark, toggle, watch: (watcher) => watchers.push(watcher) } };
  apply();
})();
