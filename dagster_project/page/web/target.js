// A target: the clause it stands in, what each method says of it and why, the values that were looked at, what is missing.

async function target({ path }) {
  const short = targets().find(({ id }) => id === path[1]);
  const full = short && (await shard(`document:${short.document}`)).find(({ target_id: id }) => id === short.id);
  if (!full) return missing(say("no_such_target", { code: path[1] ?? "" }));
  const about = indicators().get(short.indicator);
  const document = documents().get(short.document);
  const decimals = about?.decimals;
  const verdicts = methods().map((method) => ({ ...full.verdicts.find((one) => one.method === method.method), name: both(method, "name"), reason: short.verdicts[method.method].reason }));
  return h("div", {},
    h("h1", { tabindex: "-1" }, full.indicator_zh, " ", h("small", { class: "quiet" }, regionName(short.region, short.region_zh))),
    h("p", { class: "lead" }, asked(short), short.year ? ` · ${say("due", { year: short.year })}` : "", " ", mark("verdict", verdicts[0].status), " ", provisional(verdicts[0].provisional),
      h("span", {}, ` ${reasonOf(verdicts[0])}`)),
    h("div", { class: "pair" },
      section(say("clause"),
        full.evidence ? h("blockquote", { lang: "zh" }, full.evidence) : h("p", { class: "quiet" }, say("no_clause")),
        facts([
          [say("document"), document.title],
          [say("issuer"), [document.issuer, document.issued_year].filter(Boolean).join(" ") || "—"],
          [say("article"), full.article || "—"],
          [say("evidence_kind"), say(`evidence_${full.evidence_kind ?? "none"}`)],
          [say("responsible"), parted(short.units) || say("no_unit")],
          [say("reviewed"), [say(`review_${full.review_status}`), full.reviewed_by, full.reviewed_on, full.review_reason].filter(Boolean).join(" · ")],
          [say("file"), h("code", {}, `${full.source_file}:${full.source_row}`)],
          [say("id"), h("code", {}, full.target_id)],
          full.note_zh ? [say("note"), full.note_zh] : null,
        ])),
      section(say("what_is_asked"), facts([
        [say("indicator"), about ? anchor(["indicator", short.indicator], { region: short.region, stage: short.stage, segment: short.segment === "all" ? "" : short.segment }, both(about, "name")) : say("no_indicator")],
        full.indicator_note ? [say("note"), full.indicator_note] : null,
        [say("scope"), `${code("stage", short.stage)} · ${code("segment", short.segment)}`],
        [say("region"), regionName(short.region, short.region_zh)],
        full.region_bound_by ? [say("bound"), full.region_bound_by] : null,
        full.year_bound_by ? [say("bound"), full.year_bound_by] : null,
        [say("asked"), asked(short)],
        [say("target_value"), full.verdicts.length ? amountOf(verdicts[0], "target_value", "unit", decimals) : "—"],
        [say("deadline"), full.deadline ?? short.year ?? say("no_year")],
        known(full.baseline) ? [say("baseline"), `${measured(full.baseline, full.unit, decimals)} ${full.baseline_year ?? ""}`] : null,
        full.milestone_of ? [say("milestone_of"), anchor(["target", full.milestone_of], {}, full.milestone_of)] : null,
        ...milestones(full).map((one) => [say("milestone"), anchor(["target", one.id], {}, `${one.year ?? ""} ${asked(one)}`)]),
      ]))),
    section(say("verdicts"), table({
      id: "verdicts", caption: say("verdicts_caption"), rows: verdicts, columns: [
        { key: "method", label: say("method"), value: (one) => one.name, wide: true },
        { key: "status", label: say("status"), value: (one) => code("verdict", one.status), show: (one) => [mark("verdict", one.status), provisional(one.provisional)] },
        { key: "reason", label: say("reason"), value: reasonOf, wide: true },
        { key: "actual", label: say("judged_value"), value: (one) => one.judged_value ?? one.actual_value ?? null, number: true, show: (one) => amountOf(one, known(one.judged_value) ? "judged_value" : "actual_value", "unit", decimals) },
        { key: "actual_year", label: say("actual_year"), value: (one) => one.actual_year, number: true },
        { key: "gap", label: say("gap"), value: (one) => one.gap, number: true, show: (one) => gap(one.gap, one.gap_unit, decimals) },
        { key: "base", label: say("base_value"), value: (one) => one.base_value, number: true, show: (one) => known(one.base_value) ? amountOf(one, "base_value", "unit", decimals) + bracketed(one.base_year) : "—" },
        { key: "actual_pace", label: say("actual_pace"), value: (one) => one.actual_pace, number: true, show: (one) => pace(one, "actual_pace", decimals) },
        { key: "required_pace", label: say("required_pace"), value: (one) => one.required_pace, number: true, show: (one) => pace(one, "required_pace", decimals) },
        { key: "ratio", label: say("progress_ratio"), value: (one) => one.progress_ratio, number: true, show: (one) => measured(one.progress_ratio, "", 2) },
        { key: "missing", label: say("what_lacks"), value: (one) => lacks(one, short), wide: true },
        provisionalColumn((one) => one.provisional), ...alike([[say("id"), short.id]]),
      ],
    }),
    lacking(verdicts[0], short, decimals),
    judged(verdicts[0])),
    knownVerdicts(full.known, decimals),
    behind(full, short, about));
}

