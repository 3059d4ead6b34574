// Elements made without markup: text goes in as text, so nothing that a file says can become an element or a handler.

const known = (value) => value !== null && value !== undefined;

function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (!known(value) || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    // Styles through the object model: the page's policy allows no style attribute.
    else if (name === "style") Object.entries(value).forEach(([key, to]) => element.style.setProperty(key, to));
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => known(child) && child !== false));
  return element;
}

// A link inside the page.
function anchor(path, query, ...children) {
  return h("a", { href: address(path, query) }, ...children);
}

function section(title, ...children) {
  const id = `section-${++section.count}`;
  return h("section", { class: "card", "aria-labelledby": id }, h("h2", { id }, title), ...children);
}
section.count = 0;

function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function select(key, label, options, chosen, change) {
  const id = `select-${key}`;
  return h("label", { class: "field", for: id }, h("span", {}, label),
    h("select", { id, "data-focus": id, change: (event) => change(event.target.value) },
      options.map(([value, text]) => h("option", { value, selected: String(value) === String(chosen) }, text))));
}
