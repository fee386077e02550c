/* The power system hour by hour, storage, and measures. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone } = dafeng.charts;
  const { grid, roof } = dafeng.series;
  const words = () => dafeng.words;

  /* One fixed colour per carrier in every chart; the first word that fits counts. */
  const fixed = [["curtail", "curtail"], ["chp", "chp"], ["cogeneration", "chp"], ["export", "export"], ["import", "import"], ["offshore", "offshore"], ["onshore", "onshore"], ["wind", "wind"], ["solar", "solar"], ["pv", "solar"], ["nuclear", "nuclear"], ["coal", "coal"], ["thermal", "coal"], ["gas", "gas"], ["lng", "gas"], ["bio", "biomass"], ["waste", "biomass"], ["hydro", "hydro"], ["storage", "storage"], ["battery", "storage"], ["charge", "storage"], ["unserved", "curtail"], ["electroly", "hydrogen"], ["hydrogen", "hydrogen"], ["fuel_cell", "hydrogen"], ["heat", "heat"], ["boiler", "heat"], ["steam", "heat"], ["electricity", "electricity"]];
  function colour(carrier) {
    const found = fixed.find(([part]) => carrier.toLowerCase().includes(part));
    return token("c-" + (found ? found[1] : "other"));
  }
  dafeng.carriers = { colour };

  function hour(year, number) {
    const at = new Date(Date.UTC(year, 0, 1) + number * 3600000);
    const two = (value) => String(value).padStart(2, "0");
    return { day: `${at.getUTCMonth() + 1}/${at.getUTCDate()}`, text: `${at.getUTCMonth() + 1}/${at.getUTCDate()} ${two(at.getUTCHours())}:00` };
  }

  kinds.weeks = (data, state) => {
    const week = data.weeks.find((one) => one.id === state) || data.weeks[0];
    const hours = week.load.length ? week.load.map((_, at) => at) : week.series[0].values.map((_, at) => at);
    const stamp = hours.map((at) => hour(data.year, week.start + at));
    const every = data.weeks.flatMap((one) => hours.map((at) => one.series.reduce((sum, part) => sum + Math.max(0, part.values[at] || 0), 0)));
    const areas = week.series.map((one) => ({
      type: "line", name: one.name, data: one.values, stack: "all", symbol: "none", color: colour(one.carrier),
      lineStyle: { width: 0 }, areaStyle: { opacity: 0.92 }, emphasis: { disabled: true }, itemStyle: { color: colour(one.carrier) },
    }));
    return {
      canvas: true,
      choices: data.weeks.length > 1 ? data.weeks.map(({ id, name }) => ({ id, name })) : [],
      chosen: week.id,
      option: {
        grid: { left: 4, right: 12, top: 14, bottom: phone() ? 86 : 40, containLabel: true },
        legend: { bottom: 0, type: "plain" },
        xAxis: { type: "category", data: stamp.map((one) => one.text), boundaryGap: false, axisLabel: { interval: (at) => at % 24 === 12, formatter: (text) => text.split(" ")[0] }, axisTick: { show: true, interval: (at) => at % 24 === 0 } },
        yAxis: { type: "value", max: roof(Math.max(...every)), axisLabel: { formatter: write } },
        tooltip: {
          trigger: "axis", confine: true,
          formatter: (all) => tip(`${stamp[all[0].dataIndex].text} · ${data.unit}`, all.filter((one) => one.value).map((one) => [one.seriesName, write(one.value)])),
        },
        series: [...areas, ...(week.load.length ? [{ type: "line", name: words().load, data: week.load, symbol: "none", color: token("ink"), lineStyle: { width: 2 }, z: 9 }] : [])],
      },
      head: [words().hour, ...week.series.map((one) => one.name), words().load],
      rows: hours.map((at) => [stamp[at].text, ...week.series.map((one) => one.values[at]), week.load[at] ?? null]),
    };
  };

  kinds.storage = (data) => {
    const costs = data.cost.length === data.capacity.length;
    /* costs may be below zero, where the city earns by selling electricity */
    const axis = (at, name, list) => ({ type: "value", gridIndex: at, name, nameLocation: "end", nameGap: 12, axisLabel: { formatter: write }, splitNumber: 3, ...(Math.min(...list) < 0 ? { max: Math.max(...list) <= 0 ? 0 : undefined } : { min: 0 }) });
    const part = (at, name, list, shade) => ({
      type: "line", name, xAxisIndex: at, yAxisIndex: at, data: data.capacity.map((size, i) => [size, list[i]]), symbol: "circle", symbolSize: 7, color: token(shade), lineStyle: { width: 2.5 }, areaStyle: { color: token(shade), opacity: 0.08 },
    });
    const wide = costs && !phone();
    const label = `${words().capacity} (${data.unit})`;
    const across = (at) => ({ type: "value", gridIndex: at, name: label, nameLocation: "middle", nameGap: 26, nameTextStyle: { align: "center" }, axisLabel: { formatter: write }, axisLine: { onZero: false }, splitLine: { show: false } });
    const places = costs ? (wide ? [{ left: 4, width: "46%" }, { right: 16, width: "46%" }] : [{ left: 4, right: 12, height: "30%" }, { left: 4, right: 12, top: "58%", height: "26%" }]) : [{ left: 4, right: 12 }];
    return {
      option: {
        grid: places.map((place) => ({ top: 34, ...(place.height ? {} : { bottom: 34 }), containLabel: true, ...place })),
        xAxis: places.map((_, at) => across(at)),
        yAxis: [axis(0, `${words().share} (%)`, data.share), axis(1, `${words().cost} (${data.money})`, data.cost)].slice(0, places.length),
        tooltip: { trigger: "item", confine: true, formatter: (at) => tip(`${write(at.value[0])}${unit(data)}`, [[at.seriesName, write(at.value[1]) + (at.seriesIndex ? "\u202f" + data.money : "%")]]) },
        series: [part(0, words().share, data.share, "c-curtail"), part(1, words().cost, data.cost, "s-4")].slice(0, places.length),
      },
      head: [label, `${words().share} (%)`, ...(costs ? [`${words().cost} (${data.money})`] : [])],
      rows: data.capacity.map((size, at) => [size, data.share[at], ...(costs ? [data.cost[at]] : [])]),
    };
  };

  /* Start, effects and end of a period: each effect hangs where the last one ended. */
  kinds.waterfall = (data, state) => {
    const chosen = state === null ? 0 : state;
    const list = data.values[chosen];
    const last = list.length - 1;
    let level = 0;
    const bars = list.map((value, at) => {
      const from = at === 0 || at === last ? 0 : level;
      level = at === 0 || at === last ? value : level + value;
      return { low: Math.min(from, level), size: Math.abs(level - from), value };
    });
    const shade = (at) => (at === 0 || at === last ? token("s-8") : list[at] > 0 ? token("s-2") : token("s-1"));
    /* many names stand better one below the other */
    const lying = phone() || data.names.length > 7;
    const named = { type: "category", data: data.names, inverse: lying, axisLabel: { interval: 0, width: phone() ? 104 : lying ? 220 : 130, overflow: "break" } };
    const sized = { type: "value", axisLabel: { formatter: write }, splitNumber: 4 };
    return {
      choices: data.periods.length > 1 ? data.periods.map((name, id) => ({ id, name })) : [],
      chosen,
      option: {
        grid: { ...grid(lying ? 64 : 16), ...(lying ? { left: phone() ? 116 : 236, top: 4, bottom: 24, right: 64, containLabel: false } : {}) },
        xAxis: lying ? sized : named,
        yAxis: lying ? named : sized,
        tooltip: { trigger: "axis", confine: true, axisPointer: { type: "none" }, formatter: (all) => tip(all[0].name, [[data.periods[chosen], write(bars[all[0].dataIndex].value) + unit(data)]]) },
        series: [
          { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: bars.map((bar) => bar.low) },
          {
            type: "bar", stack: "all", barMaxWidth: lying ? 22 : 64, barCategoryGap: "30%",
            data: bars.map((bar, at) => ({ value: bar.size, itemStyle: { color: shade(at), borderRadius: 2 } })),
            label: { show: true, position: lying ? "right" : "top", formatter: (at) => (at.dataIndex && at.dataIndex < last && list[at.dataIndex] > 0 ? "+" : "") + write(list[at.dataIndex]), color: token("ink-2") },
          },
        ],
      },
      head: [data.unit, ...data.periods],
      rows: data.names.map((name, at) => [name, ...data.values.map((values) => values[at])]),
      address: (event) => data.addresses[event.dataIndex][chosen],
    };
  };

  kinds.measures = (data) => ({
    option: {
      grid: { ...grid(70), top: 4, bottom: 4 },
      /* gains may be written as negative years: zero stays at the left */
      xAxis: { type: "value", inverse: data.values.every((value) => value <= 0), axisLabel: { formatter: write }, splitNumber: 4 },
      yAxis: { type: "category", inverse: true, data: data.names, axisLabel: { width: phone() ? 110 : 220, overflow: "break", color: token("ink-2"), fontSize: 13 } },
      tooltip: { trigger: "axis", confine: true, axisPointer: { type: "none" }, formatter: ([at]) => tip(at.name, [["", write(at.value) + unit(data)]]) },
      series: [{ type: "bar", data: data.values.map((value, at) => ({ value, itemStyle: { color: token("s-1") + (at < 3 ? "" : "80"), borderRadius: [0, 3, 3, 0] } })), barMaxWidth: 22, label: { show: true, position: "right", formatter: (at) => write(Number(at.value.toPrecision(3))), color: token("ink-2") } }],
    },
    head: [words().measure, data.unit],
    rows: data.names.map((name, at) => [name, data.values[at]]),
    address: (event) => data.addresses[event.dataIndex],
  });
})();
