/* The abatement curve: width CO2 avoided, height cost per CO2, below the axis where money is saved. */
(function () {
  "use strict";
  const { kinds, token, write, tip, phone } = dafeng.charts;
  const shades = { power: "c-wind", heat: "c-heat", industry: "s-8", buildings: "s-3", transport: "s-1", waste: "c-biomass", capture: "s-5" };

  /* The axis ends where bars of some width end: one narrow bar of an extreme price must not flatten all others. */
  function reach(bars) {
    const total = bars.reduce((sum, bar) => sum + bar.width, 0);
    const seen = bars.filter((bar) => bar.price !== null && bar.width > 0.02 * total).map((bar) => bar.price);
    const every = seen.length ? seen : bars.map((bar) => bar.price || 0);
    const room = Math.max(...every.map(Math.abs), 100) * 1.25;
    const step = 10 ** Math.floor(Math.log10(room));
    const end = [1, 2, 4, 6, 8, 10].find((size) => size * step >= room) * step;
    const lowest = bars.some((bar) => (bar.low ?? bar.price ?? 0) < 0) ? -end : 0;
    return [lowest, end];
  }

  /* A name stands on a bar only if none of its words would have to be broken, and never on a phone: one name alone tells nothing. */
  const pen = document.createElement("canvas").getContext("2d");
  function fits(name, width) {
    pen.font = `12px ${token("sans")}`;
    return !phone() && name.split(/\s+|(?=[\u3000-\u9fff])/).every((word) => pen.measureText(word).width <= width);
  }

  function rectangle(bars, limits, shade) {
    const inside = (value) => Math.min(limits[1], Math.max(limits[0], value));
    return (params, api) => {
      const bar = bars[params.dataIndex];
      const unknown = bar.price === null;
      const height = unknown ? (limits[1] - limits[0]) * 0.03 : inside(bar.price);
      const from = api.coord([bar.begin, 0]);
      const to = api.coord([bar.begin + bar.width, height]);
      const left = from[0] + 0.5, width = Math.max(to[0] - from[0] - 1, 1.5);
      const parts = [{
        type: "rect", shape: { x: left, y: Math.min(from[1], to[1]), width, height: Math.max(Math.abs(to[1] - from[1]), 1) },
        style: unknown ? { fill: "transparent", stroke: shade, lineDash: [3, 3], lineWidth: 1 } : { fill: shade, opacity: 0.9 },
      }];
      if (!unknown && bar.low !== null && width > 4) {
        const middle = left + width / 2;
        const low = api.coord([0, inside(bar.low)])[1], high = api.coord([0, inside(bar.high)])[1];
        parts.push({ type: "line", shape: { x1: middle, y1: low, x2: middle, y2: high }, style: { stroke: token("ink"), lineWidth: 1.25 } });
        [[low, bar.low], [high, bar.high]].forEach(([at, value]) => {
          if (inside(value) === value) parts.push({ type: "line", shape: { x1: middle - 3, y1: at, x2: middle + 3, y2: at }, style: { stroke: token("ink"), lineWidth: 1.25 } });
        });
      }
      if (!unknown && width > 44 && fits(bar.name, width - 8)) {
        const below = bar.price < 0;
        parts.push({ type: "text", style: { text: bar.name, x: left + 4, y: from[1] + (below ? -6 : 6), textVerticalAlign: below ? "bottom" : "top", width: width - 8, overflow: "break", lineHeight: 14, fill: token("ink-2"), fontSize: 12, fontFamily: token("sans") } });
      }
      if (!unknown && inside(bar.price) !== bar.price) {
        const down = bar.price < 0 ? 1 : -1, middle = left + width / 2;
        parts.push({ type: "polygon", shape: { points: [[middle - 5, to[1] - 8 * down], [middle + 5, to[1] - 8 * down], [middle, to[1]]] }, style: { fill: token("ink") } });
      }
      return { type: "group", children: parts };
    };
  }

  function range(pair) { return pair[0] === null ? "" : ` (${write(pair[0])} – ${write(pair[1])})`; }

  kinds.macc = (data, state) => {
    const order = data.orders.find((one) => one.id === state) || data.orders[0];
    const limits = reach(order.bars);
    const total = order.bars.reduce((end, bar) => Math.max(end, bar.begin + bar.width), 0);
    const hidden = order.bars.filter((bar) => bar.price === null);
    const fields = data.fields.map((field) => ({ ...field, bars: order.bars.filter((bar) => bar.field === field.id) })).filter((field) => field.bars.length);
    const told = (bar) => {
      const rows = [[data.said.avoided, write(bar.width) + "\u202f" + data.unit + range(bar.between)]];
      rows.push([data.said.price, bar.price === null ? data.said.unknown : write(bar.price) + "\u202f" + data.money + range([bar.low, bar.high])]);
      if (bar.price !== null && (bar.price < limits[0] || bar.price > limits[1])) rows.push(["", data.said.clipped]);
      return rows;
    };
    return {
      choices: data.orders.length > 1 ? data.orders.map(({ id, name }) => ({ id, name })) : [],
      chosen: order.id,
      option: {
        grid: { left: 4, right: 16, top: 34, bottom: phone() ? 96 : 62, containLabel: true },
        legend: { bottom: 0, data: fields.map((field) => field.name) },
        xAxis: { type: "value", min: 0, max: total, name: data.unit, nameLocation: "middle", nameGap: 26, nameTextStyle: { align: "center" }, axisLine: { onZero: false }, axisLabel: { formatter: write, showMaxLabel: false }, splitLine: { show: false } },
        yAxis: { type: "value", min: limits[0], max: limits[1], interval: limits[1] / 2, name: data.money, axisLabel: { formatter: write } },
        tooltip: { trigger: "item", confine: true, formatter: (at) => tip(at.data.bar.name, told(at.data.bar)) },
        series: fields.map((field) => ({
          type: "custom", name: field.name, color: token(shades[field.id] || "c-other"), itemStyle: { color: token(shades[field.id] || "c-other") },
          renderItem: rectangle(field.bars, limits, token(shades[field.id] || "c-other")),
          encode: { x: [0, 1], y: 2 },
          data: field.bars.map((bar) => ({ value: [bar.begin, bar.begin + bar.width, bar.price ?? 0], bar })),
          markArea: field === fields[0] && hidden.length ? { silent: true, itemStyle: { color: token("sunk"), opacity: 0.6 }, label: { show: true, position: "insideTop", color: token("ink-3"), fontSize: 12, formatter: data.said.unknown }, data: [[{ xAxis: Math.min(...hidden.map((bar) => bar.begin)) }, { xAxis: total }]] } : undefined,
          markLine: field === fields[0] ? { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: token("ink-2"), type: "solid", width: 1 }, data: [{ yAxis: 0 }] } : undefined,
        })),
      },
      head: [data.said.measure, `${data.said.avoided} (${data.unit})`, "P10", "P90", `${data.said.price} (${data.money})`, "P10", "P90"],
      rows: order.bars.map((bar) => [bar.name, bar.width, ...bar.between, bar.price, bar.low, bar.high]),
      address: (event) => event.data && event.data.bar && event.data.bar.address,
    };
  };
})();
