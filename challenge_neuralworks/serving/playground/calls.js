// Calls: what is asked, and what is said where the answer is a refusal.

async function post(body, query, signal) {
  const headers = { "content-type": "application/json" };
  const key = $("key").value.trim();
  if (key) headers["x-api-key"] = key;
  let response, text;
  let content = {};
  try {
    response = await fetch(address(query), { method: "POST", headers, body: JSON.stringify(body), signal });
    text = await response.text();
  } catch (error) {
    throw Object.assign(error, { unanswered: true });
  }
  try {
    content = JSON.parse(text);
  } catch {
    // A proxy's own page, for instance: the status says enough.
  }
  return { ok: response.ok, status: response.status, wait: response.headers.get("retry-after"), content };
}

const address = (query) => `${ROOT}/inference/${encodeURIComponent(model.name)}${query}`;

function schedule(delay = DELAY_MS) {
  running?.abort();
  clearTimeout(timer);
  showCode();
  if ($("key").value.trim() || keyless) timer = setTimeout(predict, delay);
  else withdraw("Enter the API key: from then on each change is predicted.");
}

async function predict() {
  clearTimeout(timer);
  running?.abort();
  const { signal } = (running = new AbortController());
  const asked = model;
  const instance = read();
  try {
    let reply = asked.opaque ? null : await post(instance, "?explain=true", signal);
    if (reply?.content.code === "not-explainable") asked.opaque = true;
    if (asked.opaque) reply = await post(instance, "", signal);
    if (signal.aborted) return;
    if (!reply.ok) return refuse(reply);
    keyless = !$("key").value.trim();
    const { prediction, explanation, warnings } = reply.content;
    answer = { instance, prediction: [prediction].flat(), explanation };
    note(warnings ?? [], "note warn");
    $("results").classList.remove("stale", "new");
    decide();
    explain();
    await explore(signal);
  } catch (error) {
    // A newer call has taken over, or the page has moved on.
    if (signal.aborted) return;
    if (!error.unanswered) throw error;
    const typed = /[^\x20-\x7e]/.test($("key").value);
    withdraw(typed ? "The API key holds a character that no key has." : "The service cannot be reached: is it running, and is this machine online?", true);
  }
}

// Each fault or warning next to its field; returns those that have none.
function note(faults, kind) {
  mark($("key"), $("key-note"), "");
  for (const { box, note } of controls) mark(box, note, "");
  return faults.filter(({ pointer, detail }) => {
    const name = decode(pointer.slice(2)).replace(/~1/g, "/").replace(/~0/g, "~");
    const found = controls.find(({ field }) => field.name === name);
    if (found) mark(found.box, found.note, detail, kind);
    return !found;
  });
}

function mark(box, place, text, kind = "note") {
  place.textContent = text;
  place.className = kind;
  if (text && kind === "note") box.setAttribute("aria-invalid", "true");
  else box.removeAttribute("aria-invalid");
}

function refuse({ status, content, wait }) {
  const faults = Array.isArray(content.errors) ? content.errors : [];
  const others = note(faults, "note").map(({ detail }) => detail);
  const again = wait ? ` Try again in ${wait} s.` : "";
  if (status === 403) {
    const text = $("key").value.trim() ? "The API key was not accepted." : "Enter the API key.";
    mark($("key"), $("key-note"), text);
    withdraw(text, true);
  } else if (faults.length) {
    const marked = controls.filter(({ box }) => box.hasAttribute("aria-invalid")).map(({ field }) => field.name);
    withdraw([...(marked.length ? [`Cannot be used: ${marked.join(", ")}.`] : []), ...others].join(" "), true);
  } else if (status === 429) withdraw("Too many requests." + again, true);
  else withdraw(`${content.detail ?? content.title ?? content.message ?? "The service failed"} (${status}).${again}`, true);
}

// Nothing that is shown may belong to other inputs than those in the form.
function withdraw(text, bad) {
  answer = null;
  $("results").classList.add("stale");
  $("number").textContent = "\u2013";
  $("number").removeAttribute("value");
  $("of").textContent = $("label").textContent = "";
  say(text, bad);
}

function say(text, bad) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", Boolean(bad));
}
