// Assessments of counties: the list of verdicts, and for one county, year and assessment its conditions and failing schools.

async function counties({ query }) {
  const all = rows(await shard("counties"));
  if (!all.length) return h("div", {}, h("h1", { tabindex: "-1" }, say("counties")), h("div", { class: "card" }, h("p", {}, say("no_counties"))));
  const names = [...new Set(all.map(({ assessment }) => assessment))];
  const assessment = names.includes(query.get("assessment")) ? query.get("assessment") : names[0];
  const years = [...new Set(all.filter((row) => row.assessment === assessment).map(({ year }) => year))].sort((a, b) => b - a);
  const year = years.includes(Number(query.get("year"))) ? Number(query.get("year")) : years[0];
  const ofYear = all.filter((row) => row.assessment === assessment && row.year === year);
  const statuses = [...new Set(ofYear.map(({ status }) => status))];
  // A status that another year had asks for nothing here.
  const wanted = statuses.includes(query.get("status")) ? query.get("status") : "";
  const found = ofYear.filter(({ status }) => !wanted || status === wanted);
  return h("div", {},
    h("h1", { tabindex: "-1" }, say("counties")),
    h("div", { class: "controls no-print" },
      select("assessment", say("assessment"), names.map((one) => [one, code("assessment", one)]), assessment, (one) => choose({ assessment: one, all: "" })),
      select("year", say("year"), years.map((one) => [one, one]), year, (one) => choose({ year: one, all: "" })),
      select("status", say("status"), [["", say("all")], ...statuses.map((one) => [one, code("assessed", one) + bracketed(ofYear.filter(({ status }) => status === one).length)])], wanted, (one) => choose({ status: one, all: "" }))),
    h("div", { class: "card" }, table({
      id: "counties", caption: `${code("assessment", assessment)} ${year}`, rows: found, sorts: true, columns: [
        { key: "county", label: say("county"), value: (row) => regions()[row.region].name,
          show: (row) => [anchor(["county", regions()[row.region].code, row.year, row.assessment], {}, regions()[row.region].name), made(regions()[row.region])] },
        { key: "code", label: say("code"), value: (row) => regions()[row.region].code },
        { key: "status", label: say("status"), value: (row) => code("assessed", row.status), show: (row) => [mark("assessed", row.status), provisional(row.provisional)] },
        ...["condition", "met", "not_met", "no_data", "needs_judgement"].map((name) => (
          { key: name, label: say(`count_${name}`), value: (row) => row[`${name}_count`], number: true })),
        { key: "not_met_conditions", label: say("not_met_conditions"), value: (row) => row.not_met_conditions, wide: true },
        provisionalColumn((row) => row.provisional), ...alike([[say("year"), year], [say("assessment"), code("assessment", assessment)]]),
      ],
    })));
}

