// Numbers as people read them. Nothing is rounded for a file that is downloaded, and nothing is computed from rates.

function number(value, digits) {
  if (!known(value)) return "—";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A number whose digits nobody states: as many as it has, without the noise of double arithmetic.
function plain(value) {
  return known(value) ? Number(value.toPrecision(10)).toLocaleString("en-US", { maximumFractionDigits: 10 }) : "—";
}

// A published value has the digits it was printed with, a computed one those of its indicator.
function digits(value, cell, indicator) {
  if (cell.basis !== "published") return number(value, indicator.decimals ?? 2);
  return known(cell.digits) ? number(value, cell.digits) : plain(value);
}

// Units whose word says nothing behind a number: the name of the indicator says it.
const SILENT = ["ratio", "base", "per100", "per12", "flag"];

function unit(name) {
  if (!name || SILENT.includes(name)) return "";
  return name === "%" ? "%" : ` ${code("unit", name)}`;
}

// Above a column of values.
function valueIn(name) {
  return say("value") + (!name || name === "ratio" || name === "base" ? "" : bracketed(code("unit", name)));
}

function shown(cell, indicator) {
  return cell && cell.value !== null ? digits(cell.value, cell, indicator) + unit(indicator.unit) : "—";
}

// Verdicts, gaps and paces: values of an indicator, so with no more than its decimals; but what is not nothing is not shown as 0.
function measured(value, name, decimals) {
  if (!known(value)) return "—";
  if (name === "flag") return say(value ? "yes" : "no");
  const text = value.toLocaleString("en-US", { maximumFractionDigits: decimals ?? 2 });
  return (value && /^-?0$/.test(text) ? plain(value) : text) + unit(name);
}

// What is still lacking; what is beyond the level asked for says so instead of a minus.
function gap(value, name, decimals) {
  return value < 0 ? say("beyond", { amount: measured(-value, name, decimals) }) : measured(value, name, decimals);
}

function asked(target) {
  if (target.comparator === "eliminate" && Number(target.printed_value) === 0) return code("comparator", target.comparator);
  if (!target.printed_value) return code("comparator", target.comparator) + bracketed(say("no_number"));
  const value = target.printed_value_high ? `${target.printed_value}—${target.printed_value_high}` : target.printed_value;
  return `${code("comparator", target.comparator)} ${value}${target.printed_unit === "%" ? "" : " "}${target.printed_unit ?? ""}`.trim();
}
