// Finding by Chinese name, other name, English name, code, initials or full pinyin; and the box in which one types it.

function plainText(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}

// How well a thing answers, lower is better; none is not at all. `names` first the own, then other names; `keys` likewise.
function rank(asked, names, keys, others) {
  const found = [];
  names.forEach((name, place) => {
    const text = plainText(name);
    const far = place ? 1 : 0;
    if (text === asked) found.push(far);
    else if (text.startsWith(asked)) found.push(2 + far);
    else if (text.includes(asked)) found.push(4 + far);
  });
  if (/^[a-z0-9]+$/.test(asked)) {
    keys.forEach((key, place) => {
      const far = place ? 1 : 0;
      const [initials, full] = key.split(" ");
      if (initials === asked || full === asked) found.push(2 + far);
      else if (initials.startsWith(asked) || full?.startsWith(asked)) found.push(4 + far);
      else if (asked.length > 2 && (initials.includes(asked) || full?.includes(asked))) found.push(8 + far);
    });
  }
  others.forEach((other) => {
    const text = plainText(other ?? "");
    if (text === asked) found.push(0);
    else if (asked.length > 1 && text.startsWith(asked)) found.push(5);
    else if (asked.length > 2 && text.includes(asked)) found.push(7);
  });
  return found.length ? Math.min(...found) : null;
}

function best(things, asked, limit, fields) {
  const text = plainText(asked);
  if (!text) return [];
  return things
    .map((thing, place) => [rank(text, ...fields(thing)), place, thing])
    .filter(([score]) => score !== null)
    // What has values goes before what has none; then the order of the catalogue.
    .sort((a, b) => a[0] - b[0] || Boolean(b[2].cells?.length) - Boolean(a[2].cells?.length) || a[1] - b[1])
    .slice(0, limit)
    .map(([, , thing]) => thing);
}

function findIndicators(asked, limit = 12) {
  return best([...indicators().values()], asked, limit, (i) => [[i.name_zh, ...i.aliases], i.keys, [i.name_en, i.indicator_code]]);
}

function findRegions(asked, limit = 12) {
  return best(regions(), asked, limit, (region) => [[region.name], [region.keys], [region.code]]);
}

// A box to type in with a list of what is found: arrows move, Enter takes, Escape closes.
function finder({ id, label, value, find, describe, take }) {
  const list = h("ul", { id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });
  let found = [];
  let at = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (to) => {
    at = (to + found.length) % found.length;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    input.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const accept = (thing) => {
    close();
    input.value = value ?? "";
    take(thing);
  };
  const look = () => {
    found = find(input.value);
    const empty = h("li", { class: "quiet" }, say("nothing_found"));
    list.replaceChildren(...(found.length ? found.map((thing, place) =>
      h("li", { id: `${id}-${place}`, role: "option", mousedown: (event) => event.preventDefault(), click: () => accept(thing) },
        describe(thing))) : [empty]));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length && !list.hidden) point(0);
  };
  const input = h("input", {
    id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: label, value, "data-focus": id,
    "aria-label": label, "aria-controls": `${id}-list`, "aria-expanded": "false", "aria-autocomplete": "list",
    input: look,
    focus: () => input.select(),
    blur: () => {
      close();
      input.value = value ?? "";
    },
    keydown: (event) => {
      // Enter also ends the composing of Chinese; that is not yet a choice.
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      if (list.hidden || !found.length) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        point(at + (event.key === "ArrowDown" ? 1 : -1));
      }
      if (event.key === "Enter") accept(found[at]);
    },
  });
  return h("div", { class: "finder" }, input, list);
}
