// What is other than in the snapshot before, and what was published before: every change has its cause, nothing is lost.

const snapshots = once(() => new Map(rows(block("changes").snapshots).map((row) => [row.snapshot_no, row.as_of])));

// A snapshot by its number and the day it stands for.
function snapshotName(number) {
  return say("snapshot_no", { number }) + bracketed(snapshots().get(number) ?? "—");
}

function changes() {
  const { counts: table_, accepted, previous, verdicts, values } = block("changes");
  const counts = rows(table_);
  const title = say("changes");
  if (snapshots().size < 2) return section(title, h("p", {}, say("changes_first")));
  if (!counts.length) return section(title, h("p", {}, say("changes_none")), acceptedDrift(rows(accepted)));
  return section(title,
    h("p", {}, say("changes_against", { snapshot: snapshotName(previous), count: number(counts.reduce((sum, { keys }) => sum + keys, 0)) })),
    acceptedDrift(rows(accepted)),
    table({
      id: "changes", caption: say("changes_counted"), rows: counts, columns: [
        { key: "table", label: say("table"), value: (row) => code("table", row.table_name) },
        { key: "change", label: say("change"), value: (row) => code("change", row.change_kind) },
        { key: "cause", label: say("cause"), value: (row) => code("cause", row.cause) },
        { key: "count", label: say("count"), value: (row) => row.keys, number: true, show: (row) => number(row.keys) },
      ],
    }),
    changedVerdicts(verdicts), changedValues(values));
}

function acceptedDrift(accepted) {
  return accepted.length ? h("ul", {}, accepted.map((row) => h("li", {}, say("accepted_drift", {
    by: row.accepted_by, day: row.accepted_at.slice(0, 10), count: number(row.key_count), against: row.compared_with, reason: row.reason,
  })))) : null;
}

// Of many changes the page holds the first, and their CSV opens the rest.
function whole(name, { count, first }) {
  const told = rows(first);
  return {
    id: `changed-${name}`, rows: told, total: count, empty: say("changes_no_such"),
    rest: told.length < count ? async () => rows(await shard(`changed:${name}`)) : null,
  };
}

const causeColumns = () => [
  { key: "cause", label: say("cause"), value: (row) => code("cause", row.cause) },
  { key: "evidence", label: say("evidence"), value: (row) => row.evidence, wide: true },
];

function changedVerdicts(all) {
  const byId = new Map(targets().map((target) => [target.id, target]));
  const of = (row) => byId.get(row.target) ?? {};
  const status = (name) => ({
    key: name, label: say(name), value: (row) => (row[name] ? code("verdict", row[name]) : ""), show: (row) => (row[name] ? mark("verdict", row[name]) : "—") });
  const value = (name) => ({
    key: name, label: say(name), value: (row) => row[name], number: true,
    show: (row) => measured(row[name], of(row).verdicts?.[row.method]?.unit, indicators().get(of(row).indicator)?.decimals) });
  return table({
    ...whole("verdicts", all), caption: say("changed_verdicts"), columns: [
      { key: "target", label: say("target"), value: (row) => of(row).indicator_zh ?? row.target, wide: true,
        show: (row) => (byId.has(row.target) ? anchor(["target", row.target], {}, of(row).indicator_zh) : row.target) },
      { key: "region", label: say("region"), value: (row) => regionName(of(row).region, of(row).region_zh) },
      { key: "asked", label: say("asked"), value: (row) => (byId.has(row.target) ? asked(of(row)) : "") },
      { key: "method", label: say("method"), value: (row) => methodName(row.method) },
      status("old_status"), status("new_status"), value("old_value"), value("new_value"),
      ...causeColumns(),
      { key: "id", label: say("id"), value: (row) => row.target, hidden: true },
    ],
  });
}

