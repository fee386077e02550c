/* From district to district with the arrow keys; one of them takes the tab key. */
(function () {
  "use strict";
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function places(map) {
    return [...map.querySelectorAll(".district")].map((one) => ({ one, x: Number(one.dataset.x), y: Number(one.dataset.y) }));
  }

  /* The nearest district that lies more ahead than aside. */
  function next(all, from, [right, down]) {
    const ahead = all.map((to) => {
      const along = (to.x - from.x) * right + (to.y - from.y) * down;
      const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * right);
      return { to, along, cost: along + 2 * aside, fits: along > 0 && aside <= along * 1.5 };
    }).filter((one) => one.fits);
    return ahead.sort((a, b) => a.cost - b.cost)[0]?.to;
  }

  document.querySelectorAll("[data-map]").forEach((map) => {
    const all = places(map);
    all.forEach(({ one }, at) => one.setAttribute("tabindex", at ? "-1" : "0"));
    map.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const from = all.find(({ one }) => one === event.target.closest(".district"));
      if (!step || !from || event.ctrlKey || event.metaKey || event.altKey) return;
      const to = next(all, from, step);
      if (!to) return;
      event.preventDefault();
      move(to.one);
    });
    map.addEventListener("focusin", (event) => move(event.target.closest(".district"), false));

    function move(target, focus = true) {
      if (!target) return;
      all.forEach(({ one }) => one.setAttribute("tabindex", one === target ? "0" : "-1"));
      if (focus) target.focus();
    }
  });
})();
