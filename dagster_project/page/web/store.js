// The data of the page. Blocks are always there; shards are opened when a view asks for them: from the page itself, or,
// where there are many, as scripts beside it, for a page that is opened from disk may load nothing else.

const written = new Map([...document.querySelectorAll("script[data-name]")].map((element) => [element.dataset.name, element]));
const read = new Map();

function block(name) {
  return parsed(`block:${name}`);
}

function parsed(name) {
  if (!read.has(name)) read.set(name, written.has(name) ? JSON.parse(written.get(name).textContent) : null);
  return read.get(name);
}

// The shard of a name, or null where the data have none. Rejects where its file was not copied along with the page,
// or is not the one that was written with it.
function shard(name) {
  const [file, fingerprint] = block("shards")?.[name] ?? [];
  if (!file) return Promise.resolve(parsed(name));
  if (!read.has(name)) {
    read.set(name, new Promise((resolve, reject) => {
      const key = `${fingerprint} ${name}`;
      const lost = (why) => {
        // What the file delivered is waited for no longer.
        if (!awaited.delete(key)) return;
        read.delete(name);
        reject(new Error(say(why, { file: `dashboard/${file}` })));
      };
      awaited.set(key, resolve);
      document.head.append(h("script", {
        src: `dashboard/${file}`, error: () => lost("shard_missing"), load: () => lost("shard_foreign"),
      }));
    }));
  }
  return read.get(name);
}

const awaited = new Map();
window.zhibiaoShard = (fingerprint, name, data) => {
  const key = `${fingerprint} ${name}`;
  awaited.get(key)?.(data);
  awaited.delete(key);
};

// Rows of a table that is kept by columns; a column without any value is null as a whole.
function rows(table) {
  const columns = Object.entries(table);
  const length = columns.find(([, values]) => values)?.[1].length ?? 0;
  const all = Array.from({ length }, () => ({}));
  for (const [name, values] of columns) all.forEach((row, place) => { row[name] = values ? values[place] : null; });
  return all;
}

// Cells of an indicator or figures of a measure: each column's row with what its slice says.
function cells(table) {
  if (!table) return [];
  const { slices, ...columns } = table;
  const all = rows(columns);
  let place = 0;
  for (const { cells: count, ...shared } of slices) {
    for (const end = place + count; place < end; place += 1) Object.assign(all[place], shared);
  }
  return all;
}

const once = (make) => {
  let made;
  return () => (made ??= make());
};

const regions = once(() => rows(block("regions")).map((region, place) => ({ ...region, place })));
const regionByCode = once(() => new Map(regions().map((region) => [region.code, region])));
const indicators = once(() => new Map(block("indicators").map((indicator) => [indicator.indicator_code, indicator])));
const documents = once(() => new Map(rows(block("targets").documents).map((document) => [document.id, document])));
const methods = once(() => block("targets").methods);
const targets = once(() => {
  const verdicts = methods().map((method) => [method.method, rows(method.verdicts)]);
  return rows(block("targets").targets).map((target, place) => ({
    ...target,
    verdicts: Object.fromEntries(verdicts.map(([method, all]) => [method, all[place]])),
  }));
});

function regionName(code, otherwise) {
  return regionByCode().get(code)?.name ?? otherwise ?? code ?? "—";
}
