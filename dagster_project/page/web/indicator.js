// An indicator: what it means, and for a region its values on either basis with their counts, trend, peers and sources.

const LEVELS = ["nation", "province", "prefecture", "county"];

async function indicator({ path, query }) {
  const about = indicators().get(path[1]);
  if (!about) return path[1] ? missing(say("no_such_indicator", { code: path[1] })) : catalogue(query);
  const every = cells(await shard(`indicator:${about.indicator_code}`));
  const all = every.filter(({ until }) => !known(until));
  const place = choices(about, all, query);
  return h("div", {},
    h("h1", { tabindex: "-1" }, both(about, "name"), " ", h("small", { class: "quiet" }, pick(about.name_en, about.name_zh))),
    h("p", { class: "quiet" }, h("code", {}, about.indicator_code), " · ", code("stage", about.level), " · ",
      say("unit_is", { unit: code("unit", about.unit) }), " · ", code("direction", about.direction)),
    all.length ? [controls(place), h("div", { class: "pair" }, valueCard(about, place), trendCard(about, place)), peers(about, place)]
      : section(say("no_data"), h("p", {}, both(about, "lacks"))),
    h("div", { class: "pair" }, definition(about), targetsOf(about, place)),
    all.length ? [await working(about, place), sources(about, place)] : null,
    formerValues(about, every.filter((cell) => known(cell.until) && place.isSeries(cell)), place));
}

