// Tables: a caption, headings that sort, rows in portions, and a CSV of all rows as they are filtered and sorted.
// A column is { key, label, value(row) for sorting and files, show(row) where the page shows more, number, wide, hidden: in
// the file only, drawn: on the page only }. Of rows too many for the page, `total` says how many there are, `inFile` how many
// the file gets, and `rest` opens those.

const PORTION = 50;

function table({ id, caption, columns: every, rows: all, sorts = false, empty, total = all.length, inFile, rest }) {
  const columns = every.filter((column) => !column.hidden);
  const { query } = where();
  const sorted = sorts ? ordered(all, columns, query.get("sort")) : all;
  const shownRows = query.getAll("all").includes(id) ? sorted : sorted.slice(0, PORTION);
  const told = h("span", { role: "alert" });
  const save = async () => {
    told.textContent = "";
    try {
      download(id, csv(every.filter((column) => !column.drawn), rest ? await rest() : sorted));
    } catch (error) {
      told.textContent = error.message;
    }
  };
  const body = shownRows.map((row) => h("tr", {}, columns.map((column, place) =>
    h(place ? "td" : "th", { scope: place ? null : "row", class: column.number ? "number" : column.wide ? "wide" : null },
      column.show ? column.show(row) : text(column.value(row))))));
  return h("div", { class: "table", id: `table-${id}` },
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      h("table", {},
        h("caption", {}, caption, h("span", { class: "quiet" }, ` ${say(total > all.length ? "rows_first" : "rows", { count: number(total), first: number(all.length), file: number(inFile ?? total) })}`)),
        h("thead", {}, h("tr", {}, columns.map((column) => heading(column, sorts && query.get("sort"), sorts)))),
        h("tbody", {}, body.length ? body : h("tr", {}, h("td", { colspan: columns.length, class: "quiet" }, empty ?? say("no_rows")))))),
    h("div", { class: "foot no-print" },
      shownRows.length < sorted.length
        ? h("button", { type: "button", "data-focus": `all-${id}`, click: () => choose({ all: [...query.getAll("all"), id] }) },
          say("show_all", { count: number(sorted.length) })) : null,
      all.length
        ? h("button", { type: "button", "data-focus": `csv-${id}`, "data-csv": id, click: save },
          say("download_csv")) : null, told));
}

// Columns of a file that say the same in every row: what the page says above the table, pairs of a name and a value.
function alike(pairs) {
  return pairs.map(([label, value]) => ({ label, value: () => value, hidden: true }));
}

function heading(column, sort, sorts) {
  const name = h("span", {}, column.label);
  if (!sorts) return h("th", { scope: "col", class: column.number ? "number" : null }, name);
  const [up, down] = [sort === column.key, sort === `-${column.key}`];
  return h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": up ? "ascending" : down ? "descending" : "none" },
    h("button", { type: "button", class: "plain", "data-focus": `sort-${column.key}`, click: () => choose({ sort: up ? `-${column.key}` : down ? "" : column.key }) },
      name, h("span", { "aria-hidden": "true", class: "arrow" }, up ? "▲" : down ? "▼" : "")));
}

function ordered(all, columns, sort) {
  const column = columns.find(({ key }) => key === sort?.replace(/^-/, ""));
  if (!column) return all;
  const sign = sort.startsWith("-") ? -1 : 1;
  const missing = (value) => !known(value) || value === "";
  return [...all].sort((one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    // What is missing stands last in either order.
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "zh"));
  });
}

function text(value) {
  return !known(value) || value === "" ? "—" : String(value);
}

function csv(columns, all) {
  const lines = [columns.map((column) => column.label), ...all.map((row) => columns.map((column) => column.value(row)))];
  return lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

// What a spreadsheet might take for a formula, full-width signs too; and what begins with an apostrophe, so that taking one
// leading apostrophe away gives every text back.
const LIKE_A_FORMULA = /^[\s\u0085\u3000\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n']/;

function field(value) {
  if (!known(value)) return "";
  if (typeof value === "number") return String(value);
  const text = LIKE_A_FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// With a byte-order mark, or Excel takes Chinese for something else.
function download(name, content) {
  const address = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv;charset=utf-8" }));
  const link = h("a", { href: address, download: `zhibiao-${name}-${block("about").id}.csv` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
