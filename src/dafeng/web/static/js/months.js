/* Bars by month, one part for each scene; bars or a line by year. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone } = dafeng.charts;
  const frame = () => ({ left: 4, right: phone() ? 12 : 24, top: 30, bottom: phone() ? 40 : 30, containLabel: true });
  const height = { type: "value", splitNumber: 4, axisLabel: { formatter: write } };

  function say(data) {
    return (rows) => tip(String(rows[0].axisValue), rows.filter((row) => row.value !== null && row.value !== undefined).map((row) => [row.seriesName, write(row.value) + unit(data)]));
  }

  kinds.months = (data) => ({
    option: {
      grid: frame(),
      legend: { bottom: 0, left: 0, type: "scroll" },
      xAxis: { type: "category", data: data.months, axisLabel: { hideOverlap: true } },
      yAxis: { ...height, name: data.unit },
      tooltip: { trigger: "axis", confine: true, formatter: say(data) },
      series: data.series.map((one, at) => ({ type: "bar", stack: "all", name: one.name, data: one.values, barMaxWidth: 44, itemStyle: { color: token("s-" + ((at % 8) + 1)) } })),
    },
    head: [dafeng.words.month, ...data.series.map((one) => `${one.name} (${data.unit})`)],
    rows: data.months.map((month, at) => [month, ...data.series.map((one) => one.values[at])]),
  });

  kinds.yearly = (data) => ({
    option: {
      grid: { ...frame(), bottom: 8 },
      xAxis: { type: "category", data: data.years.map(String) },
      yAxis: { ...height, name: data.unit, min: 0 },
      tooltip: { trigger: "axis", confine: true, formatter: say(data) },
      series: [{ type: data.shape, name: data.name, data: data.values, barMaxWidth: 44, symbolSize: 8, connectNulls: false, itemStyle: { color: token("s-1") }, lineStyle: { width: 2 } }],
    },
    head: [dafeng.words.year, `${data.name} (${data.unit})`],
    rows: data.years.map((year, at) => [String(year), data.values[at]]),
  });
})();
