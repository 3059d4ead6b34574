// What is other than in the snapshot before, and what was published before: every change has its cause, nothing is lost.

const snapshots = once(() => new Map(rows(block("changes").snapshots).map((row) => [row.snapshot_no, row.as_of])));

// A snapshot by its number and the day it stands for.
function snapshotName(number) {
  return say("snapshot_no", { number }) + bracketed(snapshots().get(number) ?? "—");
}

function changes() {
  const { previous, verdicts, values } = block("changes");
  const [counts, accepted] = [rows(block("changes").counts), rows(block("changes").accepted)];
  if (snapshots().size < 2) return section(say("changes"), h("p", {}, say("changes_first")));
  if (!counts.length) return section(say("changes"), h("p", {}, say("changes_none")));
  return section(say("changes"),
    h("p", {}, say("changes_against", { snapshot: snapshotName(previous), count: number(counts.reduce((sum, { keys }) => sum + keys, 0)) })),
    acceptedDrift(accepted),
    table({
      id: "changes", caption: say("changes_counted"), rows: counts, columns: [
        { key: "table", label: say("what_changed"), value: (row) => code("table", row.table_name) },
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
function whole(name, { count, in_file: inFile, first }) {
  const told = rows(first);
  return {
    id: `changed-${name}`, rows: told, total: count, inFile, empty: say("changes_no_such"),
    rest: told.length < count ? async () => rows(await shard(`changed:${name}`)) : null,
  };
}

const causeColumns = () => [
  { key: "cause", label: say("cause"), value: (row) => code("cause", row.cause) },
  { key: "evidence", label: say("evidence"), value: (row) => row.evidence, wide: true },
];

// Before and now stand together on the page and apart in the file.
const oldAndNew = () => ["old_value", "new_value"].map((name) => ({ key: name, label: say(name), value: (row) => row[name], hidden: true }));

function changedVerdicts(all) {
  const byId = new Map(targets().map((target) => [target.id, target]));
  const of = (row) => byId.get(row.target) ?? {};
  const status = (row, name) => (row[name] ? mark("verdict", row[name]) : "—");
  const amount = (row, name) => measured(row[name], of(row).verdicts?.[row.method]?.unit, indicators().get(of(row).indicator)?.decimals);
  return table({
    ...whole("verdicts", all), caption: say("changed_verdicts"), columns: [
      { key: "target", label: say("target"), value: (row) => of(row).indicator_zh ?? row.target, wide: true,
        show: (row) => (byId.has(row.target) ? anchor(["target", row.target], {}, of(row).indicator_zh) : row.target) },
      { key: "region", label: say("region"), value: (row) => regionName(of(row).region, of(row).region_zh) },
      { key: "status", label: say("status"), drawn: true, show: (row) => [status(row, "old_status"), " → ", status(row, "new_status")] },
      { key: "method", label: say("method"), value: (row) => methodName(row.method) },
      { key: "asked", label: say("asked"), value: (row) => (byId.has(row.target) ? asked(of(row)) : "") },
      { key: "value", label: say("actual"), drawn: true, number: true, show: (row) => `${amount(row, "old_value")} → ${amount(row, "new_value")}` },
      ...["old_status", "new_status"].map((name) => ({ key: name, label: say(name), value: (row) => (row[name] ? code("verdict", row[name]) : ""), hidden: true })),
      ...causeColumns(), ...oldAndNew(),
      { key: "id", label: say("id"), value: (row) => row.target, hidden: true },
    ],
  });
}

function changedValues(all) {
  // How many digits one was printed with its cell tells; here a published value has all of its own.
  const amount = (row, name) => {
    const about = indicators().get(row.indicator);
    return measured(row[name], about?.unit, row.basis === "published" ? 10 : about?.decimals);
  };
  const now = (row) => {
    if (known(row.new_value)) return amount(row, "new_value");
    return row.new_status && row.new_status !== "ok" ? say(`status_${row.new_status}`) : say("no_longer");
  };
  return table({
    ...whole("values", all), caption: say("changed_values"), columns: [
      { key: "indicator", label: say("indicator"), wide: true, value: (row) => indicatorName(row.indicator),
        show: (row) => anchor(["indicator", row.indicator], {
          region: row.region, year: row.year, stage: row.stage, segment: row.segment === "all" ? "" : row.segment, base: row.base }, indicatorName(row.indicator)) },
      { key: "region", label: say("region"), value: (row) => regionName(row.region) },
      { key: "year", label: say("year"), value: (row) => row.year, number: true },
      { key: "value", label: say("value"), drawn: true, number: true, show: (row) => `${amount(row, "old_value")} → ${now(row)}` },
      { key: "stage", label: say("scope"), value: (row) => parted([
        `${code("stage", row.stage)} · ${code("segment", row.segment)}`, row.base && indicatorName(row.base)]) },
      { key: "basis", label: say("basis"), value: (row) => say(row.basis), show: (row) => h("span", { class: `tag ${row.basis}` }, say(row.basis)) },
      ...causeColumns(), ...oldAndNew(),
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
      { key: "id", label: say("id"), value: (row) => row.target_id, hidden: true },
    ],
  })) : null;
}

// What the region was published with before, where that is other than today.
function formerValues(about, former, place) {
  const { region } = place;
  const mine = former.filter((cell) => cell.region === region.place).sort((a, b) => b.year - a.year || b.until - a.until);
  if (mine.length) {
    return section(say("former"), table({
      id: "former", caption: say("former_caption", { region: region.name, name: both(about, "name") }), rows: mine, columns: [
        { key: "year", label: say("year"), value: (cell) => cell.year, number: true },
        { key: "basis", label: say("basis"), value: (cell) => say(cell.basis), show: (cell) => h("span", { class: `tag ${cell.basis}` }, say(cell.basis)) },
        { key: "value", label: valueIn(about.unit), value: (cell) => cell.value, number: true,
          show: (cell) => (cell.status ? say(`status_${cell.status}`) : digits(cell.value, cell, about)) },
        ...knownBetween(),
        { key: "source", label: say("publication"), value: sourceOf, wide: true },
        { key: "file", label: say("file"), value: fileOf },
        { key: "row", label: say("row"), value: (cell) => cell.row, number: true },
        ...alike([...lookedAt(about, place), ...regionOf(place)]),
      ],
    }));
  }
  const count = block("changes").former_left_out;
  return count ? h("p", { class: "quiet" }, say("former_left_out", { count: number(count) })) : null;
}