function changedValues(all) {
  const value = (name) => ({
    key: name, label: say(name), value: (row) => row[name], number: true,
    // How many digits it was printed with is told by the cell; here both sides show all they have.
    show: (row) => measured(row[name], indicators().get(row.indicator)?.unit, row.basis === "published" ? 10 : indicators().get(row.indicator)?.decimals) });
  return table({
    ...whole("values", all), caption: say("changed_values"), columns: [
      { key: "indicator", label: say("indicator"), wide: true, value: (row) => indicatorName(row.indicator),
        show: (row) => anchor(["indicator", row.indicator], {
          region: row.region, year: row.year, stage: row.stage, segment: row.segment === "all" ? "" : row.segment, base: row.base }, indicatorName(row.indicator)) },
      { key: "region", label: say("region"), value: (row) => regionName(row.region) },
      { key: "year", label: say("year"), value: (row) => row.year, number: true },
      { key: "stage", label: say("scope"), value: (row) => parted([
        `${code("stage", row.stage)} · ${code("segment", row.segment)}`, row.base && indicatorName(row.base)]) },
      { key: "basis", label: say("basis"), value: (row) => say(row.basis), show: (row) => h("span", { class: `tag ${row.basis}` }, say(row.basis)) },
      value("old_value"), { ...value("new_value"), show: (row) => (known(row.new_value) ? value("new_value").show(row)
        : row.new_status && row.new_status !== "ok" ? say(`status_${row.new_status}`) : say("no_longer")) },
      ...causeColumns(),
      { key: "region_code", label: say("code"), value: (row) => row.region, hidden: true },
    ],
  });
}

function methodName(id) {
  const method = methods().find(({ method: one }) => one === id);
  return method ? both(method, "name") : id;
}

const knownBetween = () => [
  { key: "since", label: say("known_since"), value: ({ since }) => snapshotName(since) },
  { key: "until", label: say("known_until"), value: ({ until }) => (known(until) ? snapshotName(until) : say("still")) },
];

// How a target was judged before, by each method whose verdict changed.
function knownVerdicts(all, decimals) {
  return all.length ? section(say("known_verdicts"), table({
    id: "known-verdicts", caption: say("known_verdicts_caption"), rows: all, columns: [
      { key: "method", label: say("method"), value: (row) => methodName(row.method) },
      ...knownBetween(),
      { key: "status", label: say("status"), value: (row) => code("verdict", row.status), show: (row) => mark("verdict", row.status) },
      { key: "reason", label: say("reason"), value: (row) => both(row, "reason"), wide: true },
      { key: "actual", label: say("actual"), value: (row) => row.actual_value, number: true, show: (row) => measured(row.actual_value, row.unit, decimals) },
      { key: "actual_year", label: say("actual_year"), value: (row) => row.actual_year, number: true },
      { key: "version", label: say("method_version"), value: (row) => row.method_version, number: true },
    ],
  })) : null;
}

// What the region was published with before, where that is other than today.
function formerValues(about, former, region) {
  const mine = former.filter((cell) => cell.region === region.place).sort((a, b) => b.year - a.year || b.until - a.until);
  if (mine.length) {
    return section(say("former"), table({
      id: "former", caption: say("former_caption", { region: region.name, name: both(about, "name") }), rows: mine, columns: [
        { key: "year", label: say("year"), value: (cell) => cell.year, number: true },
        { key: "basis", label: say("basis"), value: (cell) => say(cell.basis), show: (cell) => h("span", { class: `tag ${cell.basis}` }, say(cell.basis)) },
        { key: "value", label: `${say("value")}${unit(about.unit)}`, value: (cell) => cell.value, number: true,
          show: (cell) => (cell.status ? say(`status_${cell.status}`) : digits(cell.value, cell, about)) },
        ...knownBetween(),
        { key: "source", label: say("publication"), value: sourceOf, wide: true },
        { key: "file", label: say("file"), value: fileOf },
        { key: "row", label: say("row"), value: (cell) => cell.row, number: true },
      ],
    }));
  }
  const count = block("changes").former_left_out;
  return count ? h("p", { class: "quiet" }, say("former_left_out", { count: number(count) })) : null;
}
