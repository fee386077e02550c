/* The hourly models: a week that can be moved, duration curves, levels, energy streams, stacks of the years. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone, renew } = dafeng.charts;
  const { grid } = dafeng.series;
  const { colour } = dafeng.carriers;
  const words = () => dafeng.words;

  /* A second technology of one colour is lighter, a third lighter still. */
  function shades(technologies) {
    const seen = {};
    return technologies.map((name) => {
      const base = colour(name);
      seen[base] = (seen[base] || 0) + 1;
      return base + ["", "b3", "80", "5c"][Math.min(seen[base], 4) - 1];
    });
  }

  kinds.hours = (data) => {
    const paint = shades(data.series.map((one) => one.technology));
    const area = (one, at, sign, stack) => ({
      type: "line", name: one.name, id: stack + at, stack, symbol: "none", color: paint[at], itemStyle: { color: paint[at] }, lineStyle: { width: 0 },
      areaStyle: { opacity: 0.95 }, emphasis: { disabled: true }, animation: false, xAxisIndex: 0, yAxisIndex: 0,
      data: one.values.map((value) => (value * sign > 0 ? value : 0)),
    });
    const named = [...new Set(data.series.map((one) => one.name))];
    const small = phone();
    const axis = (at) => ({
      type: "category", gridIndex: at, data: data.stamps, boundaryGap: false, axisTick: { show: at === 1, interval: (n) => n % 24 === 0 },
      axisLabel: { show: at === 1, interval: (n) => n % 24 === 12, formatter: (text) => text.split(" ")[0] }, axisPointer: { label: { show: false } },
    });
    return {
      canvas: true,
      option: {
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        grid: [{ left: 56, right: 12, top: small ? 92 : 48, bottom: small ? 110 : 106 }, { left: 56, right: 12, height: 44, bottom: 24 }],
        legend: { top: 0, left: 0, data: [...named, words().load], type: small ? "scroll" : "plain" },
        xAxis: [axis(0), axis(1)],
        yAxis: [
          { type: "value", gridIndex: 0, axisLabel: { formatter: write }, splitNumber: 5 },
          { type: "value", gridIndex: 1, scale: true, axisLabel: { formatter: write }, splitNumber: 2, name: `${words().price} (${data.money})`, nameGap: 8, nameTextStyle: { padding: [0, 0, 0, -40] } },
        ],
        tooltip: {
          trigger: "axis", confine: true,
          formatter: (all) => {
            const at = all[0].dataIndex;
            const rows = data.series.filter((one) => one.values[at]).map((one) => [one.name, write(one.values[at])]);
            return tip(`${data.stamps[at]} · ${data.unit}`, [[words().load, write(data.load[at])], ...rows, [`${words().price} (${data.money})`, write(data.price[at])]]);
          },
        },
        series: [
          ...data.series.map((one, at) => area(one, at, 1, "up")),
          ...data.series.map((one, at) => area(one, at, -1, "down")),
          { type: "line", name: words().load, data: data.load, symbol: "none", color: token("ink"), lineStyle: { width: 2 }, z: 9, animation: false },
          { type: "line", name: words().price, data: data.price, xAxisIndex: 1, yAxisIndex: 1, step: "middle", symbol: "none", color: token("s-6"), lineStyle: { width: 1.5 }, animation: false },
        ],
      },
      head: [words().hour, ...data.series.map((one) => `${one.name} (${data.unit})`), `${words().load} (${data.unit})`, `${words().price} (${data.money})`],
      rows: data.stamps.map((stamp, at) => [stamp, ...data.series.map((one) => one.values[at]), data.load[at] ?? null, data.price[at]]),
    };
  };

  /* All hours: the picture has as many points as there are pixels, zooming in shows every hour. A stroke of one pixel is drawn
     in a third of the time of a broader one; wind and sun are an area alone, and the strip of weeks above shows the year. */
  kinds.year = (data) => {
    const stamps = data.load.map((_, at) => `${data.days[Math.floor(at / 24)]} ${String(at % 24).padStart(2, "0")}:00`);
    const axis = (at) => ({
      type: "category", gridIndex: at, data: stamps, boundaryGap: false, axisTick: { show: false },
      axisLabel: { show: at === 1, formatter: (text) => text.split(" ")[0], hideOverlap: true }, axisPointer: { label: { show: false } },
    });
    const line = (name, values, colour, at, more) => ({
      type: "line", name, data: values, xAxisIndex: at, yAxisIndex: at, symbol: "none", sampling: "lttb", animation: false, color: colour,
      lineStyle: { width: 1 }, emphasis: { disabled: true }, ...more,
    });
    return {
      canvas: true,
      option: {
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        grid: [{ left: 56, right: 12, top: 40, bottom: 150 }, { left: 56, right: 12, height: 56, bottom: 68 }],
        legend: { top: 0, left: 0, data: [words().load, words().wind_and_sun] },
        xAxis: [axis(0), axis(1)],
        yAxis: [
          { type: "value", gridIndex: 0, axisLabel: { formatter: write }, splitNumber: 4 },
          { type: "value", gridIndex: 1, scale: true, axisLabel: { formatter: write }, splitNumber: 2, name: `${words().price} (${data.money})`, nameGap: 8, nameTextStyle: { padding: [0, 0, 0, -40] } },
        ],
        dataZoom: [
          { type: "inside", xAxisIndex: [0, 1], minValueSpan: 24, zoomOnMouseWheel: "ctrl", throttle: 30 },
          { type: "slider", xAxisIndex: [0, 1], minValueSpan: 24, height: 22, bottom: 12, showDetail: false, showDataShadow: false, brushSelect: false, throttle: 30 },
        ],
        tooltip: {
          trigger: "axis", confine: true,
          formatter: (all) => {
            const at = all[0].dataIndex;
            return tip(`${stamps[at]} · ${data.unit}`, [[words().load, write(data.load[at])], [words().wind_and_sun, write(data.renewable[at])], [`${words().price} (${data.money})`, write(data.price[at])]]);
          },
        },
        series: [
          line(words().wind_and_sun, data.renewable, token("s-1"), 0, { areaStyle: { opacity: 0.5 }, lineStyle: { width: 0 } }),
          line(words().load, data.load, token("ink"), 0),
          line(words().price, data.price, token("s-6"), 1),
        ],
      },
      head: [words().hour, `${words().load} (${data.unit})`, `${words().wind_and_sun} (${data.unit})`, `${words().price} (${data.money})`],
      rows: stamps.map((stamp, at) => [stamp, data.load[at], data.renewable[at], data.price[at]]),
    };
  };

  kinds.curve = (data) => {
    const share = data.values[0].map((_, at) => (at * 100) / (data.values[0].length - 1));
    return {
      option: {
        grid: { ...grid(20), top: data.names.length > 1 ? 34 : 14, bottom: 24 },
        legend: data.names.length > 1 ? { top: 0, left: 0, data: data.names } : undefined,
        xAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: (value) => value + "%", alignMinLabel: "left", alignMaxLabel: "right" }, splitLine: { show: false } },
        yAxis: { type: "value", max: data.roof ?? undefined, axisLabel: { formatter: write }, splitNumber: 4 },
        tooltip: { trigger: "axis", confine: true, formatter: (all) => tip(`${write(all[0].value[0])}% ${words().of_hours}`, all.map((one) => [one.seriesName, write(one.value[1]) + unit(data)])) },
        series: data.names.map((name, at) => ({
          type: "line", name, symbol: "none", color: token(["s-8", "s-1"][data.names.length > 1 ? at : 1]), lineStyle: { width: 2.5 },
          areaStyle: at === data.names.length - 1 ? { opacity: 0.1 } : undefined, data: data.values[at].map((value, n) => [share[n], value]),
        })),
      },
      head: [`% ${words().of_hours}`, ...data.names.map((name) => `${name} (${data.unit})`)],
      rows: share.map((at, n) => [String(Number(at.toFixed(1))), ...data.values.map((values) => values[n])]),
    };
  };

  kinds.level = (data) => ({
    option: {
      grid: { left: 4, right: 12, top: 10, bottom: 4, containLabel: true },
      xAxis: { type: "category", data: data.days, boundaryGap: false, axisLabel: { interval: Math.max(0, Math.floor(data.days.length / 6) - 1) } },
      yAxis: { type: "value", min: 0, axisLabel: { formatter: write }, splitNumber: 2 },
      tooltip: { trigger: "axis", confine: true, formatter: ([one]) => tip(one.name, [["", write(one.value) + unit(data)]]) },
      series: [{ type: "line", data: data.values, symbol: "none", color: colour(data.technology), lineStyle: { width: 1.5 }, areaStyle: { opacity: 0.18 } }],
    },
    head: [words().day, data.unit],
    rows: data.days.map((day, at) => [day, data.values[at]]),
  });

  function nodeColour(node) {
    if (node.startsWith("end/")) return token("line-2");
    return node.startsWith("demand/") ? token("ink-3") : colour(node.slice(node.indexOf("/") + 1));
  }

  /* Names of nodes too thin for a line of text are told by the tip and the table. */
  kinds.streams = (data) => {
    const side = (at, name) => data.links.reduce((sum, link) => sum + (link[at] === name ? link[2] : 0), 0);
    const size = (name) => Math.max(side(0, name), side(1, name));
    const most = Math.max(...Object.keys(data.names).map(size));
    return {
    option: {
      tooltip: {
        trigger: "item", confine: true,
        formatter: (one) => one.dataType === "edge"
          ? tip(`${data.names[one.data.source]} → ${data.names[one.data.target]}`, [["", write(one.data.value) + unit(data)]])
          : tip(data.names[one.name], [["", write(one.value) + unit(data)]]),
      },
      series: [{
        type: "sankey", left: 4, right: phone() ? 84 : 140, top: 8, bottom: 8, nodeGap: phone() ? 6 : 12, nodeWidth: 12, draggable: false,
        emphasis: { focus: "adjacency" }, lineStyle: { color: "source", opacity: 0.35, curveness: 0.5 },
        label: { color: token("ink"), fontSize: phone() ? 10 : 12, overflow: "break", lineHeight: phone() ? 11 : 14, formatter: (one) => data.names[one.name] },
        data: Object.keys(data.names).map((name) => ({ name, itemStyle: { color: nodeColour(name), borderWidth: 0 }, label: { show: size(name) > 0.015 * most, width: side(0, name) && phone() ? 44 : phone() ? 80 : 136 } })),
        links: data.links.map(([source, target, value]) => ({ source, target, value })),
      }],
    },
    head: [words().from, words().to, data.unit],
    rows: data.links.map(([source, target, value]) => [data.names[source], data.names[target], value]),
    };
  };

  /* One year: ranked bars. Several: stacked columns. */
  kinds.amounts = (data) => {
    const paint = shades(data.technologies);
    const one = data.years.length === 1;
    const rank = data.names.map((_, at) => at).sort((a, b) => data.values[b][0] - data.values[a][0]);
    const option = one ? {
      grid: { left: 4, right: 60, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", axisLabel: { formatter: write }, splitNumber: 4 },
      yAxis: { type: "category", inverse: true, data: rank.map((at) => data.names[at]), axisLabel: { width: phone() ? 96 : 150, overflow: "break", lineHeight: 14, color: token("ink-2") } },
      tooltip: { trigger: "axis", confine: true, axisPointer: { type: "none" }, formatter: ([row]) => tip(row.name, [["", write(row.value) + unit(data)]]) },
      series: [{
        type: "bar", barMaxWidth: 20, data: rank.map((at) => ({ value: data.values[at][0], itemStyle: { color: paint[at], borderRadius: 2 } })),
        label: { show: true, position: "right", formatter: (row) => write(row.value), color: token("ink-2") },
      }],
    } : {
      grid: { left: 4, right: 8, top: phone() ? 96 : 62, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, data: data.names, type: phone() ? "scroll" : "plain" },
      xAxis: { type: "category", data: data.years },
      yAxis: { type: "value", axisLabel: { formatter: write }, splitNumber: 4 },
      tooltip: { trigger: "axis", confine: true, axisPointer: { type: "none" }, formatter: (all) => tip(all[0].name + " · " + data.unit, all.filter((row) => row.value).map((row) => [row.seriesName, write(row.value)])) },
      series: data.names.map((name, at) => ({ type: "bar", name, stack: "all", barMaxWidth: 56, color: paint[at], itemStyle: { color: paint[at] }, data: data.values[at] })),
    };
    return { option, head: [`${words().technology} (${data.unit})`, ...data.years], rows: data.names.map((name, at) => [name, ...data.values[at]]) };
  };

  /* The weeks of the year as bars above a slider: pointer, arrow keys and buttons move through them. */
  function strip(place) {
    const data = JSON.parse(place.querySelector(".strip-data").textContent);
    const figure = document.getElementById("week");
    const range = place.querySelector("input");
    const name = place.querySelector("output");
    const query = JSON.parse(place.dataset.query);
    const kept = new Map();
    let wanted = data.week;
    bars(place.querySelector(".hour-bars"), data);

    async function fetchWeek(week) {
      if (!kept.has(week)) {
        const asked = new URLSearchParams({ ...query, week, lang: document.body.dataset.language });
        const answer = await fetch(`${place.dataset.weeks}?${asked}`);
        if (!answer.ok) throw new Error(String(answer.status));
        kept.set(week, await answer.json());
      }
      return kept.get(week);
    }

    async function show(week) {
      wanted = Math.min(Math.max(week, 0), data.names.length - 1);
      range.value = wanted;
      mark(place, wanted, data);
      name.textContent = data.names[wanted];
      range.setAttribute("aria-valuetext", data.names[wanted]);
      try {
        const found = await fetchWeek(wanted);
        if (found.week !== wanted) return;
        renew(figure, found);
        const address = new URL(location.href);
        address.searchParams.set("week", wanted);
        history.replaceState(history.state, "", address);
      } catch {
        name.textContent = words().lost_week;
      }
    }

    mark(place, wanted, data);
    range.addEventListener("input", () => show(Number(range.value)));
    place.querySelectorAll("[data-step]").forEach((button) => button.addEventListener("click", () => show(wanted + Number(button.dataset.step))));
    place.querySelector(".hour-bars").addEventListener("click", (event) => {
      const bar = event.target.closest("[data-week]");
      if (bar) show(Number(bar.dataset.week));
    });
    figure.tabIndex = 0;
    figure.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -4, PageDown: 4 }[event.key];
      if (!step || event.target.closest(".chart-table")) return;
      event.preventDefault();
      show(wanted + step);
    });
  }

  const SVG = "http://www.w3.org/2000/svg";
  function bars(place, data) {
    const most = Math.max(...data.load, ...data.renewable, 1e-9);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${data.load.length} 40`);
    svg.setAttribute("preserveAspectRatio", "none");
    data.load.forEach((load, at) => {
      const group = document.createElementNS(SVG, "g");
      group.dataset.week = at;
      [["back", 40], ["load", (load / most) * 38], ["green", (Math.max(data.renewable[at], 0) / most) * 38]].forEach(([kind, height]) => {
        const bar = document.createElementNS(SVG, "rect");
        Object.entries({ x: at + (kind === "back" ? 0 : 0.1), y: 40 - height, width: kind === "back" ? 1 : 0.8, height, class: kind }).forEach(([key, value]) => bar.setAttribute(key, value));
        group.append(bar);
      });
      const title = document.createElementNS(SVG, "title");
      title.textContent = data.names[at];
      group.append(title);
      svg.append(group);
    });
    place.replaceChildren(svg);
  }
  function mark(place, week) {
    place.querySelectorAll("[data-week]").forEach((one) => one.classList.toggle("is-here", Number(one.dataset.week) === week));
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".hour-strip").forEach(strip));
})();
