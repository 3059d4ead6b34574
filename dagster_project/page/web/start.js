// The frame of the page and what is drawn at which address.

// Maps, for an address may ask for what every object has.
const VIEWS = new Map(Object.entries({ "": overview, indicator, targets: targetList, target, counties, county }));
const TABS = [["", "overview"], ["indicator", "indicators"], ["targets", "targets"], ["counties", "counties"]];
const BELONGS = new Map([["target", "targets"], ["county", "counties"]]);
let turn = 0;
let last = null;

function missing(text) {
  return h("div", {}, h("h1", { tabindex: "-1" }, say("not_found")), h("div", { class: "card" }, h("p", {}, text)));
}

function frame(view) {
  const about = block("about");
  const { path, query } = where();
  const tab = BELONGS.get(path[0]) ?? path[0] ?? "";
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

// What was used, drawn anew; of a choice that was taken away another one.
function sameControl(focused) {
  return document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)
    ?? (focused.startsWith("chip-") ? document.querySelector(".chip") : null);
}

async function draw() {
  const mine = ++turn;
  const route = where();
  language = route.query.get("lang") === "en" ? "en" : "zh";
  document.documentElement.lang = pick("zh-CN", "en");
  let view;
  try {
    view = await (VIEWS.get(route.path[0] ?? "") ?? (() => missing(say("no_such_view"))))(route);
  } catch (error) {
    view = h("div", {}, h("h1", { tabindex: "-1" }, say("went_wrong")), h("div", { class: "card" }, h("p", {}, error.message)));
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) console.error(error);
  }
  // Meanwhile the reader may have gone elsewhere.
  if (mine !== turn) return;
  const page = document.getElementById("page");
  const used = page.contains(document.activeElement) ? document.activeElement : null;
  const focused = used?.dataset.focus;
  const scroll = window.scrollY;
  const now = { view: route.path[0], path: route.path.join("/") };
  page.replaceChildren(...frame(view));
  document.title = [document.querySelector("main h1").textContent.trim(), say("title")].join(" · ");
  fit();
  // Whoever chose something on the view itself, and be it another year of the same county, stays where they were.
  const again = focused ? sameControl(focused) : null;
  const stays = last === null || now.path === last.path || (now.view === last.view && again?.closest("main"));
  window.scrollTo(0, stays ? scroll : 0);
  if (used || !stays) ((stays && again) || document.querySelector("main h1")).focus({ preventScroll: true });
  last = now;
  page.dataset.drawn = String(mine);
}

window.addEventListener("hashchange", draw);
draw();