async function county({ path, query }) {
  const [, id, year, assessment] = path;
  const mine = (row) => row.region_code === id && String(row.year) === year && row.assessment === assessment;
  const conditions = rows((await shard(`assessment:${(id ?? "").slice(0, 4)}`)) ?? {}).filter(mine);
  if (!conditions.length) return missing(say("no_such_assessment", { code: [id, year, code("assessment", assessment)].join(" ") }));
  const schools = rows((await shard(`schools:${id.slice(0, 4)}`)) ?? {}).filter(mine);
  const all = rows(await shard("counties"));
  const verdict = all.find((row) => regions()[row.region].code === id && String(row.year) === year && row.assessment === assessment);
  const years = all.filter((row) => regions()[row.region].code === id && row.assessment === assessment).map((row) => row.year).sort((a, b) => b - a);
  const kinds = [...new Set(all.filter((row) => regions()[row.region].code === id && String(row.year) === year).map((row) => row.assessment))];
  const statuses = [...new Set(conditions.map((row) => row.status))];
  const status = statuses.includes(query.get("status")) ? query.get("status") : "";
  const shownOnes = conditions.filter((row) => !status || row.status === status);
  const key = (row) => `${row.condition_no} ${row.indicator_code}`;
  const chosen = conditions.find((row) => key(row) === query.get("condition"));
  const failing = schools.filter((row) => !chosen || key(row) === key(chosen));
  const about = [[say("county"), regionName(id)], [say("code"), id], [say("year"), year], [say("assessment"), code("assessment", assessment)]];
  return h("div", {},
    h("h1", { tabindex: "-1" }, regionName(id), " ", h("small", { class: "quiet" }, `${id} · ${year} · ${code("assessment", assessment)}`)),
    h("p", { class: "lead" }, mark("assessed", verdict.status), " ", provisional(verdict.provisional), " ",
      say("conditions_met", { met: verdict.met_count, of: verdict.condition_count, not: verdict.not_met_count, none: verdict.no_data_count, open: verdict.needs_judgement_count })),
    h("div", { class: "controls no-print" },
      select("year", say("year"), years.map((one) => [one, one]), year, (one) => { location.hash = address(["county", id, one, assessment], query); }),
      select("assessment", say("assessment"), kinds.map((one) => [one, code("assessment", one)]), assessment, (one) => { location.hash = address(["county", id, year, one], {}); }),
      select("status", say("status"), [["", say("all")], ...statuses.map((one) => [one, code("assessed", one)])], status, (one) => choose({ status: one }))),
    h("div", { class: "card" }, table({
      id: "conditions", caption: say("conditions"), rows: shownOnes, columns: [
        { key: "no", label: say("condition_no"), value: (row) => row.condition_no },
        { key: "name", label: say("condition"), value: (row) => both(row, "name"), wide: true,
          show: (row) => [both(row, "name"), row.is_veto ? [" ", h("span", { class: "tag" }, say("veto"))] : null,
            row.decides === "yes" ? null : [" ", h("span", { class: "tag" }, say(`decides_${row.decides}`))]] },
        { key: "status", label: say("status"), value: (row) => code("assessed", row.status), show: (row) => [mark("assessed", row.status), provisional(row.is_provisional)] },
        { key: "required", label: say("required"), value: (row) => row.required_value, number: true,
          show: (row) => known(row.required_value) ? `${code("comparator", row.comparator)} ${conditionAmount(row, row.required_value)}` : "—" },
        { key: "value", label: say("value"), value: (row) => row.value, number: true,
          show: (row) => [conditionAmount(row, row.value), row.judged_on === "school" && row.value !== null ? h("small", { class: "quiet" }, ` ${say("worst_school")}`) : null] },
        { key: "gap", label: say("gap"), value: (row) => row.gap, number: true, show: (row) => gap(row.gap, row.unit === "%" ? "pp" : row.unit, indicators().get(row.indicator_code)?.decimals) },
        { key: "counts", label: say("counts"), value: (row) => (known(row.numerator) && known(row.denominator) ? `${measured(row.numerator, "", 4)} / ${measured(row.denominator, "", 4)}` : ""), number: true },
        { key: "schools", label: say("failing_schools"), value: (row) => row.failing_school_count, number: true,
          show: (row) => row.failing_school_count ? h("a", { href: changed({ condition: key(row) }) }, `${number(row.failing_school_count)} / ${number(row.judged_school_count)}`)
            : row.judged_school_count ? `0 / ${number(row.judged_school_count)}` : "—" },
        { key: "remark", label: say("note"), value: (row) => parted([both(row, "remark"), [row.judgement_by, row.judgement_date, row.judgement_evidence].filter(Boolean).join(" ")]), wide: true },
        provisionalColumn((row) => row.is_provisional), ...alike(about),
      ],
    })),
    section(chosen ? say("failing_of", { condition: `${chosen.condition_no} ${both(chosen, "name")}` }) : say("failing_all"),
      chosen ? h("p", { class: "no-print" }, h("button", { type: "button", "data-focus": "all-conditions", click: () => choose({ condition: "" }) }, say("all_conditions"))) : null,
      table({
        id: "schools", caption: say("failing_schools"), rows: failing, empty: say("no_failing"), sorts: true, columns: [
          { key: "school", label: say("school"), value: (row) => row.school_name ?? row.school_id },
          { key: "school_id", label: say("id"), value: (row) => row.school_id },
          { key: "no", label: say("condition_no"), value: (row) => row.condition_no },
          { key: "what", label: say("indicator"), value: (row) => indicatorName(row.indicator_code), wide: true },
          { key: "value", label: say("value"), value: (row) => row.value, number: true, show: (row) => conditionAmount(row, row.value) },
          { key: "required", label: say("required"), value: (row) => row.required_value, number: true,
            show: (row) => known(row.required_value) ? `${code("comparator", row.comparator)} ${conditionAmount(row, row.required_value)}` : "—" },
          { key: "shortfall", label: say("gap"), value: (row) => row.shortfall, number: true, show: (row) => conditionAmount(row, row.shortfall, row.unit === "%" ? "pp" : row.unit) },
          { key: "classes", label: say("failing_classes"), value: (row) => row.failing_class_count, number: true },
          { key: "met", label: say("resources_met"), value: (row) => row.indicators_met, number: true },
          provisionalColumn((row) => row.is_provisional), ...alike(about),
        ],
      })));
}

// Of a condition judged at schools, the value is that of the school furthest from it; the unit is the condition's.
function conditionAmount(row, value, name) {
  return measured(value, name ?? row.unit, indicators().get(row.indicator_code)?.decimals);
}
