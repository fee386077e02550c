/* The time line: unfold all groups, and bring the day of the assessment into sight on a narrow window. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest('[data-act="unfold"]');
    if (!button) return;
    const groups = [...document.querySelectorAll(".gantt-group")];
    const open = groups.some((one) => !one.open);
    groups.forEach((one) => { one.open = open; });
    [button.textContent, button.dataset.done] = [button.dataset.done, button.textContent];
  });

  function show() {
    const frame = document.querySelector(".gantt");
    const day = frame?.querySelector(".axis .day");
    if (!day || frame.scrollWidth <= frame.clientWidth) return;
    const names = frame.querySelector(".gantt-corner").clientWidth;
    frame.scrollLeft = Math.max(0, Number(day.getAttribute("x1")) - (frame.clientWidth - names) / 2);
  }
  document.addEventListener("htmx:after:swap", show);
  show();
})();
