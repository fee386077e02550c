/* Explanations of a frozen copy: without a server they come from script files, one per table and language. */
(function () {
  "use strict";
  const folder = "explain/";
  const shelves = new Map();

  /* Called by the shelf files. */
  dafeng.keep = (table, items) => shelves.get(table)?.resolve(items);

  function shelf(table) {
    if (!shelves.has(table)) {
      const entry = {};
      entry.items = new Promise((resolve) => { entry.resolve = resolve; });
      shelves.set(table, entry);
      const script = document.createElement("script");
      script.src = folder + encodeURIComponent(table) + ".js";
      script.onerror = () => entry.resolve({});
      document.head.append(script);
    }
    return shelves.get(table).items;
  }

  dafeng.frozen = async (address) => (await shelf(address.split("/")[0].replace(/[^A-Za-z0-9_-]/g, "-")))[address];

  async function page() {
    const place = document.getElementById("explain-page");
    const address = decodeURIComponent(location.hash.slice(1));
    if (!place || !address) return;
    const found = await dafeng.frozen(address);
    if (found) place.innerHTML = found;
  }
  window.addEventListener("hashchange", page);
  page();
})();
