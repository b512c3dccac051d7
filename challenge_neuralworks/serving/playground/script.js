// What all parts share, and the start; it comes last.

const $ = (id) => document.getElementById(id);
const MODELS = JSON.parse($("data").textContent);
// The page may stand under a stage, with or without a slash at the end.
const ROOT = location.pathname.replace(/\/+$/, "");
const DELAY_MS = 150;
const MOST_POINTS = 60;
const MOST_VALUES = 1000;
const MOST_ROWS = 24;
const KEPT_AS = "neuralworks-key";

let model, controls, answer, curve, cut, running, timer, keyless, language = 0;

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function keep(key) {
  try {
    if (key !== undefined) sessionStorage.setItem(KEPT_AS, key);
    return sessionStorage.getItem(KEPT_AS) ?? "";
  } catch {
    // Storage is switched off: the key lasts as long as the page.
    return key ?? "";
  }
}

function follow() {
  const parts = location.hash.slice(1).split("&");
  const key = parts.find((part) => part.startsWith("key="));
  const name = parts.find((part) => part && part !== key) ?? "";
  if (key) {
    $("key").value = keep(decode(key.slice(4)));
    // A secret must not stay in the address, where others see it.
    history.replaceState(null, "", location.pathname + location.search + (name && "#" + name));
  }
  choose(decode(name));
}

function start() {
  $("none").hidden = MODELS.length > 0;
  for (const link of document.querySelectorAll("#pages a, #none a")) link.href = `${ROOT}/${link.getAttribute("href")}`;
  if (!MODELS.length) return;
  $("main").hidden = false;
  $("key").value = keep();
  $("models").append(...MODELS.map(({ name }) => make("a", { href: "#" + encodeURIComponent(name) }, name)));
  $("form").addEventListener("submit", (event) => (event.preventDefault(), predict()));
  $("form").addEventListener("reset", (event) => (event.preventDefault(), restore()));
  $("fields").addEventListener("input", () => schedule());
  $("key").addEventListener("input", () => keep($("key").value));
  for (const event of ["change", "paste"]) $("key").addEventListener(event, () => schedule());
  $("threshold").addEventListener("input", () => moveCut(+$("threshold").value));
  $("exact").addEventListener("input", () => $("exact").value && $("exact").checkValidity() && moveCut(+$("exact").value, $("exact")));
  $("own").addEventListener("click", () => moveCut(null));
  $("vary").addEventListener("input", () => schedule(0));
  const [curl, python] = $("languages").children;
  [curl, python].forEach((button, index) => button.addEventListener("click", () => {
    language = index;
    [curl, python].forEach((other) => other.setAttribute("aria-pressed", other === button));
    showCode();
  }));
  $("copy").addEventListener("click", copy);
  addEventListener("hashchange", follow);
  addEventListener("resize", () => answer && (explain(), drawCurve()));
  follow();
}

start();