// What is looked at: as the address says, and where it says nothing, what there is most of.
function choices(about, all, query) {
  const pickOne = (name, options, preferred) => [query.get(name), preferred].find((one) => options.includes(one)) ?? options[0] ?? "";
  const distinct = (of, from) => [...new Set(from.map(of))];
  const byCount = (of, from) => {
    const counts = new Map();
    for (const cell of from) counts.set(of(cell), (counts.get(of(cell)) ?? 0) + 1);
    return [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  };
  const stages = byCount((cell) => cell.stage, all);
  const stage = pickOne("stage", stages, about.level);
  const ofStage = all.filter((cell) => cell.stage === stage);
  const segments = byCount((cell) => cell.segment, ofStage);
  const segment = pickOne("segment", segments, "all");
  const ofSegment = ofStage.filter((cell) => cell.segment === segment);
  const bases = byCount((cell) => cell.base_indicator ?? "", ofSegment);
  const base = pickOne("base", bases);
  const mine = ofSegment.filter((cell) => (cell.base_indicator ?? "") === base);
  const withValue = mine.filter(stands);
  const asked = regionByCode().get(query.get("region"));
  const nation = regionByCode().get("100000");
  const region = asked ?? (withValue.some((cell) => cell.region === nation.place) ? nation
    : regions()[byCount((cell) => cell.region, withValue)[0]] ?? nation);
  const own = mine.filter((cell) => cell.region === region.place);
  const years = distinct((cell) => cell.year, mine).sort((a, b) => b - a);
  const ownYears = own.filter(stands).map((cell) => cell.year);
  const year = years.includes(Number(query.get("year"))) ? Number(query.get("year")) : ownYears.length ? Math.max(...ownYears) : years[0];
  const levels = LEVELS.filter((level) => withValue.some((cell) => regions()[cell.region].level === level));
  const level = pickOne("level", levels.filter((one) => one !== "nation"), region.level === "nation" ? "province" : region.level);
  const ofLevel = withValue.filter((cell) => cell.year === year && regions()[cell.region].level === level);
  const basis = pickOne("basis", ["published", "computed"], byCount((cell) => cell.basis, ofLevel)[0]);
  const isSeries = (cell) => cell.stage === stage && cell.segment === segment && (cell.base_indicator ?? "") === base;
  return { query, isSeries, stages, stage, segments, segment, bases, base, mine, region, own, years, year, levels, level, basis, ofLevel };
}

const stands = (cell) => known(cell.value) && !cell.status;

function controls(place) {
  const { stages, stage, segments, segment, bases, base, region, years, year } = place;
  return h("div", { class: "controls no-print" },
    h("div", { class: "field" }, h("span", {}, say("region")), finder({
      id: "region", label: say("find_region"), value: region.name, find: findRegions,
      describe: (one) => [h("b", {}, one.name), " ", h("span", { class: "quiet" }, one.code, " ", say(`level_${one.level}`), " ", one.parent ? regionName(one.parent) : "")],
      take: (one) => choose({ region: one.code, level: "", all: "" }),
    })),
    region.parent ? h("button", { type: "button", "data-focus": "up", click: () => choose({ region: region.parent, level: "" }) }, `↑ ${regionName(region.parent)}`) : null,
    select("year", say("year"), years.map((one) => [one, one]), year, (one) => choose({ year: one })),
    stages.length > 1 ? select("stage", say("stage"), stages.map((one) => [one, code("stage", one)]), stage, (one) => choose({ stage: one, segment: "", base: "" })) : null,
    segments.length > 1 ? select("segment", say("segment"), segments.map((one) => [one, code("segment", one)]), segment, (one) => choose({ segment: one, base: "" })) : null,
    bases.length > 1 || base ? select("base", say("base"), bases.map((one) => [one, one ? indicatorName(one) : say("no_base")]), base, (one) => choose({ base: one })) : null);
}

function valueCard(about, place) {
  const { own, region, year, stage, segment } = place;
  const of = (basis) => own.find((cell) => cell.year === year && cell.basis === basis);
  const [published, computed] = [of("published"), of("computed")];
  const chosen = published && stands(published) ? published : computed && stands(computed) ? computed : null;
  const other = chosen === published ? computed : null;
  const variant = computed ? variantOf(about, computed) : null;
  return section(`${region.name} · ${year}`,
    h("p", { class: "quiet" }, code("stage", stage), " · ", code("segment", segment), made(region)),
    chosen ? [
      h("p", { class: "value", id: "value" }, h("b", {}, shown(chosen, about)), " ", basisOf(chosen)),
      other && stands(other) ? h("p", {}, say("other_basis"), " ", h("b", {}, shown(other, about)), " ", basisOf(other)) : null,
    ] : h("p", { class: "value none", id: "value" }, say("no_data"), h("small", {}, absence(about, place, published ?? computed))),
    computed && known(computed.numerator) ? facts([
      [side(variant, "numerator"), plain(computed.numerator)],
      known(computed.denominator) ? [side(variant, "denominator"), plain(computed.denominator)] : null,
    ]) : h("p", { class: "quiet" }, chosen === published && chosen ? say("no_counts") : ""),
    beside(about, place, chosen?.basis));
}

// The same year where the region lies in, each with its own basis, and the levels asked for that were in force.
function beside(about, place, basis) {
  const { mine, region, year } = place;
  const above = [];
  for (let code = region.parent; code; code = regionByCode().get(code)?.parent) {
    const theirs = mine.filter((cell) => regions()[cell.region].code === code && cell.year === year && stands(cell));
    const cell = theirs.find((one) => one.basis === basis) ?? theirs[0];
    if (cell) above.push([h("a", { href: changed({ region: code }) }, regionName(code)), [shown(cell, about), " ", basisOf(cell)]]);
  }
  const inForce = onCell(about, place).filter((target) => known(target.line) && (target.line_from ?? year) <= year && year <= (target.year ?? year));
  return above.length || inForce.length ? facts([
    ...above,
    ...inForce.map((target) => [say("in_force"), anchor(["target", target.id], {}, `${target.year ?? ""} ${asked(target)}`)]),
  ]) : null;
}

// Why there is no value: of the cell itself, of the year, of the region.
function absence(about, { own, mine, year }, cell) {
  if (cell?.status) return say(`status_${cell.status}`);
  const years = [...new Set(own.filter(stands).map((one) => one.year))].sort();
  if (years.length) return say("absent_year", { year, years: listed(years) });
  return say("absent_region", { count: number(new Set(mine.filter(stands).map((one) => one.region)).size) });
}

function variantOf(about, cell) {
  return about.variants.find(({ variant, stage }) => variant === cell.variant && ["", cell.stage].includes(stage ?? ""));
}

function side(variant, name) {
  const terms = (variant?.terms ?? []).filter((term) => term.side === name);
  return say(name) + (terms.length ? colon() + terms.map((term, place) => sign(term, place) + both(term, "term")).join("") : "");
}

function sign(term, place) {
  const size = Math.abs(term.coefficient) === 1 ? "" : `${plain(Math.abs(term.coefficient))} × `;
  return (term.coefficient < 0 ? " − " : place ? " + " : "") + size;
}

function breaksOf(about, { stage, region }) {
  const { indicators: ofIndicators, regions: ofRegions } = block("breaks");
  return [
    ...rows(ofIndicators)
      .filter((row) => row.indicator_code === about.indicator_code && [null, undefined, stage].includes(row.stage) && [null, undefined, region.code].includes(row.region_code))
      .map((row) => ({ year: row.break_year, basis: row.basis, reason: both(row, "reason") })),
    ...rows(ofRegions)
      .filter((row) => row.region_code === region.code)
      .map((row) => ({ year: row.break_year, basis: null, reason: say("territory_changed", { event: row.one_event_zh }) })),
  ];
}

function trendCard(about, place) {
  const { own, region, stage, segment } = place;
  const values = own.filter(stands);
  if (!values.length) return section(say("trend"), h("p", { class: "quiet" }, absence(about, place)));
  const years = values.map(({ year }) => year);
  const span = [Math.min(...years), Math.max(...years)];
  const breaks = breaksOf(about, place).filter(({ year }) => year > span[0] && year <= span[1]);
  const levels = onCell(about, place).filter(({ line }) => known(line)).flatMap((target) =>
    [target.line, target.line_high].filter(known).map((value) => ({
      kind: "target", value, name: `${documents().get(target.document)?.title ?? ""}\n${asked(target)}`,
      from: Math.max(target.line_from ?? span[0], span[0]), to: target.year ?? span[1],
    })));
  const standards = segment === "all" ? [about.standard_low, about.standard_high].filter(known)
    .map((value) => ({ kind: "standard", value, name: say("standard"), from: span[0], to: span[1] })) : [];
  return section(say("trend"),
    trend({ values, indicator: about, breaks, levels: [...levels, ...standards], label: say("trend_label", { region: region.name, name: both(about, "name"), first: span[0], last: span[1] }) }),
    breaks.length ? h("ul", { class: "quiet" }, breaks.map(({ year, reason, basis }) => h("li", {}, `${say("break")} ${year}`, colon(), reason, basis ? bracketed(say(basis)) : ""))) : null,
    h("p", { class: "quiet no-print" }, say("trend_note", { stage: code("stage", stage) })));
}

function onCell(about, { region, stage, segment }) {
  return targets().filter((target) => target.indicator === about.indicator_code && target.region === region.code
    && target.stage === stage && target.segment === segment);
}

// Regions of one level, one year and one basis beside one another; how many stand on the other basis is said.
function peers(about, place) {
  const { mine, ofLevel, level, levels, basis, year, region, query } = place;
  const within = query.get("scope") !== "all" && region.level === level && !["nation", "province"].includes(level) ? region.parent : null;
  const inScope = ofLevel.filter((cell) => !within || regions()[cell.region].parent === within);
  const cellsOf = (one) => inScope.filter((cell) => cell.basis === one);
  const here = ranked(cellsOf(basis), about.direction);
  const wanted = levels.filter((one) => one !== "nation");
  if (!wanted.length) return null;
  const provinces = ofLevel.filter((cell) => cell.basis === basis);
  const others = [...new Set(mine.filter((cell) => stands(cell) && regions()[cell.region].level === level).map((cell) => cell.year))].sort((a, b) => b - a);
  return section(say("peers", { year }),
    h("div", { class: "controls" },
      select("level", say("level"), wanted.map((one) => [one, say(`level_${one}`)]), level, (one) => choose({ level: one, all: "" })),
      select("basis", say("basis"), ["published", "computed"].map((one) => [one, say(one) + bracketed(cellsOf(one).length)]), basis, (one) => choose({ basis: one, all: "" })),
      region.level === level && !["nation", "province"].includes(level)
        ? select("scope", say("scope"), [["parent", say("scope_parent", { name: regionName(region.parent) })], ["all", say("scope_all")]], within ? "parent" : "all", (one) => choose({ scope: one === "all" ? "all" : "", all: "" })) : null,
      h("p", { class: "quiet grow" }, say("peers_note"))),
    inScope.length ? null : h("p", {}, say("peers_other_years"), " ", others.map((one) => [h("a", { href: changed({ year: one }) }, String(one)), " "])),
    !inScope.length ? null : h("div", { class: level === "province" ? "pair" : null },
      level === "province" ? tiles(provinces, about, region.code) : null,
      ranking(here, about, place)));
}

function ranked(all, direction) {
  const sorted = [...all].sort((a, b) => (direction === "lower" ? a.value - b.value : b.value - a.value) || a.region - b.region);
  sorted.forEach((cell, place) => {
    // A rank among one says nothing.
    cell.place = sorted.length < 2 ? null : place && sorted[place - 1].value === cell.value ? sorted[place - 1].place : place + 1;
  });
  return sorted;
}

function ranking(all, about, place) {
  const { region, year, level, basis } = place;
  const low = Math.min(0, ...all.map(({ value }) => value));
  const span = Math.max(0, ...all.map(({ value }) => value)) - low || 1;
  return table({
    id: "ranking", rows: all,
    caption: say("ranking", { level: say(`level_${level}`), year, basis: say(basis) }), empty: say("no_peers"),
    columns: [
      { key: "place", label: say(about.direction === "higher" || about.direction === "lower" ? "rank" : "order"), value: (cell) => cell.place, number: true },
      { key: "code", label: say("code"), value: (cell) => regions()[cell.region].code },
      { key: "region", label: say("region"), value: (cell) => regions()[cell.region].name,
        show: (cell) => [h("a", { href: changed({ region: regions()[cell.region].code }), "aria-current": cell.region === region.place ? "true" : null }, regions()[cell.region].name),
          ...made(regions()[cell.region])] },
      { key: "value", label: valueIn(about.unit), value: (cell) => cell.value, number: true, show: (cell) => digits(cell.value, cell, about) },
      ...alike([...lookedAt(about, place), [say("level"), say(`level_${level}`)], [say("year"), year], [say("basis"), say(basis)]]),
      { key: "bar", label: say("from_zero"), value: () => null, drawn: true, show: (cell) => h("span", { class: "track", "aria-hidden": "true" },
        h("i", { class: cell.region === region.place ? "here" : null, style: { "margin-left": `${(100 * (Math.min(0, cell.value) - low)) / span}%`, width: `${(100 * Math.abs(cell.value)) / span}%` } })) },
    ],
  });
}

// What the page says above a table of the indicator.
function lookedAt(about, { stage, segment, base }) {
  return [
    [say("indicator"), both(about, "name")], [say("indicator_code"), about.indicator_code], [say("stage"), code("stage", stage)],
    [say("segment"), code("segment", segment)], [say("base"), base && indicatorName(base)],
  ];
}

const regionOf = ({ region }) => [[say("region"), region.name], [say("code"), region.code]];

function definition(about) {
  const standard = [about.standard_low, about.standard_high].filter(known).map((value) => measured(value, about.unit, about.decimals)).join("—");
  return section(say("definition"), facts([
    [say("definition"), both(about, "definition")],
    [say("formula"), both(about, "formula")],
    [say("unit"), code("unit", about.unit)],
    [say("direction"), code("direction", about.direction)],
    standard ? [say("standard"), `${about.standard_comparator === "range" ? "" : code("comparator", about.standard_comparator)} ${standard}`] : null,
    about.source ? [say("defined_by"), about.source] : null,
    [say("confidence"), say(`confidence_${about.confidence}`)],
    about.aliases.length ? [say("aliases"), listed(about.aliases)] : null,
    about.variants.length > 1 ? [say("variants"), h("ul", {}, about.variants.map((variant) => h("li", {}, h("code", {}, variant.variant),
      ` ${code("stage", variant.stage)} ${variant.note_zh ?? ""}`)))] : null,
  ]));
}

function targetsOf(about, place) {
  const all = targets().filter((target) => target.indicator === about.indicator_code);
  const here = place ? onCell(about, place) : [];
  return section(say("targets_on"),
    here.length ? h("ul", { class: "plain" }, here.map((target) => h("li", {},
      anchor(["target", target.id], {}, `${target.year ?? say("no_year")} ${asked(target)}`), " ", mark("verdict", target.verdicts.ladder.status), " ",
      h("span", { class: "quiet" }, documents().get(target.document)?.title)))) : h("p", { class: "quiet" }, say("no_targets_here")),
    all.length ? h("p", {}, anchor(["targets"], { indicator: about.indicator_code }, say("targets_everywhere", { count: number(all.length) }))) : null);
}

// The figures a computed value was made from, each with its publication, file and row.
async function working(about, place) {
  const { own, region, year, stage, segment } = place;
  const cell = own.find((one) => one.year === year && one.basis === "computed");
  const variant = cell && variantOf(about, cell);
  if (!variant) return null;
  const terms = variant.terms.filter((term) => term.measure_code && term.side);
  if (cell.inputs_basis !== "reported" || !terms.length) return section(say("working", { year }), h("p", {}, say("working_other")));
  const found = await Promise.all(terms.map(async (term) => cells(await shard(`measure:${term.measure_code}`)).filter((figure) =>
    figure.region === region.place && figure.year >= year + term.year_from && figure.year <= year + term.year_to
    && figure.stage === (term.measure_stage || stage) && figure.segment === (term.measure_segment || segment)).map((figure) => ({ ...figure, term }))));
  return section(say("working", { year }), table({
    id: "working", caption: say("working_caption", { region: region.name, year }), rows: found.flat(), empty: say("working_elsewhere"), columns: [
      { key: "term", label: say("term"), value: ({ term }) => both(term, "term"), wide: true },
      { key: "side", label: say("side"), value: ({ term }) => say(term.side) },
      { key: "coefficient", label: say("coefficient"), value: ({ term }) => term.coefficient, number: true },
      { key: "year", label: say("year"), value: (figure) => figure.year, number: true },
      { key: "value", label: say("value"), value: (figure) => figure.value, number: true, show: (figure) => plain(figure.value) },
      { key: "unit", label: say("unit"), value: (figure) => code("unit", figure.base_unit) },
      { key: "source", label: say("publication"), value: sourceOf, wide: true },
      { key: "file", label: say("file"), value: fileOf },
      { key: "row", label: say("row"), value: (figure) => figure.row, number: true },
      { key: "note", label: say("note"), wide: true, value: (figure) => parted([
        figure.confidence === "D" ? say("derived") : "", figure.unit_count ? say("sum_of_schools", { count: number(figure.unit_count) }) : "",
        figure.correction_reason ? say("corrected_because", { value: plain(figure.uncorrected), reason: figure.correction_reason }) : ""]) },
      ...alike([...lookedAt(about, place), ...regionOf(place), [say("computed_year"), year], [say("basis"), say("computed")]]),
    ],
  }));
}

const sourceOf = (cell) => (known(cell.source) ? block("sources").source_zh[cell.source] : "");
const fileOf = (cell) => (known(cell.file) ? block("files")[cell.file] : "");

// Every figure of the region, and so also the data behind the chart.
function sources(about, place) {
  const { own, region } = place;
  const all = [...own].sort((a, b) => b.year - a.year || (a.basis < b.basis ? 1 : -1));
  return section(say("figures"), table({
    id: "figures", caption: say("figures_caption", { region: region.name, name: both(about, "name") }), rows: all, empty: say("no_rows"), columns: [
      { key: "year", label: say("year"), value: (cell) => cell.year, number: true },
      { key: "basis", label: say("basis"), value: (cell) => say(cell.basis), show: basisOf },
      { key: "value", label: valueIn(about.unit), value: (cell) => cell.value, number: true,
        show: (cell) => cell.status ? say(`status_${cell.status}`) : digits(cell.value, cell, about) },
      { key: "numerator", label: say("numerator"), value: (cell) => cell.numerator, number: true, show: (cell) => plain(cell.numerator) },
      { key: "denominator", label: say("denominator"), value: (cell) => cell.denominator, number: true, show: (cell) => plain(cell.denominator) },
      { key: "confidence", label: say("confidence"), value: (cell) => say(`confidence_${cell.confidence ?? "A"}`) },
      { key: "variant", label: say("variant"), value: (cell) => cell.variant, show: (cell) => (cell.variant === "default" ? say("variant_default") : text(cell.variant)) },
      { key: "source", label: say("publication"), value: sourceOf, wide: true },
      { key: "file", label: say("file"), value: fileOf },
      { key: "row", label: say("row"), value: (cell) => cell.row, number: true },
      ...alike([...lookedAt(about, place), ...regionOf(place)]),
    ],
  }));
}

// The list of all indicators, for those who look rather than search.
function catalogue(query) {
  const stage = query.get("stage") ?? "";
  const only = query.get("with") === "values";
  const stages = [...new Set([...indicators().values()].map(({ level }) => level))];
  const all = [...indicators().values()].filter((one) => (!stage || one.level === stage) && (!only || one.cells.length));
  const count = (one, basis) => one.cells.filter((cell) => cell.basis === basis).reduce((sum, cell) => sum + cell.cells, 0);
  return h("div", {},
    h("h1", { tabindex: "-1" }, say("indicators")),
    h("div", { class: "controls no-print" },
      select("stage", say("stage"), [["", say("all")], ...stages.map((one) => [one, code("stage", one)])], stage, (one) => choose({ stage: one, all: "" })),
      select("with", say("values"), [["", say("all")], ["values", say("with_values")]], only ? "values" : "", (one) => choose({ with: one, all: "" }))),
    h("div", { class: "card" }, table({
      id: "indicators", caption: say("indicators"), rows: all, sorts: true, columns: [
        { key: "name", label: say("indicator"), value: (one) => both(one, "name"), show: (one) => anchor(["indicator", one.indicator_code], {}, both(one, "name")), wide: true },
        { key: "code", label: say("code"), value: (one) => one.indicator_code, show: (one) => h("code", {}, one.indicator_code) },
        { key: "stage", label: say("stage"), value: (one) => code("stage", one.level) },
        { key: "unit", label: say("unit"), value: (one) => code("unit", one.unit) },
        { key: "published", label: say("published"), value: (one) => count(one, "published"), number: true },
        { key: "computed", label: say("computed"), value: (one) => count(one, "computed"), number: true },
        { key: "years", label: say("years"), value: (one) => [...new Set([Math.min(...one.cells.map((c) => c.first_year)), Math.max(...one.cells.map((c) => c.last_year))])].filter(Number.isFinite).join("—") },
        { key: "lacks", label: say("what_lacks"), value: (one) => both(one, "lacks"), wide: true },
      ],
    })));
}
