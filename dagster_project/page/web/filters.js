// Which targets are meant: facets that filter one another. Within a facet any of the chosen, between facets all of them.

const NONE = "-";

function facets(method) {
  return [
    { key: "status", of: (target) => [target.verdicts[method].status], show: (status) => mark("verdict", status), name: (status) => code("verdict", status) },
    { key: "document", of: (target) => [target.document], name: (id) => documents().get(id)?.title ?? id },
    { key: "region", of: (target) => [target.region ?? NONE], name: (region) => region === NONE ? say("region_hidden") : regionName(region) },
    { key: "responsible", of: (target) => target.units.length ? target.units : [NONE], name: (name) => name === NONE ? say("no_unit") : name },
    { key: "indicator", of: (target) => [target.indicator ?? NONE], name: (id) => id === NONE ? say("no_indicator") : indicatorName(id) },
    { key: "year", of: (target) => [String(target.year ?? NONE)], name: (year) => year === NONE ? say("no_year") : year },
  ];
}

function indicatorName(id) {
  const indicator = indicators().get(id);
  return indicator ? both(indicator, "name") : id;
}

function methodOf(query) {
  return methods().find(({ method }) => method === query.get("method")) ?? methods()[0];
}

// Targets that pass every facet, or every one but `except`, whose own counts then say what choosing more would add.
function filtered(query, except) {
  const wanted = facets(methodOf(query).method)
    .map(({ key, of }) => [key, of, new Set(query.getAll(key))])
    .filter(([key, , chosen]) => chosen.size && key !== except);
  const text = plainText(query.get("q") ?? "");
  return targets().filter((target) =>
    wanted.every(([, of, chosen]) => of(target).some((value) => chosen.has(value)))
    && (!text || plainText([target.indicator_zh, target.article, target.id, documents().get(target.document)?.title].join(" ")).includes(text)));
}

function facet(query, { key, of, name, show }) {
  const counts = new Map();
  for (const target of filtered(query, key)) {
    for (const value of new Set(of(target))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const chosen = query.getAll(key);
  chosen.filter((value) => !counts.has(value)).forEach((value) => counts.set(value, 0));
  const most = Math.max(1, ...counts.values());
  const order = [...counts].sort((a, b) => key === "year" ? a[0].localeCompare(b[0]) : b[1] - a[1] || name(a[0]).localeCompare(name(b[0]), "zh"));
  return h("fieldset", { class: "facet" },
    h("legend", {}, say(key), h("span", { class: "quiet" }, ` ${number(counts.size)}`)),
    h("ul", {}, order.map(([value, count]) => {
      const on = chosen.includes(value);
      const next = on ? chosen.filter((other) => other !== value) : [...chosen, value];
      return h("li", {}, h("button", {
        type: "button", class: "plain", "aria-pressed": String(on), "data-focus": `${key}=${value}`, "data-facet": key, "data-value": value,
        click: () => choose({ [key]: next, all: "" }),
      }, h("span", { class: "name" }, show ? show(value) : name(value)), h("span", { class: "count" }, number(count)),
      h("span", { class: "bar", "aria-hidden": "true", style: { width: `${(100 * count) / most}%` } })));
    })));
}

function methodSelect(query) {
  return select("method", say("method"), methods().map((method) => [method.method, both(method, "name")]),
    methodOf(query).method, (method) => choose({ method: method === methods()[0].method ? "" : method }));
}

// What is chosen, each with a button that takes it away.
function chips(query) {
  const all = facets(methodOf(query).method).flatMap(({ key, name }) =>
    query.getAll(key).map((value) => [key, value, name(value)]));
  if (query.get("q")) all.push(["q", query.get("q"), query.get("q")]);
  if (!all.length) return null;
  return h("div", { class: "chips" },
    all.map(([key, value, name]) => h("button", {
      type: "button", class: "chip", "data-focus": `chip-${key}-${value}`, "aria-label": say("remove", { name }),
      click: () => choose({ [key]: query.getAll(key).filter((other) => other !== value) }),
    }, say(key) + colon() + name, h("span", { "aria-hidden": "true" }, " ✕"))),
    h("button", { type: "button", class: "chip quiet", "data-focus": "chip-clear", click: () => choose(Object.fromEntries([...all.map(([key]) => [key, ""]), ["all", ""]])) }, say("clear")));
}
