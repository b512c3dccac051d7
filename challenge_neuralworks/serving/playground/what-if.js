// What if: one field takes each of its values, all else as it is.

function valuesOf({ kind, categories, min, max, missing }, now) {
  if (kind === "category") return [...new Set([...(missing ? [null] : []), ...(categories ?? []).slice(0, MOST_VALUES), now])];
  // Without a bound: as far again as the value is from zero.
  const reach = Math.max(1, Math.abs(now ?? 0));
  const low = min ?? Math.min(max ?? Infinity, now ?? 0) - reach;
  const high = max ?? Math.max(low, now ?? 0) + reach;
  const whole = kind === "integer";
  const count = whole ? Math.min(MOST_POINTS, high - low + 1) : MOST_POINTS;
  const at = (index) => low + ((high - low) * index) / (count - 1 || 1);
  const values = Array.from({ length: count }, (_, index) => (whole ? Math.round(at(index)) : Math.min(high, Math.max(low, +at(index).toPrecision(6)))));
  return [...new Set(values)];
}

async function explore(signal) {
  const { field } = controls[$("vary").selectedIndex];
  const { instance } = answer;
  const values = valuesOf(field, instance[field.name]);
  // The curve stays while only the varied field itself moves.
  const id = JSON.stringify([model.name, field.name, { ...instance, [field.name]: 0 }, values]);
  if (curve?.id !== id) {
    const reply = await post({ instances: values.map((value) => ({ ...instance, [field.name]: value })) }, "", signal);
    if (signal.aborted) return;
    curve = reply.ok ? { id, field, points: values.map((value, index) => ({ value, p: [reply.content.predictions[index]].flat() })) } : { field };
  }
  drawCurve();
}

function drawCurve() {
  if (!answer || !curve) return;
  $("what-if").replaceChildren();
  $("varied").textContent = "This cannot be shown now.";
  if (!curve.points) return;
  const { field } = curve;
  const now = { value: answer.instance[field.name], y: answer.prediction[answer.focus] };
  const points = curve.points.map(({ value, p }) => ({ value, y: p[answer.focus] }));
  const sorted = [...points].sort((a, b) => b.y - a.y);
  const [most, least] = [sorted[0], sorted.at(-1)].map(({ value, y }) => `${figure(y)} at ${shown(value)}`);
  const what = model.classes.length ? "Probability of class " + model.classes[answer.focus] : "Prediction";
  const kept = field.kind === "category" ? sorted.slice(0, MOST_POINTS) : points;
  if (!kept.some(({ value }) => value === now.value) && field.kind === "category") kept[MOST_POINTS - 1] = now;
  const part = kept.length < points.length ? ` ${kept.length} of ${points.length} are drawn.` : "";
  $("varied").textContent = `${what} over ${field.name}, all else as it is: from ${least} to ${most}; now ${figure(now.y)} at ${shown(now.value)}.${part}`;
  const width = $("what-if").clientWidth;
  const limit = model.classes.length === 2 ? cut ?? model.threshold : null;
  const label = { "aria-labelledby": "varied" };
  const rows = points.map(({ value, y }) => [shown(value), figure(y)]);
  if (field.kind !== "category") return $("what-if").append(line(width, kept, now, limit, field, label), table([field.name, what], rows));
  const bar = ({ value, y }) => ({ name: shown(value), value: y, kind: value === now.value ? "now" : "other" });
  const range = { low: Math.min(0, least.y ?? 0, ...kept.map(({ y }) => y)), high: Math.max(0, limit ?? 0, ...kept.map(({ y }) => y)), text: figure, limit };
  const scroll = make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Chart of all values" });
  $("what-if").append(scroll);
  scroll.append(bars(scroll.clientWidth - 16, kept.map(bar), label, range));
  scroll.scrollTop = (scroll.querySelector(".now")?.getBBox().y ?? 0) - scroll.clientHeight / 2;
  $("what-if").append(table([field.name, what], rows));
}
