/* The public pages: light and dark, and copying. Everything else works without a script. */
(function () {
  "use strict";
  const button = document.getElementById("theme");
  if (button && window.dafeng) { button.addEventListener("click", window.dafeng.theme.toggle); }

  function copy(place) {
    const text = document.getElementById(place.dataset.copy).textContent;
    const said = place.textContent;
    const done = () => {
      place.textContent = place.dataset.done;
      setTimeout(() => { place.textContent = said; }, 2000);
    };
    if (navigator.clipboard) { navigator.clipboard.writeText(text).then(done, () => choose(place)); } else { choose(place); }
  }
  /* Without a secure address browsers keep the clipboard closed: then the text is at least marked. */
  function choose(place) {
    window.getSelection().selectAllChildren(document.getElementById(place.dataset.copy));
  }
  document.querySelectorAll("[data-copy]").forEach((place) => place.addEventListener("click", () => copy(place)));
})();
