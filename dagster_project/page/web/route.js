// Where the reader is: everything that is chosen stands in the address, so that a link or a bookmark brings it back.
// The form is #/view/part?name=value&name=value; a name may stand several times.

function where() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter(Boolean).map(decoded),
    query: new URLSearchParams(query ?? ""),
  };
}

// An address somebody shortened or mistyped is still an address.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function address(path, query) {
  const all = new URLSearchParams();
  const entries = query instanceof URLSearchParams ? [...query] : Object.entries(query ?? {});
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (name !== "lang" && one !== "" && known(one)) all.append(name, one);
    }
  }
  if (language === "en") all.set("lang", "en");
  const text = all.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

// The place with some choices changed; an empty value takes a choice away.
function changed(changes) {
  const { path, query } = where();
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== "" && known(one)) query.append(name, one);
    }
  }
  return address(path, query);
}

function choose(changes) {
  location.hash = changed(changes);
}
