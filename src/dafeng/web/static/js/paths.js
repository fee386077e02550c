/* History, pathways, peak years and trajectories. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone } = dafeng.charts;
  const { years, values, band, line, shade, mark, marks, dodge, roof, grid } = dafeng.series;
  const words = () => dafeng.words;
  const colours = ["s-1", "s-2", "s-3", "s-4", "s-5", "s-6"];

  kinds.history = (data) => {
    const breaks = new Map(data.breaks);
    return {
      option: {
        grid: grid(16),
        xAxis: { ...years(data.years), boundaryGap: true },
        yAxis: values([data.values, [0]]),
        tooltip: { trigger: "axis", confine: true, formatter: ([at]) => tip(at.name, [[data.name, at.value === undefined || at.value === null ? words().missing : write(at.value) + unit(data)], ...(breaks.has(Number(at.name)) ? [["", breaks.get(Number(at.name))]] : [])]) },
        series: [{
          ...line("history", data.name, data.values, { colour: token("s-1"), line: { width: 2.5 } }),
          symbol: "circle", symbolSize: 6, showAllSymbol: true,
          markLine: data.breaks.length ? { ...mark(0, ""), data: data.breaks.map(([year]) => ({ xAxis: String(year), label: { formatter: "⌇ " + year } })) } : undefined,
        }],
      },
      head: [words().year, `${data.name} (${data.unit})`],
      rows: data.years.map((year, at) => [year, data.values[at]]),
      address: (event) => data.addresses[event.name],
    };
  };

  /* Months come as one row of values from the first on; their names are counted here. */
  kinds.months = (data) => {
    const [year, month] = data.first.split("-").map(Number);
    const names = data.values.map((_, at) => `${year + Math.floor((month - 1 + at) / 12)}-${String(((month - 1 + at) % 12) + 1).padStart(2, "0")}`);
    return {
      option: {
        grid: grid(16),
        xAxis: { type: "category", data: names, boundaryGap: false, axisLabel: { interval: (_, text) => text.endsWith("-01"), formatter: (text) => text.slice(0, 4), hideOverlap: true } },
        yAxis: values([data.values]),
        tooltip: { trigger: "axis", confine: true, formatter: ([at]) => tip(at.name, [[data.name, at.value === undefined || at.value === null ? words().missing : write(at.value) + unit(data)]]) },
        series: [{ ...line("months", data.name, data.values, { colour: token("s-1"), line: { width: 2 } }), symbol: "circle", symbolSize: 4, showSymbol: data.values.length < 61 }],
      },
      head: [words().month, `${data.name} (${data.unit})`],
      rows: names.map((name, at) => [name, data.values[at]]),
      address: (event) => data.addresses[event.dataIndex] && "facts/" + data.addresses[event.dataIndex],
    };
  };

  function shorten(name) { return name.split(/[（(]/)[0]; }

  kinds.fan = (data) => {
    const order = [...data.scenarios].sort((a, b) => (a.id === data.main) - (b.id === data.main));
    const colour = new Map(data.scenarios.map((one, at) => [one.id, token(one.id === data.main ? "s-1" : colours[1 + (at % 5)])]));
    const small = data.small;
    const whole = roof(Math.max(...data.scenarios.flatMap((one) => one.band.flat()).filter((value) => value !== null), 0)) || 1;
    const apart = dodge(data.scenarios.map((one) => [one.id, (one.band[1].at(-1) ?? 0) / whole]), 320, 17);
    const lines = order.flatMap((one) => {
      const main = one.id === data.main;
      return [
        ...band(one.id, one.band[0], one.band[2], colour.get(one.id), main ? 0.2 : 0.07),
        line("line-" + one.id, one.name, one.band[1], {
          colour: colour.get(one.id), line: { width: main ? 2.6 : 1.6, type: main ? "solid" : [5, 3] },
          more: {
            endLabel: { show: !phone() && !small, formatter: shorten(one.name), color: colour.get(one.id), fontWeight: main ? 600 : 400, distance: 6, offset: [0, apart.get(one.id)] },
          },
        }),
      ];
    });
    const past = data.history ? [line("past", words().history, data.history, { colour: token("ink"), line: { width: 2 }, more: { symbol: "circle", symbolSize: 4, showAllSymbol: true } })] : [];
    lines[lines.length - 1].markArea = small ? undefined : shade(data.start, data.years.at(-1));
    if (!small) lines[lines.length - 1].markLine = marks([...(data.history ? [[data.start, words().base.replace("{year}", data.start)]] : []), [2030, "2030"]]);
    const rows = (at) => [
      ...(data.history && data.history[at] !== null ? [[words().history, write(data.history[at]) + unit(data)]] : []),
      ...data.scenarios.filter((one) => one.band[1][at] !== null).map((one) => [one.name, `${write(one.band[1][at])} (${write(one.band[0][at])}–${write(one.band[2][at])})`]),
    ];
    return {
      option: {
        grid: { ...grid(small ? 14 : 104), ...(small ? { top: 10, bottom: 4 } : phone() ? { bottom: 62 } : {}) },
        legend: phone() && !small ? { bottom: 0, left: 0, data: [...past.map((one) => one.name), ...data.scenarios.map((one) => one.name)] } : { show: false },
        xAxis: small ? { ...years(data.years), axisLabel: { interval: (at, text) => Number(text) % 10 === 0 } } : years(data.years),
        yAxis: { ...values(data.scenarios.flatMap((one) => one.band), data.unit === "%"), splitNumber: small ? 3 : 4 },
        tooltip: { trigger: "axis", confine: true, formatter: (all) => tip(`${data.years[all[0].dataIndex]} · ${data.unit}`, rows(all[0].dataIndex)) },
        series: [...past, ...lines],
      },
      head: [words().year, ...(data.history ? [words().history] : []), ...data.scenarios.flatMap((one) => [`${one.name} P10`, `${one.name} ${words().median}`, `${one.name} P90`])],
      rows: data.years.map((year, at) => [year, ...(data.history ? [data.history[at]] : []), ...data.scenarios.flatMap((one) => one.band.map((list) => list[at]))]),
      address: (event) => (data.scenarios.find((one) => "line-" + one.id === event.seriesId) || {}).address,
    };
  };

  /* Bars: when the path itself is highest; line: what a published series with its scatter would show. */
  kinds.peak = (data, state) => {
    const one = data.scenarios.find((each) => each.id === (state || data.main)) || data.scenarios[0];
    const [own, seen] = data.names;
    return {
      choices: data.scenarios.length > 1 ? data.scenarios.map(({ id, name }) => ({ id, name: shorten(name) })) : [],
      chosen: one.id,
      option: {
        grid: { ...grid(10), top: one.observed ? 54 : 26 },
        legend: { show: Boolean(one.observed), top: 0, left: 0, data: [own, seen] },
        xAxis: { ...years(data.years, true), boundaryGap: true },
        yAxis: { type: "value", min: 0, axisLabel: { formatter: (value) => write(value) + "%" }, splitNumber: 3 },
        tooltip: { trigger: "axis", confine: true, axisPointer: { type: "shadow" }, formatter: (all) => tip(all[0].name, all.map((at) => [at.seriesName, write(at.value) + "%"])) },
        series: [
          {
            type: "bar", name: own, barCategoryGap: "22%", itemStyle: { color: token("s-1") },
            markLine: data.years.includes(one.middle) ? mark(one.middle, `${words().median} ${one.middle}`) : undefined,
            data: one.values.map((value, at) => ({
              value,
              itemStyle: { color: data.years[at] < 2030 ? token("s-1") : token("s-8"), opacity: data.years[at] < 2030 ? 1 : 0.55, borderRadius: [3, 3, 0, 0] },
            })),
          },
          ...(one.observed ? [line("observed", seen, one.observed, { colour: token("s-4"), line: { width: 2 }, more: { symbol: "circle", symbolSize: 5, showAllSymbol: true } })] : []),
        ],
      },
      head: [words().year, `${own} (%)`, ...(one.observed ? [`${seen} (%)`] : [])],
      rows: data.years.map((year, at) => [year, one.values[at], ...(one.observed ? [one.observed[at]] : [])]),
      address: () => one.address,
    };
  };

  /* What makes up the emissions, layer on layer. */
  kinds.layers = (data, state) => {
    const one = data.scenarios.find((each) => each.id === (state || data.main)) || data.scenarios[0];
    const every = data.scenarios.flatMap((each) => data.years.map((_, at) => each.values.reduce((sum, list) => sum + (list[at] || 0), 0)));
    return {
      choices: data.scenarios.length > 1 ? data.scenarios.map(({ id, name }) => ({ id, name: shorten(name) })) : [],
      chosen: one.id,
      option: {
        grid: { left: 4, right: 16, top: 26, bottom: phone() ? 92 : 58, containLabel: true },
        legend: { bottom: 0, left: 0, type: "plain", data: data.names },
        xAxis: { ...years(data.years), boundaryGap: false },
        yAxis: { type: "value", max: roof(Math.max(...every)), axisLabel: { formatter: write }, splitNumber: 4 },
        tooltip: { trigger: "axis", confine: true, formatter: (all) => tip(`${all[0].name} · ${data.unit}`, all.filter((at) => at.value).reverse().map((at) => [at.seriesName, write(at.value)])) },
        series: data.names.map((name, at) => ({
          type: "line", name, stack: "all", data: one.values[at], symbol: "none", lineStyle: { width: 0 },
          itemStyle: { color: token("s-" + ((at % 8) + 1)) }, areaStyle: { color: token("s-" + ((at % 8) + 1)), opacity: 0.88 }, emphasis: { disabled: true },
          ...(at ? {} : { markLine: mark(2030, "2030") }),
        })),
      },
      head: [words().year, ...data.names],
      rows: data.years.map((year, at) => [year, ...one.values.map((list) => list[at])]),
    };
  };

  /* Share of the variance: alone, and what it has only together with others. */
  kinds.decisive = (data, state) => {
    const one = data.answers.find((each) => each.id === state) || data.answers[0];
    const [alone, together] = data.parts;
    const more = one.together.map((value, at) => Math.max(0, Number((value - one.alone[at]).toPrecision(3))));
    const bar = (name, list, strength, shown) => ({
      type: "bar", name, stack: "all", data: list, barMaxWidth: 20, itemStyle: { color: token("s-1") + strength },
      ...(shown ? { label: { show: true, position: "right", formatter: (at) => `${write(one.together[at.dataIndex])}% ± ${write(one.error[at.dataIndex])}`, color: token("ink-2") } } : {}),
    });
    return {
      choices: data.answers.map(({ id, name }) => ({ id, name })),
      chosen: one.id,
      option: {
        grid: { ...grid(96), top: 34, bottom: 4 },
        legend: { top: 0, left: 0, data: data.parts },
        xAxis: { type: "value", axisLabel: { formatter: (value) => write(value) + "%" }, splitNumber: 4 },
        yAxis: { type: "category", inverse: true, data: one.names, axisLabel: { width: phone() ? 112 : 220, overflow: "break", color: token("ink-2"), fontSize: 13 } },
        tooltip: { trigger: "axis", confine: true, axisPointer: { type: "none" }, formatter: (all) => { const at = all[0].dataIndex; return tip(all[0].name, [[alone, write(one.alone[at]) + "%"], [together, `${write(one.together[at])}% ± ${write(one.error[at])}`]]); } },
        series: [bar(alone, one.alone.map((value, at) => Math.min(value, one.together[at])), "", false), bar(together, more, "66", true)],
      },
      head: [one.name, `${alone} (%)`, `${together} (%)`, "±"],
      rows: one.names.map((name, at) => [name, one.alone[at], one.together[at], one.error[at]]),
    };
  };

  kinds.trajectory = (data) => {
    const [due, goal, upper, sign] = data.goal;
    const [low, middle, high] = data.band;
    const first = data.years.find((year, at) => middle[at] !== null);
    const spot = (value) => ({ value: [String(due), value], symbol: "diamond", symbolSize: 15, itemStyle: { color: token("surface"), borderColor: token("s-2"), borderWidth: 2.5 } });
    const shown = `${sign ? sign + "\u202f" : ""}${write(goal)}${upper === null || upper === undefined ? "" : "–" + write(upper)}${unit(data)}`;
    const lists = [data.actual, data.required, low, middle, high, [goal]];
    return {
      option: {
        grid: { ...grid(64), top: 40, bottom: 38 },
        legend: { bottom: 2, left: "center", data: [[words().actual, data.actual], [words().required, data.required], [words().projected, middle]].filter(([, list]) => list.some((one) => one !== null)).map(([name]) => name) },
        xAxis: { ...years(data.years, true), boundaryGap: true },
        yAxis: values(lists, data.unit === "%"),
        tooltip: {
          trigger: "axis", confine: true,
          formatter: (all) => {
            const at = all[0].dataIndex;
            const rows = [[words().actual, data.actual[at]], [words().required, data.required[at]], [words().projected, middle[at]]].filter(([, value]) => value !== null).map(([name, value]) => [name, write(value) + unit(data)]);
            if (low[at] !== null && high[at] !== null && middle[at] !== null) rows.push(["P10–P90", `${write(low[at])}–${write(high[at])}`]);
            if (data.years[at] === due && goal !== null) rows.push([words().goal, shown]);
            return tip(String(data.years[at]), rows);
          },
        },
        series: [
          ...band("projection", low, high, token("s-4"), 0.16),
          line("required", words().required, data.required, { colour: token("ink-3"), line: { type: "dashed", width: 1.5 }, more: { connectNulls: true, step: data.step ? "end" : false, markArea: first ? shade(first, data.years.at(-1)) : undefined } }),
          line("projected", words().projected, middle, { colour: token("s-4"), line: { type: "dotted", width: 2.5 }, more: { connectNulls: true, symbol: "emptyCircle", symbolSize: 6, showAllSymbol: middle.filter((one) => one !== null).length < 12 } }),
          line("actual", words().actual, data.actual, { colour: token("s-1"), line: { width: 2.8 }, more: { symbol: "circle", symbolSize: 8, showAllSymbol: true } }),
          { type: "scatter", id: "goal", name: words().goal, data: due && goal !== null ? [{ ...spot(goal), label: { show: true, position: "top", distance: 8, formatter: shown, color: token("ink"), fontWeight: 600, fontSize: 13 } }] : [], z: 5 },
        ],
      },
      head: [words().year, words().actual, words().required, "P10", words().projected, "P90"],
      rows: data.years.map((year, at) => [year, data.actual[at], data.required[at], low[at], middle[at], high[at]]),
      address: (event) => (event.seriesId === "actual" ? data.addresses[event.name] : data.address),
    };
  };
})();
