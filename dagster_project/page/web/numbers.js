// Numbers as people read them. Nothing is rounded for a file that is downloaded, and nothing is computed from rates.

function number(value, digits) {
  if (value === null || value === undefined) return "—";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A number whose digits nobody states: as many as it has, without the noise of double arithmetic.
function plain(value) {
  return value === null || value === undefined
    ? "—"
    : Number(value.toPrecision(10)).toLocaleString("en-US", { maximumFractionDigits: 10 });
}

// A published value has the digits it was printed with, a computed one those of its indicator.
function digits(value, cell, indicator) {
  if (cell.basis !== "published") return number(value, indicator.decimals ?? 2);
  return cell.digits === null || cell.digits === undefined ? plain(value) : number(value, cell.digits);
}

// A ratio's word says nothing behind a number.
function unit(name) {
  if (!name || name === "ratio" || name === "base") return "";
  return name === "%" ? "%" : ` ${code("unit", name)}`;
}

function shown(cell, indicator) {
  return cell && cell.value !== null ? digits(cell.value, cell, indicator) + unit(indicator.unit) : "—";
}

function amount(value, name) {
  return value === null || value === undefined ? "—" : plain(value) + unit(name);
}

// Verdicts, gaps and paces: values of an indicator, so with no more than its decimals.
function measured(value, name, decimals) {
  return value === null || value === undefined
    ? "—" : value.toLocaleString("en-US", { maximumFractionDigits: decimals ?? 2 }) + unit(name);
}

function asked(target) {
  if (!target.printed_value) return code("comparator", target.comparator);
  const value = target.printed_value_high ? `${target.printed_value}—${target.printed_value_high}` : target.printed_value;
  return `${code("comparator", target.comparator)} ${value}${target.printed_unit === "%" ? "" : " "}${target.printed_unit ?? ""}`.trim();
}
