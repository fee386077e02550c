/* The wall: its clock, its maps in turn, keys, and a look now and then whether a new run is there. */
(function () {
  "use strict";
  const TURN = 15000, ASK = 30000, REST = 45000;
  const root = document.documentElement, body = document.body;
  const slides = [...document.querySelectorAll("[data-slide]")];
  const dots = [...document.querySelectorAll(".wall-dots i")];
  const pause = document.getElementById("pause");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const clock = document.getElementById("clock");
  const lost = document.getElementById("lost");
  let at = 0, paused = calm.matches, touched = 0;
  window.dafeng = window.dafeng || {};

  function tell() {
    const now = new Date();
    const day = new Intl.DateTimeFormat(root.lang, { year: "numeric", month: "short", day: "numeric", weekday: "short" });
    const hour = new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    clock.textContent = `${day.format(now)} ${hour.format(now)}`;
    clock.dateTime = now.toISOString();
  }

  function turn(step) {
    if (slides.length < 2) return;
    at = (at + step + slides.length) % slides.length;
    slides.forEach((one, n) => { one.hidden = n !== at; });
    dots.forEach((one, n) => one.classList.toggle("on", n === at));
  }

  function mark() {
    root.dataset.motion = calm.matches ? "off" : "on";
    if (!pause) return;
    pause.setAttribute("aria-pressed", String(paused));
    pause.setAttribute("aria-label", paused ? pause.dataset.play : pause.dataset.pause);
    pause.title = pause.getAttribute("aria-label");
  }

  function toggle() {
    paused = !paused;
    mark();
  }

  /* Nobody's reading is disturbed: while an explanation is open, or a hand was at it just now, nothing turns and nothing reloads. */
  function busy() { return !document.getElementById("drawer").hidden || Date.now() - touched < REST; }

  async function ask() {
    try {
      const said = await fetch(body.dataset.ask, { cache: "no-store" });
      lost.hidden = said.ok;
      if (said.ok && (await said.json()).run !== body.dataset.run && !busy()) location.reload();
    } catch {
      lost.hidden = false;
    }
  }

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen?.();
  }

  ["keydown", "pointerdown"].forEach((kind) => document.addEventListener(kind, () => { touched = Date.now(); }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = document.activeElement || body;
    if (here.closest("[data-map], .drawer")) return;
    if (event.key === " " && !here.matches("button, a")) { event.preventDefault(); toggle(); }
    if (event.key === "ArrowRight") turn(1);
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "f" || event.key === "F") fill();
    if (event.key === "?" && here.matches("a[data-explain]")) here.click();
  });
  pause?.addEventListener("click", toggle);
  document.getElementById("full").addEventListener("click", fill);
  calm.addEventListener("change", () => { paused = calm.matches; mark(); });
  dafeng.wall = { turn, ask, toggle };

  mark();
  tell();
  setInterval(tell, 1000);
  setInterval(() => { if (!paused && !busy()) turn(1); }, TURN);
  setInterval(ask, ASK);
})();
