/* Energy flows, end use by field, and the switches of the energy page. */
(function () {
  "use strict";
  const { kinds, token, write, unit, tip, phone } = dafeng.charts;
  const words = () => dafeng.words;

  /* Carriers keep the colours they have in the power charts; rows of the balance are neutral. */
  const shades = [["coal", "coal"], ["coke", "coal"], ["briquettes", "coal"], ["gas", "gas"], ["lng", "gas"], ["electricity", "solar"], ["heat", "curtail"]];
  function colour(node) {
    if (node.startsWith("unexplained")) return token("v-off_course");
    if (!node.startsWith("carrier.")) return token("ink-3");
    const found = shades.find(([part]) => node.includes(part));
    return found ? token("c-" + found[1]) : token("c-nuclear");
  }

  kinds.sankey = (data) => ({
    option: {
      tooltip: {
        trigger: "item", confine: true,
        formatter: (one) => one.dataType === "edge"
          ? tip(`${data.names[one.data.source]} → ${data.names[one.data.target]}`, [["", write(one.data.value) + unit(data)]])
          : tip(data.names[one.name], [["", write(one.value) + unit(data)]]),
      },
      series: [{
        type: "sankey", left: 4, right: phone() ? 84 : 150, top: 8, bottom: 8, nodeGap: phone() ? 6 : 10, nodeWidth: 12, draggable: false,
        emphasis: { focus: "adjacency" }, lineStyle: { color: "source", opacity: 0.32, curveness: 0.5 },
        label: { color: token("ink"), fontSize: phone() ? 10 : 12, width: phone() ? 80 : 146, overflow: "truncate", formatter: (one) => data.names[one.name] },
        data: Object.keys(data.names).map((name) => ({ name, itemStyle: { color: colour(name), borderWidth: 0 } })),
        links: data.links.map(([source, target, value, address]) => ({ source, target, value, address })),
      }],
    },
    address: (event) => event.dataType === "edge" && event.data.address,
    head: [words().from, words().to, data.unit],
    rows: data.links.map(([source, target, value]) => [data.names[source], data.names[target], value]),
  });

  kinds.fields = (data) => ({
    option: {
      grid: { left: 4, right: 60, top: 34, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, data: data.sides },
      xAxis: { type: "value", axisLabel: { formatter: write }, splitNumber: phone() ? 3 : 5 },
      yAxis: { type: "category", inverse: true, data: data.names, axisLabel: { width: phone() ? 96 : 220, overflow: "break" } },
      tooltip: { trigger: "axis", confine: true, axisPointer: { type: "shadow" }, formatter: (all) => tip(all[0].name, all.map((one) => [one.seriesName, write(one.value) + unit(data)])) },
      series: data.sides.map((name, at) => ({
        type: "bar", name, data: data.values[at], barMaxWidth: 14, itemStyle: { color: token(at ? "s-2" : "s-1") },
        label: { show: !phone(), position: "right", color: token("ink-2"), formatter: (one) => write(one.value) },
      })),
    },
    address: (event) => data.addresses[event.seriesIndex][event.dataIndex],
    head: [words().field, ...data.sides],
    rows: data.names.map((name, at) => [name, ...data.values.map((side) => side[at])]),
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-switch]").forEach((group) => group.addEventListener("change", (event) => {
      const kind = group.dataset.switch;
      const scope = kind === "year" ? document : group.closest("section");
      scope.querySelectorAll(`[data-${kind}]`).forEach((part) => { part.hidden = part.dataset[kind] !== event.target.value; });
    }));
  });
})();
