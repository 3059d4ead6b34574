// Which language the page speaks. Every string of the page stands in words.json, every word of a code in the block `codes`.

const WORDS = block("words");
const CODES = block("codes");
let language = "zh";

function pick(zh, en) {
  return (language === "zh" ? zh : en) || zh || en || "";
}

function say(key, values) {
  return pick(...(WORDS[key] ?? [key, key])).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// A code without words stands for itself: a site may add codes of its own.
function code(kind, value) {
  return Object.hasOwn(CODES[kind], value) ? pick(...CODES[kind][value]) : value ?? "";
}

// Marks between words, which go by the language too.
const colon = () => pick("：", ": ");
const listed = (texts) => texts.join(pick("、", ", "));
const parted = (texts) => texts.filter(Boolean).join(pick("；", "; "));
const bracketed = (text) => pick(`（${text}）`, ` (${text})`);

// The text of a row's pair of columns `name_zh` and `name_en`.
function both(row, name) {
  return pick(row[`${name}_zh`], row[`${name}_en`]);
}
