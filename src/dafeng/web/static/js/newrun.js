/* When a new run is there, the page says so; it changes nothing under the reader's eyes. */
(function () {
  "use strict";
  const notice = document.getElementById("new-run");
  const shown = document.body.dataset.run;
  const every = 20_000;
  if (!notice || !shown) return;

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(notice.dataset.from, { cache: "no-cache" });
      if (answer.ok && (await answer.json()).run !== shown) {
        notice.hidden = false;
        clearInterval(timer);
      }
    } catch { /* the server is away for a moment; the next look tries again */ }
  }

  const timer = setInterval(look, every);
  document.addEventListener("visibilitychange", look);
  notice.querySelector("a").addEventListener("click", (happened) => { happened.preventDefault(); location.reload(); });
})();
