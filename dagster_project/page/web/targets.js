// The list of targets, by the same facets as the overview and more of them.

function targetList({ query }) {
  const method = methodOf(query).method;
  const found = filtered(query);
  // On a phone the list would stand far below them.
  const open = window.innerWidth > 900 && !facets(method).some(({ key }) => query.has(key));
  return h("div", {},
    h("h1", { tabindex: "-1" }, say("targets")),
    h("div", { class: "controls no-print" }, methodSelect(query),
      h("label", { class: "field", for: "q" }, h("span", {}, say("contains")),
        h("input", { id: "q", type: "search", value: query.get("q") ?? "", "data-focus": "q", change: (event) => choose({ q: event.target.value.trim(), all: "" }) }))),
    chips(query),
    h("details", { class: "card no-print", open }, h("summary", {}, say("filters")),
      h("div", { class: "facets" }, facets(method).map((one) => facet(query, one)))),
    h("div", { class: "card" }, table({
      id: "targets", caption: say("targets"), rows: found, sorts: true, empty: say("no_targets_found"), columns: [
        { key: "target", label: say("target"), value: (target) => target.indicator_zh,
          show: (target) => anchor(["target", target.id], {}, target.indicator_zh), wide: true },
        { key: "region", label: say("region"), value: (target) => regionName(target.region, target.region_zh) },
        { key: "asked", label: say("asked"), value: asked },
        { key: "year", label: say("deadline"), value: (target) => target.year, number: true },
        { key: "actual", label: say("actual"), value: (target) => target.verdicts[method].actual_value, number: true, show: (target) => actual(target, method) },
        { key: "actual_year", label: say("actual_year"), value: (target) => target.verdicts[method].actual_year, number: true },
        { key: "status", label: say("status"), value: (target) => code("verdict", target.verdicts[method].status),
          show: (target) => [mark("verdict", target.verdicts[method].status), provisional(target.verdicts[method].provisional)] },
        { key: "reason", label: say("reason"), value: (target) => reasonOf(target.verdicts[method]), wide: true },
        { key: "responsible", label: say("responsible"), value: (target) => parted(target.units), wide: true },
        { key: "document", label: say("document"), value: (target) => documents().get(target.document)?.title, wide: true },
        { key: "id", label: say("id"), value: (target) => target.id, hidden: true },
        provisionalColumn((target) => target.verdicts[method].provisional), ...alike([[say("method"), both(methodOf(query), "name")]]),
      ],
    })));
}

function actual(target, method) {
  const { actual_value: value, unit: name } = target.verdicts[method];
  return measured(value, name, indicators().get(target.indicator)?.decimals);
}
