// The overview: what the targets come to, by which facets; what the snapshot is; what its checks refused, set aside or told.

function overview({ query }) {
  const about = block("about");
  const method = methodOf(query);
  const chosen = filtered(query);
  return h("div", {},
    h("h1", { tabindex: "-1" }, say("overview")),
    h("div", { class: "cards" },
      figure(say("targets_chosen"), number(chosen.length), say("of_all", { count: number(targets().length) })),
      ...["good", "poor", "slow"].map((kind) => {
        const count = chosen.filter((target) => kindOf(target.verdicts[method.method].status) === kind).length;
        return figure(say(`kind_${kind}`), number(count), say(`kind_${kind}_means`));
      }),
      figure(say("undecided_targets"), number(chosen.filter((target) => ["none", "open"].includes(kindOf(target.verdicts[method.method].status))).length), say("undecided_means")),
      figure(say("indicators_with_values"), number([...indicators().values()].filter(({ cells: counts }) => counts.length).length), say("of_all", { count: number(indicators().size) }))),
    section(say("targets_by"),
      h("div", { class: "controls" }, methodSelect(query), h("p", { class: "quiet grow" }, h("span", { class: "print-only" }, both(method, "name") + colon()), parted([method.source, language === "zh" && method.note_zh])),
        anchor(["targets"], query, say("list_targets", { count: number(chosen.length) }))),
      chips(query),
      h("div", { class: "facets" }, facets(method.method).slice(0, 4).map((one) => facet(query, one)))),
    changes(),
    assessed(about),
    section(say("snapshot"), facts([
      [say("as_of"), about.as_of],
      [say("snapshot_id"), h("code", {}, about.id)],
      [say("published_at"), moment(about.published_at)],
      [say("product_version"), about.product_version],
      [say("inputs"), say("inputs_count", { files: number(about.inputs.files), rows: number(about.inputs.rows) })],
      [say("cells"), say("cells_count", { cells: number(about.tables["marts.fct_indicator"]), figures: number(about.tables["marts.fct_measure"]) })],
      about.synthetic ? [say("synthetic"), say("synthetic_count", { count: number(about.synthetic) })] : null,
    ])),
    quality(about));
}

function figure(name, value, note) {
  return h("div", { class: "figure" }, h("span", {}, name), h("b", {}, value), h("small", { class: "quiet" }, note));
}

function moment(text) {
  return new Date(text).toLocaleString(pick("zh-CN", "en-GB"), { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" }) + bracketed(say("beijing"));
}

function assessed(about) {
  if (!about.assessments.length) return null;
  const latest = Math.max(...about.assessments.map(({ year }) => year));
  const names = [...new Set(about.assessments.map(({ assessment }) => assessment))];
  return section(say("county_assessments", { year: latest }), h("div", { class: "facets" }, names.map((assessment) =>
    h("div", {}, h("h3", {}, code("assessment", assessment)), h("ul", { class: "plain" },
      about.assessments.filter((row) => row.assessment === assessment && row.year === latest).map(({ status, counties }) =>
        h("li", {}, mark("assessed", status), " ", anchor(["counties"], { assessment, year: latest, status }, say("counties_count", { count: number(counties) })))))))));
}

function quality(about) {
  const told = rows(about.told);
  const held = rows(about.quarantine);
  return section(say("quality"),
    h("p", {}, about.checks.map(({ gate, passed, told: not }) => h("span", { class: "stretch" },
      say(`gate_${gate}`) + colon() + say("checks_count", { passed: number(passed), told: number(not) })))),
    told.length ? table({
      id: "checks", caption: say("checks_told"), rows: told, columns: [
        { key: "meaning", label: say("check"), value: (row) => both(row, "meaning"), wide: true },
        { key: "table", label: say("table"), value: (row) => row.table_name },
        { key: "severity", label: say("severity"), value: (row) => say(`severity_${row.severity}`) },
        { key: "rows", label: say("failing_rows"), value: (row) => row.failing_count, number: true },
        { key: "consequence", label: say("consequence"), value: (row) => both(row, "consequence"), wide: true },
        { key: "message", label: say("message"), value: (row) => row.message, wide: true },
      ],
    }) : h("p", {}, say("checks_all_passed")),
    held.length ? table({
      id: "quarantine", rows: held, total: about.quarantine_count, inFile: held.length,
      caption: say("quarantine"), columns: [
        { key: "file", label: say("file"), value: (row) => row.file },
        { key: "row", label: say("row"), value: (row) => row.row_no, number: true },
        { key: "column", label: say("column"), value: (row) => row.column_name },
        { key: "value", label: say("found"), value: (row) => row.value },
        { key: "consequence", label: say("consequence"), value: (row) => say(`consequence_${row.consequence}`) },
        { key: "reason", label: say("reason"), value: (row) => both(row, "reason"), wide: true },
        { key: "action", label: say("to_do"), value: (row) => both(row, "action"), wide: true },
      ],
    }) : h("p", {}, say("quarantine_empty")));
}
