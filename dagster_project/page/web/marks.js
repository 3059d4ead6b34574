// Statuses: a shape, a word and a colour each, so that none has to be told by its colour. Colours after Okabe and Ito.

const SHAPES = {
  good: "M3 8.5l3 3 7-7",
  rising: "M3 12L13 4M8 4h5v5",
  late: "M8 3v5l4 2",
  poor: "M4 4l8 8M12 4l-8 8",
  slow: "M3 5l5 5 5-5",
  open: "M8 4v5M8 11.6v.4",
  none: "M4 8h8",
};

const KINDS = {
  met: "good", achieved: "good", met_or_on_track: "good", on_track: "rising", met_late: "late",
  missed: "poor", not_met: "poor", regressing: "poor", deterioration: "poor", stagnation_or_regression: "poor",
  behind: "slow", slightly_behind: "slow", moderate: "slow", limited: "slow", acceleration_needed: "slow",
  needs_judgement: "open", undecided: "open", proposed: "open", level_only: "open", not_due: "open",
};

const kindOf = (status) => KINDS[status] ?? "none";

function mark(kind, status) {
  return h("span", { class: `mark ${kindOf(status)}` },
    svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[kindOf(status)] })),
    code(kind, status));
}

// Why a verdict is what it is: a reason has words of its own for each status.
function reasonOf({ reason, status }) {
  return code("reason", `${reason} ${status}`);
}

function provisional(is) {
  return is ? h("span", { class: "tag" }, say("provisional")) : null;
}

function provisionalColumn(of) {
  return { key: "provisional", label: say("provisional"), value: (row) => say(of(row) ? "yes" : "no"), hidden: true };
}

// Regions that nobody lives in, beside those that are real.
function made(region) {
  return region.origin === "synthetic" ? [" ", h("span", { class: "tag" }, say("synthetic"))] : [];
}

// How a value came about and how well it is known, beside the value itself.
function basisOf(cell) {
  return [
    h("span", { class: `tag ${cell.basis}` }, say(cell.basis)),
    cell.confidence === "D" ? h("span", { class: "tag" }, say("derived")) : null,
    known(cell.uncorrected)
      ? h("span", { class: "tag" }, say("corrected", { value: plain(cell.uncorrected) })) : null,
  ];
}
