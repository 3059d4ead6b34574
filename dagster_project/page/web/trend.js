// The trend of one region: published and computed values as lines of their own, gaps left open, no line across a break,
// the levels asked for drawn from the year of issue to the year they are due.

const COLOURS = { published: "#0b5fa5", computed: "#b3590a", target: "#3f7d20", standard: "#6b6b6b", gone: "#8a1c4a" };
const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif';
const drawn = new Set();

function trend({ values, indicator, breaks, levels, label }) {
  const years = [...values.map(({ year }) => year), ...levels.flatMap(({ from, to }) => [from, to])].filter(Boolean);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const place = h("div", { class: "chart", role: "img", "aria-label": label });
  const chart = echarts.init(place, null, { renderer: "svg", width: 640, height: 300 });
  drawn.add([place, chart]);
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: FONT },
    color: [COLOURS.published, COLOURS.computed],
    grid: { left: 8, right: 24, top: 52, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, itemGap: 16, textStyle: { fontSize: 12 } },
    // Drawn as shapes, not as markup: names come from files.
    tooltip: { trigger: "item", renderMode: "richText", confine: true, formatter: ({ data, seriesName }) => data.tip ?? seriesName },
    xAxis: {
      type: "value", min: first - 1, max: last + 1, interval: 1, splitLine: { show: false }, axisTick: { show: false },
      axisLabel: { formatter: (year) => (year < first || year > last ? "" : String(year)), hideOverlap: true },
    },
    yAxis: {
      type: "value", scale: true, ...widened([...values.map(({ value }) => value), ...levels.map(({ value }) => value)]), minInterval: 10 ** -(indicator.decimals ?? 2), name: unit(indicator.unit).trim(), nameTextStyle: { align: "left", padding: [0, 0, 0, -24] },
      axisLabel: { formatter: (value) => plain(value) }, splitLine: { lineStyle: { color: "#e6e8eb" } },
    },
    series: [
      ...["published", "computed"].flatMap((basis) => pieces(values.filter((cell) => cell.basis === basis), breaks).map((piece) => line(basis, piece, indicator))),
      ...levels.map((level) => wanted(level, indicator)),
      ...(breaks.length ? [broken(breaks)] : []),
    ],
  });
  return place;
}

// An axis over a twentieth of what it shows at least, or a difference of tenths would look like a leap.
function widened(shownOnes) {
  const [low, high] = [Math.min(...shownOnes), Math.max(...shownOnes)];
  const room = Math.max(Math.abs(low), Math.abs(high)) / 20;
  if (!room || high - low >= room) return {};
  const step = 10 ** Math.floor(Math.log10(room));
  return { min: tidy(Math.floor((low - room / 2) / step) * step), max: tidy(Math.ceil((high + room / 2) / step) * step) };
}

const tidy = (value) => Number(value.toPrecision(10));

// Runs of values that compare with one another. A year without a value stands as a gap in the run.
function pieces(values, breaks) {
  const runs = [];
  const sorted = [...values].sort((a, b) => a.year - b.year);
  for (const cell of sorted) {
    const before = runs.at(-1)?.at(-1);
    const isBroken = before && breaks.some(({ year, basis }) => (!basis || basis === cell.basis) && before.year < year && year <= cell.year);
    if (!before || isBroken) runs.push([]);
    const run = runs.at(-1);
    if (run.length && cell.year - before.year > 1) run.push({ year: before.year + 1, value: null });
    run.push(cell);
  }
  return runs;
}

function line(basis, run, indicator) {
  return {
    type: "line", name: say(basis), color: COLOURS[basis], symbol: basis === "published" ? "circle" : "emptyDiamond",
    symbolSize: basis === "published" ? 7 : 9, connectNulls: false, z: basis === "published" ? 4 : 3,
    lineStyle: { width: 2, type: basis === "published" ? "solid" : "dashed" },
    data: run.map((cell) => ({ value: [cell.year, cell.value], tip: `${cell.year} · ${say(basis)}\n${shown(cell, indicator)}` })),
  };
}

function wanted({ from, to, value, name, kind }, indicator) {
  return {
    type: "line", name: say(kind), color: COLOURS[kind], symbol: "none", z: 2, lineStyle: { width: 1.5, type: "dotted" },
    data: [from, to].map((year) => ({ value: [year, value], tip: `${name}\n${measured(value, indicator.unit, indicator.decimals)}` })),
    endLabel: { show: true, formatter: () => measured(value, indicator.unit, indicator.decimals), color: COLOURS[kind], offset: [-44, -9] },
    // A line of one year is a point.
    ...(from === to ? { symbol: "rect", symbolSize: [14, 3] } : {}),
  };
}

function broken(breaks) {
  return {
    type: "line", name: say("break"), color: COLOURS.gone, data: [], symbol: "none",
    markLine: {
      silent: false, symbol: "none", lineStyle: { color: COLOURS.gone, type: "solid", width: 1 },
      label: { formatter: say("break"), color: COLOURS.gone, fontSize: 11, position: "end", distance: 2 },
      data: breaks.map(({ year, reason }) => ({ xAxis: year - 0.5, tip: year + colon() + reason, name: String(year) })),
    },
  };
}

// Charts have the width of their place; those that are gone from the page are let go.
function fit(width) {
  for (const entry of drawn) {
    const [place, chart] = entry;
    if (!place.isConnected) {
      chart.dispose();
      drawn.delete(entry);
    } else chart.resize({ width: width ?? place.clientWidth, height: 300 });
  }
}
window.addEventListener("resize", () => fit());
window.addEventListener("beforeprint", () => fit(660));
window.addEventListener("afterprint", () => fit());
