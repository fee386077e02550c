/* Charts: tokens to theme, data to picture, picture to table and CSV. The kinds are in paths.js and power.js. */
(function () {
  "use strict";
  const source = document.currentScript.dataset.library;
  const drawn = [];
  const kinds = {};
  let fetched = null;
  dafeng.charts = { kinds, token, write, unit, tip, phone, renew };

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }
  function phone() { return window.innerWidth < 720; }

  /* Digits as the pages write them: real minus, groups from five digits on. */
  function write(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return "—";
    const digits = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
    const [whole, rest] = String(Math.abs(digits)).split(".");
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
    return (digits < 0 ? "\u2212" : "") + grouped + (rest ? "." + rest : "");
  }
  function unit(data) {
    if (!data.unit || data.unit === "%") return data.unit;
    return (/^[\u4e00-\u9fff]/.test(data.unit) ? "\u202f" : "\u00a0") + data.unit;
  }

  /* A tip as elements, since the pages allow no inline style. */
  function tip(head, rows) {
    const box = document.createElement("div");
    box.className = "tip";
    const title = document.createElement("b");
    title.textContent = head;
    box.append(title);
    rows.forEach(([name, value]) => {
      const row = document.createElement("div");
      row.className = "tip-row";
      [name, value].forEach((text) => {
        const part = document.createElement("span");
        part.textContent = text;
        row.append(part);
      });
      box.append(row);
    });
    return box;
  }

  function theme() {
    const line = token("line");
    const axis = {
      axisLine: { lineStyle: { color: token("line-2") } },
      axisTick: { show: false },
      axisLabel: { color: token("ink-3"), fontSize: 12 },
      splitLine: { lineStyle: { color: line } },
      nameTextStyle: { color: token("ink-3"), fontSize: 12, align: "left" },
    };
    return {
      color: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token("s-" + n)),
      backgroundColor: "transparent",
      textStyle: { fontFamily: token("sans"), color: token("ink-2") },
      categoryAxis: { ...axis, splitLine: { show: false } },
      valueAxis: { ...axis, axisLine: { show: false } },
      legend: { textStyle: { color: token("ink-2") }, icon: "roundRect", itemWidth: 14, itemHeight: 6, inactiveColor: token("line-2") },
      tooltip: { backgroundColor: token("surface"), borderColor: token("line-2"), borderWidth: 1, padding: [8, 12], textStyle: { color: token("ink") } },
    };
  }

  function still() { return window.matchMedia("(prefers-reduced-motion: reduce)").matches; }

  function draw(entry) {
    const { canvas, data } = entry;
    if (entry.chart) entry.chart.dispose();
    const made = kinds[data.kind](data, entry.state);
    entry.made = made;
    entry.chart = echarts.init(canvas, theme(), { renderer: made.canvas ? "canvas" : "svg" });
    entry.chart.setOption({
      animationDuration: still() ? 0 : 180,
      animation: !still(),
      aria: { enabled: true, label: { description: `${data.title}. ${data.subtitle || ""}` } },
      tooltip: { trigger: "axis", confine: true, transitionDuration: 0, axisPointer: { lineStyle: { color: token("line-2") } } },
      ...made.option,
    });
    entry.chart.on("click", (event) => {
      const address = made.address && made.address(event);
      if (address) dafeng.open(address.replace(document.body.dataset.run + "/", ""), explain(address));
    });
    canvas.dataset.drawn = "yes";
  }

  function explain(address) {
    const base = "/" + location.pathname.split("/")[1];
    return base + "/explain/" + address.replace(document.body.dataset.run + "/", "").split("/").map(encodeURIComponent).join("/");
  }

  function fill(entry) {
    const table = document.createElement("table");
    table.className = "table";
    const head = table.createTHead().insertRow();
    entry.made.head.forEach((text, at) => {
      const cell = document.createElement("th");
      cell.textContent = text;
      cell.scope = "col";
      if (at) cell.className = "num";
      head.append(cell);
    });
    const rows = table.createTBody();
    entry.made.rows.forEach((row) => {
      const line = rows.insertRow();
      row.forEach((value, at) => {
        const cell = line.insertCell();
        cell.textContent = typeof value === "number" && at ? write(value) : (value ?? "—");
        if (at) cell.className = "num";
      });
    });
    entry.table.replaceChildren(table);
  }

  function toggle(entry, button) {
    const open = entry.table.hidden;
    if (open) fill(entry);
    entry.table.hidden = !open;
    entry.canvas.hidden = open;
    button.setAttribute("aria-pressed", String(open));
    if (!open) entry.chart.resize();
  }

  /* What a spreadsheet could take for a formula gets a quote in front. */
  function field(value) {
    const text = value === null || value === undefined ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function save(entry) {
    const lines = [entry.made.head, ...entry.made.rows].map((row) => row.map(field).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = entry.figure.id + ".csv";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function choices(entry) {
    const place = entry.figure.querySelector(".chart-extra");
    (entry.made.choices || []).forEach(({ id, name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = name;
      button.setAttribute("aria-pressed", String(entry.made.chosen === id));
      button.addEventListener("click", () => {
        entry.state = id;
        draw(entry);
        if (!entry.table.hidden) fill(entry);
        [...place.children].forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
      });
      place.append(button);
    });
  }

  /* The chart library comes with the first chart that comes into sight. */
  function library() {
    fetched ??= new Promise((done, lost) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = done;
      script.onerror = lost;
      document.head.append(script);
    });
    return fetched;
  }

  /* A chart with many points brings no data in the page: they are fetched when it comes into sight. */
  async function read(figure) {
    const data = JSON.parse(figure.querySelector(".chart-data").textContent);
    const place = figure.closest("[data-series]");
    if (!data.from || !place) return data;
    const answer = await fetch(`${place.dataset.series}?${new URLSearchParams(data.from)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    figure.querySelector(".chart-title").textContent = found.title;
    figure.querySelector(".chart-canvas").setAttribute("aria-label", found.title);
    return found;
  }

  /* Other data in the same figure, e.g. the next week. */
  async function renew(figure, data) {
    await (figure.beginning ||= begin(figure));
    const entry = drawn.find((one) => one.figure === figure);
    if (!entry) return;
    entry.data = data;
    figure.querySelector(".chart-title").textContent = data.title;
    draw(entry);
    if (!entry.table.hidden) fill(entry);
  }

  /* The buttons answer at once, also before the chart is drawn. */
  function wire(figure) {
    if (figure.dataset.wired) return;
    figure.dataset.wired = "yes";
    const whenDrawn = (act) => async (event) => {
      const button = event.currentTarget;
      const entry = await (figure.beginning ||= begin(figure));
      if (entry) act(entry, button);
    };
    figure.querySelector('[data-act="table"]').addEventListener("click", whenDrawn(toggle));
    figure.querySelector('[data-act="csv"]').addEventListener("click", whenDrawn(save));
  }

  async function begin(figure) {
    wire(figure);
    const canvas = figure.querySelector(".chart-canvas");
    let data;
    try {
      [data] = await Promise.all([read(figure), library()]);
    } catch {
      canvas.textContent = dafeng.words.lost_chart;
      return null;
    }
    const entry = { figure, data, canvas, table: figure.querySelector(".chart-table"), state: null };
    draw(entry);
    choices(entry);
    drawn.push(entry);
    new ResizeObserver(() => { if (!entry.canvas.hidden) entry.chart.resize(); }).observe(entry.canvas);
    return entry;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const seen = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
        seen.unobserve(entry.target);
        entry.target.beginning ||= begin(entry.target);
      });
    }, { rootMargin: "300px" });
    document.querySelectorAll("figure.chart").forEach((figure) => { wire(figure); seen.observe(figure); });
    dafeng.theme.watch(() => drawn.forEach(draw));
    /* on paper nothing is below the fold */
    window.addEventListener("beforeprint", () => document.querySelectorAll("figure.chart").forEach((figure) => {
      if (!figure.querySelector("[data-drawn]")) { seen.unobserve(figure); figure.beginning ||= begin(figure); }
    }));
  });
})();