// What people decided beside the computed status.
function judged({ judgement, judgement_by: by, judgement_reason: reason, judgement_until: until, judgement_in_force: holds }) {
  return judgement ? h("p", {}, say("judgement"), colon(), parted([judgement, by, reason, until && say("until", { day: until }), holds ? "" : say("not_in_force")])) : null;
}

function amountOf(verdict, name, unitName, decimals) {
  return measured(verdict[name], verdict[unitName], decimals);
}

function pace(verdict, name, decimals) {
  return known(verdict[name]) ? measured(verdict[name], verdict.gap_unit ?? verdict.unit, decimals) + say("a_year") : "—";
}

function milestones(full) {
  return targets().filter(({ milestone_of: of }) => of === full.target_id);
}

// The marts name a stage by its code.
function lacks(verdict, { stage }) {
  return both(verdict, "missing").replace(pick(`（${stage}）`, ` (${stage})`), stage === "all" ? "" : bracketed(code("stage", stage)));
}

// What a decision would need, where there is none; values of other years are told but decide nothing.
function lacking(verdict, short, decimals) {
  if (!["none", "open"].includes(kindOf(verdict.status))) return null;
  const near = [["earlier", "before"], ["later", "after"]].filter(([name]) => known(verdict[`${name}_value`]))
    .map(([name, word]) => `${say(word)} ${verdict[`${name}_year`]}${colon()}${measured(verdict[`${name}_value`], verdict.unit, decimals)}`);
  return h("p", { id: "missing" }, h("b", {}, say("to_decide")), " ", lacks(verdict, short) || reasonOf(verdict),
    near.length ? ` ${say("near_values")} ${parted(near)}` : "");
}

function behind(full, short, about) {
  if (!full.values.length || !about) return section(say("behind"), h("p", { class: "quiet" }, say(short.region ? "nothing_behind" : "behind_hidden")));
  const years = full.values.map(({ year }) => year);
  const span = [Math.min(...years), Math.max(...years)];
  const region = regionByCode().get(short.region);
  const breaks = region ? breaksOf(about, { stage: short.stage, region }).filter(({ year }) => year > span[0] && year <= span[1]) : [];
  const levels = [short.line, short.line_high].filter(known).map((value) => ({
    kind: "target", value, name: asked(short), from: Math.max(span[0], short.line_from ?? span[0]), to: short.year ?? span[1],
  }));
  return section(say("behind"),
    trend({ values: full.values, indicator: about, breaks, levels, label: say("trend_label", { region: regionName(short.region), name: both(about, "name"), first: span[0], last: span[1] }) }),
    table({
      id: "values", caption: say("behind_caption"), rows: [...full.values].reverse(), columns: [
        { key: "year", label: say("year"), value: (cell) => cell.year, number: true },
        { key: "region", label: say("region"), value: (cell) => regionName(cell.region_code) },
        { key: "value", label: valueIn(about.unit), value: (cell) => cell.value, number: true, show: (cell) => measured(cell.value, "", about.decimals) },
        { key: "basis", label: say("basis"), value: (cell) => say(cell.basis), show: basisOf },
        { key: "holds", label: say("reaches"), value: (cell) => say(cell.holds ? "yes" : "no") },
        ...alike([[say("id"), short.id]]),
      ],
    }));
}
