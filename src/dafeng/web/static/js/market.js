/* Markets: prices and quantities of trades in their order; demand against supply of a closed auction. */
(function () {
  "use strict";
  const { kinds, token, write, tip, phone } = dafeng.charts;

  kinds.trades = (data) => ({
    option: {
      grid: [{ left: 4, right: 16, top: 30, height: "50%", containLabel: true }, { left: 4, right: 16, bottom: 26, height: "20%", containLabel: true }],
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      xAxis: [
        { type: "category", data: data.marks, axisLabel: { show: false }, boundaryGap: true },
        { type: "category", data: data.marks, gridIndex: 1, boundaryGap: true, axisLabel: { hideOverlap: true }, name: data.axis, nameLocation: "middle", nameGap: 26 },
      ],
      yAxis: [
        { type: "value", scale: true, splitNumber: 3, name: data.said.price, axisLabel: { formatter: write } },
        { type: "value", gridIndex: 1, splitNumber: 1, min: 0, axisLabel: { formatter: write } },
      ],
      tooltip: { trigger: "axis", confine: true, formatter: (at) => tip(`${data.names[at[0].dataIndex]} ${data.ways[at[0].dataIndex]}`, [[data.said.price, write(data.prices[at[0].dataIndex])], [data.said.size, write(data.sizes[at[0].dataIndex])]]) },
      series: [
        { type: "line", step: "end", data: data.prices, symbol: "circle", symbolSize: data.prices.length > 40 ? 3 : 6, color: token("s-1"), lineStyle: { width: 2 } },
        { type: "bar", xAxisIndex: 1, yAxisIndex: 1, data: data.sizes, color: token("s-8"), barMaxWidth: 18 },
      ],
    },
    head: [data.said.time, data.said.way, data.said.price, data.said.size],
    rows: data.names.map((name, at) => [name, data.ways[at], data.prices[at], data.sizes[at]]),
  });

  /* Demand falls in steps: at each price all that was asked at it or above. */
  function steps(demand) {
    const points = [];
    let left = 0;
    demand.forEach(([total, price]) => {
      points.push([left, price], [total, price]);
      left = total;
    });
    return points.concat([[left, 0]]);
  }

  kinds.clearing = (data) => {
    const top = Math.max(...data.demand.map(([, price]) => price), data.reserve) * 1.1;
    const wide = Math.max(data.offered, ...data.demand.map(([total]) => total)) * 1.05;
    const series = [
      { type: "line", name: data.said.demand, data: steps(data.demand), symbol: "none", color: token("s-1"), lineStyle: { width: 2 }, areaStyle: { opacity: 0.08 } },
      { type: "line", name: data.said.supply, data: [[0, data.reserve], [data.offered, data.reserve], [data.offered, top]], symbol: "none", color: token("s-2"), lineStyle: { width: 2, type: "dashed" } },
    ];
    if (data.price !== null) {
      series.push({ type: "scatter", name: data.said.here, data: [[data.sold, data.price]], symbol: "diamond", symbolSize: 14, color: token("s-6"), label: { show: true, position: phone() ? "left" : "right", formatter: write(data.price), color: token("ink"), fontWeight: 600 } });
    }
    return {
      option: {
        grid: { left: 4, right: phone() ? 16 : 40, top: 30, bottom: 46, containLabel: true },
        legend: { bottom: 0 },
        xAxis: { type: "value", min: 0, max: wide, axisLabel: { formatter: write, showMaxLabel: false, hideOverlap: true }, splitLine: { show: false } },
        yAxis: { type: "value", min: 0, max: top, name: data.said.price, axisLabel: { formatter: write, showMaxLabel: false } },
        tooltip: { trigger: "item", confine: true, formatter: (at) => tip(at.seriesName, [[data.said.price, write(at.value[1])], [data.said.total, write(at.value[0])]]) },
        series,
      },
      head: [data.said.price, data.said.total],
      rows: data.demand.map(([total, price]) => [write(price), total]),
    };
  };
})();
