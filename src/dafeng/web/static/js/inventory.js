/* Sources by size and by year. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone } = dafeng.charts;
  const words = () => dafeng.words;

  kinds.treemap = (data) => {
    const groups = [...new Set(data.groups)];
    const colour = (at) => token("s-" + ((at % 8) + 1));
    return {
      option: {
        tooltip: { trigger: "item", confine: true, formatter: (one) => tip(one.name, [["", write(one.value) + unit(data)]]) },
        series: [{
          type: "treemap", left: 0, right: 0, top: 0, bottom: 0, roam: false, nodeClick: false, breadcrumb: { show: false },
          label: { color: token("ground"), fontSize: phone() ? 11 : 13, overflow: "truncate", formatter: (one) => `${one.name}\n${write(one.value)}` },
          upperLabel: { show: true, height: 22, color: token("ink"), fontSize: 12, fontWeight: 600 },
          itemStyle: { borderColor: token("surface"), borderWidth: 1, gapWidth: 2 },
          levels: [{ itemStyle: { gapWidth: 4, borderWidth: 0 }, upperLabel: { show: false } }, { itemStyle: { borderColor: token("line"), borderWidth: 3, gapWidth: 2 } }],
          data: groups.map((name, at) => ({
            name, itemStyle: { color: colour(at) },
            children: data.names.flatMap((leaf, k) => data.groups[k] === name
              ? [{ name: leaf, value: data.values[k], address: data.addresses[k], itemStyle: { color: colour(at) } }] : []),
          })),
        }],
      },
      address: (event) => event.data && event.data.address,
      head: [words().line, words().part_of, data.unit],
      rows: data.names.map((name, at) => [name, data.groups[at], data.values[at]]),
    };
  };

  kinds.stack = (data) => ({
    option: {
      grid: { left: 4, right: 12, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, type: "scroll", data: data.names },
      xAxis: { type: "category", data: data.years.map(String) },
      yAxis: { type: "value", axisLabel: { formatter: write }, splitNumber: 4 },
      tooltip: {
        trigger: "axis", confine: true, axisPointer: { type: "shadow" },
        formatter: (all) => tip(all[0].name, all.map((one) => [one.seriesName, one.value === null || one.value === undefined ? "—" : write(one.value) + unit(data)])),
      },
      series: data.names.map((name, at) => ({
        type: "bar", name, stack: "all", data: data.values[at], barMaxWidth: 44, itemStyle: { color: token("s-" + ((at % 8) + 1)) },
      })),
    },
    address: (event) => data.addresses[event.seriesIndex][event.dataIndex],
    head: [words().year, ...data.names],
    rows: data.years.map((year, at) => [String(year), ...data.values.map((side) => side[at])]),
  });
})();
