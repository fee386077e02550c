/* Charts as wide as a sheet while the page is printed: what was drawn for a narrow column is drawn again, then put back. */
(function () {
  "use strict";
  const SHEET = 686;   /* 182 mm between the margins of A4, in CSS pixels, less a hair */
  const HALF = 334;
  const drawn = () => [...document.querySelectorAll(".chart-canvas[data-drawn]")];
  const chart = (canvas) => window.echarts?.getInstanceByDom(canvas);

  /* The charts' own listener, which draws what was not yet in sight, stands before this one. */
  window.addEventListener("load", () => {
    window.addEventListener("beforeprint", () => drawn().forEach((one) => {
      const here = chart(one);
      here?.resize({ width: one.closest(".small-multiples") ? HALF : SHEET });
      here?.getZr().flush();   /* the sheet is taken before the next frame */
    }));
    window.addEventListener("afterprint", () => drawn().forEach((one) => chart(one)?.resize({ width: "auto" })));
  });
})();
