// The provinces as a grid of tiles: each has its place by the code of its region, none has a border. Not a map.

const TILES = [
  ["230000", 1, 9, "黑龙江", "HL"], ["150000", 2, 7, "内蒙古", "NM"], ["220000", 2, 9, "吉林", "JL"],
  ["650000", 3, 1, "新疆", "XJ"], ["110000", 3, 7, "北京", "BJ"], ["120000", 3, 8, "天津", "TJ"], ["210000", 3, 9, "辽宁", "LN"],
  ["630000", 4, 2, "青海", "QH"], ["620000", 4, 3, "甘肃", "GS"], ["640000", 4, 4, "宁夏", "NX"], ["610000", 4, 5, "陕西", "SN"],
  ["140000", 4, 6, "山西", "SX"], ["130000", 4, 7, "河北", "HE"], ["370000", 4, 8, "山东", "SD"],
  ["540000", 5, 1, "西藏", "XZ"], ["510000", 5, 3, "四川", "SC"], ["500000", 5, 4, "重庆", "CQ"], ["420000", 5, 5, "湖北", "HB"],
  ["410000", 5, 6, "河南", "HA"], ["340000", 5, 7, "安徽", "AH"], ["320000", 5, 8, "江苏", "JS"], ["310000", 5, 9, "上海", "SH"],
  ["530000", 6, 3, "云南", "YN"], ["520000", 6, 4, "贵州", "GZ"], ["430000", 6, 5, "湖南", "HN"], ["360000", 6, 6, "江西", "JX"],
  ["330000", 6, 8, "浙江", "ZJ"], ["450000", 7, 4, "广西", "GX"], ["440000", 7, 5, "广东", "GD"], ["350000", 7, 7, "福建", "FJ"],
  ["710000", 7, 9, "台湾", "TW"], ["460000", 8, 4, "海南", "HI"], ["820000", 8, 5, "澳门", "MO"], ["810000", 8, 6, "香港", "HK"],
];
const CLASSES = 5;

// `cells` are of one year, one basis and of provinces alone.
function tiles(cells, indicator, chosen) {
  const byCode = new Map(cells.map((cell) => [regions()[cell.region].code, cell]));
  const values = cells.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = (high - low) / CLASSES;
  const classOf = (value) => step ? Math.min(CLASSES - 1, Math.floor((value - low) / step)) : CLASSES - 1;
  const others = cells.filter((cell) => !TILES.some(([tile]) => tile === regions()[cell.region].code));
  return h("div", {},
    h("ul", { class: "tiles" }, TILES.map(([tile, row, column, zh, en]) => {
      const cell = byCode.get(tile);
      const value = cell ? digits(cell.value, cell, indicator) : say("no_data_short");
      return h("li", { style: { "grid-row": row, "grid-column": column } },
        h("button", {
          type: "button", class: `tile ${cell ? `class-${classOf(cell.value)}` : "empty"}`, "aria-pressed": String(tile === chosen),
          "data-focus": `tile-${tile}`, "data-region": tile, "aria-label": `${regionName(tile, zh)} ${cell ? shown(cell, indicator) : say("no_data")}`,
          click: () => choose({ region: tile }),
        }, h("span", {}, pick(zh, en)), h("b", {}, value)));
    })),
    values.length ? h("ul", { class: "legend" }, Array.from({ length: step ? CLASSES : 1 }, (_, place) =>
      h("li", {}, h("i", { class: `class-${step ? place : CLASSES - 1}` }),
        step ? `${number(low + place * step, indicator.decimals)}—${number(low + (place + 1) * step, indicator.decimals)}` : number(low, indicator.decimals))),
    h("li", {}, h("i", { class: "empty" }), say("no_data"))) : null,
    h("p", { class: "quiet" }, say("tiles_note"), others.length
      ? ` ${say("tiles_others", { count: others.length, names: listed(others.map((cell) => `${regions()[cell.region].code} ${regions()[cell.region].name} ${shown(cell, indicator)}`)) })}` : ""));
}
