/* Keeps the bars of jobs in step. A lost connection is told and taken up again; without scripts the page reloads itself. */
(function () {
  "use strict";
  const part = document.querySelector("[data-poll]");
  const lost = document.getElementById("poll-lost");
  if (!part) return;
  const bars = new Map([...document.querySelectorAll("[data-job]")].map((one) => [one.dataset.job, one]));
  const often = 1000, seldom = 10_000;
  let failures = 0;

  function draw(job) {
    const one = bars.get(job.id);
    if (!one) return job.live;
    const bar = one.querySelector("progress"), step = one.querySelector("[data-step]"), share = one.querySelector("[data-share]");
    if (bar) bar.value = job.share;
    if (share) share.textContent = `${Math.floor(100 * job.share)} %`;
    if (step && job.step) step.textContent = job.step[document.body.dataset.language] || job.step.zh;
    return job.state !== one.dataset.state;
  }

  async function ask() {
    let wait = bars.size ? often : seldom;
    try {
      const answer = await fetch(part.dataset.poll, { headers: { accept: "application/json" }, cache: "no-store" });
      if (answer.status === 403 || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      failures = 0;
      lost.hidden = true;
      if ([].concat(told).map(draw).includes(true)) return location.reload();
    } catch {
      failures += 1;
      lost.hidden = failures < 2;
      wait = Math.min(often * 2 ** failures, seldom);
    }
    setTimeout(ask, wait);
  }

  setTimeout(ask, often);
})();
