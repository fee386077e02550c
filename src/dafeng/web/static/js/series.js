/* Pieces that several kinds of charts share. */
(function () {
  "use strict";
  const { token, write, phone } = dafeng.charts;

  /* Every fifth year is named; the axis itself has every year. */
  function years(list, wide) {
    const every = list.length > 14 ? 5 : list.length > 8 && !wide ? 2 : 1;
    return {
      type: "category",
      data: list.map(String),
      boundaryGap: false,
      axisLabel: { interval: (at, text) => Number(text) % every === 0, hideOverlap: true },
    };
  }

  function values(lists, percent) {
    const all = lists.flat().filter((value) => value !== null && value !== undefined);
    const low = Math.min(...all);
    const high = Math.max(...all);
    const near = low > 0.55 * high && high > 0;
    const whole = percent && high > 80 && high <= 100;
    return { type: "value", scale: near, min: near || low < 0 ? undefined : 0, max: whole ? 100 : undefined, interval: whole ? 25 : undefined, axisLabel: { formatter: write }, splitNumber: 4 };
  }

  /* A band is an unseen line with the difference stacked upon it. */
  function band(id, low, high, colour, strength) {
    const plain = { type: "line", stack: id, symbol: "none", silent: true, lineStyle: { opacity: 0 }, stackStrategy: "all", tooltip: { show: false } };
    return [
      { ...plain, id: id + "-low", name: id + "-low", data: low },
      { ...plain, id: id + "-high", name: id + "-high", data: high.map((top, at) => (top === null || low[at] === null ? null : top - low[at])), areaStyle: { color: colour, opacity: strength } },
    ];
  }

  function line(id, name, data, style) {
    return {
      type: "line", id, name, data, symbol: "none", connectNulls: false, animation: false,
      lineStyle: { width: 2, ...style.line }, itemStyle: { color: style.colour }, color: style.colour, emphasis: { disabled: true }, ...style.more,
    };
  }

  function shade(first, last) {
    return { silent: true, itemStyle: { color: token("forecast") }, data: [[{ xAxis: String(first) }, { xAxis: String(last) }]] };
  }

  function mark(year, text) {
    return {
      silent: true, symbol: "none", lineStyle: { color: token("line-2"), type: "dashed", width: 1 },
      label: { formatter: text, color: token("ink-3"), fontSize: 12, position: "end", distance: 4 }, data: [{ xAxis: String(year) }],
    };
  }

  /* Several marked years in one line. */
  function marks(list) {
    const all = list.map(([year, text]) => mark(year, text));
    return { ...all[0], data: all.map((one) => ({ ...one.data[0], label: one.label })) };
  }

  /* Names at the right end keep a line's height between them and stay as near to their ends as they can. */
  function dodge(ends, height, room) {
    const places = ends.map(([id, share]) => ({ id, at: (1 - share) * height, wish: (1 - share) * height })).sort((a, b) => a.wish - b.wish);
    for (let round = 0; round < 40; round += 1) {
      places.forEach((one, at) => {
        const next = places[at + 1], lack = next ? room - (next.at - one.at) : 0;
        if (lack > 0) { one.at -= lack / 2; next.at += lack / 2; }
      });
    }
    return new Map(places.map((one) => [one.id, Math.round(one.at - one.wish)]));
  }

  /* The next round figure above the largest. */
  function roof(largest) {
    if (!(largest > 0)) return undefined;
    const step = 10 ** Math.floor(Math.log10(largest));
    return [1, 2, 4, 6, 8, 10].find((size) => size * step >= largest) * step;
  }

  function grid(right) {
    return { left: 4, right: phone() ? 18 : right, top: 26, bottom: phone() ? 34 : 8, containLabel: true };
  }

  dafeng.series = { years, values, band, line, shade, mark, marks, dodge, roof, grid };
})();
