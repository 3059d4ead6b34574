// The frame of the page and what is drawn at which address.

const VIEWS = { "": overview, indicator, targets: targetList, target, counties, county };
const TABS = [["", "overview"], ["indicator", "indicators"], ["targets", "targets"], ["counties", "counties"]];
const BELONGS = { target: "targets", county: "counties" };
let turn = 0;
let lastPath = null;

function missing(text) {
  return h("div", {}, h("h1", { tabindex: "-1" }, say("not_found")), h("div", { class: "card" }, h("p", {}, text)));
}

function frame(view) {
  const about = block("about");
  const { path, query } = where();
  const tab = BELONGS[path[0]] ?? path[0] ?? "";
  // The place stays, whatever language it is read in.
  const swap = new URLSearchParams(query);
  swap.delete("lang");
  if (language === "zh") swap.set("lang", "en");
  const turned = `#/${path.map(encodeURIComponent).join("/")}${String(swap) && `?${swap}`}`;
  return [
    h("a", { class: "skip", href: "#main", click: (event) => { event.preventDefault(); document.querySelector("main h1")?.focus(); } }, say("skip")),
    h("header", {},
      h("div", { class: "bar" },
        h("a", { class: "brand", href: address([], {}) }, say("title")),
        h("nav", { "aria-label": say("views") }, TABS.map(([name, word]) =>
          h("a", { href: address(name ? [name] : [], {}), "aria-current": name === tab ? "page" : null, "data-focus": `tab-${name}` }, say(word)))),
        finder({
          id: "search", label: say("find_indicator"), value: "", find: findIndicators,
          describe: (one) => [h("b", {}, both(one, "name")), " ", h("span", { class: "quiet" }, code("stage", one.level), " · ", one.indicator_code, one.cells.length ? "" : ` · ${say("no_data")}`)],
          take: (one) => { location.hash = address(["indicator", one.indicator_code], { region: query.get("region") }); },
        }),
        h("a", { class: "language", href: turned, lang: pick("en", "zh-CN"), "data-focus": "language" }, pick("English", "中文")))),
    h("main", { id: "main" }, view),
    h("footer", {}, h("p", {}, `${say("as_of")} ${about.as_of} · ${say("snapshot_id")} `, h("code", {}, about.id), ` · ${say("published_at")} ${moment(about.published_at)}`),
      h("p", { class: "quiet" }, say("offline"))),
  ];
}

async function draw() {
  const mine = ++turn;
  const route = where();
  language = route.query.get("lang") === "en" ? "en" : "zh";
  document.documentElement.lang = pick("zh-CN", "en");
  let view;
  try {
    view = await (VIEWS[route.path[0] ?? ""] ?? (() => missing(say("no_such_view"))))(route);
  } catch (error) {
    view = h("div", {}, h("h1", { tabindex: "-1" }, say("went_wrong")), h("div", { class: "card" }, h("p", {}, error.message)));
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) console.error(error);
  }
  // Meanwhile the reader may have gone elsewhere.
  if (mine !== turn) return;
  const page = document.getElementById("page");
  const focused = document.activeElement?.dataset?.focus;
  const [path, scroll] = [route.path.join("/"), window.scrollY];
  page.replaceChildren(...frame(view));
  document.title = [document.querySelector("main h1").textContent.trim(), say("title")].join(" · ");
  fit();
  if (path === lastPath || lastPath === null) {
    window.scrollTo(0, scroll);
    if (focused) document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  } else {
    window.scrollTo(0, 0);
    document.querySelector("main h1").focus({ preventScroll: true });
  }
  lastPath = path;
  page.dataset.drawn = String(mine);
}

window.addEventListener("hashchange", draw);
draw();
