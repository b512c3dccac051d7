// The answer: number, label, classes, contributions.

function decide() {
  const { classes } = model;
  const p = answer.prediction;
  const least = cut ?? model.threshold;
  const split = classes.length === 2 && least !== null;
  const label = split ? +(p[1] >= least) : p.indexOf(Math.max(...p));
  answer.focus = classes.length === 2 ? 1 : label;
  $("number").textContent = figure(p[answer.focus]);
  $("number").value = p[answer.focus];
  $("of").textContent = classes.length ? "probability of class " + classes[answer.focus] : "predicted";
  $("label").textContent = classes.length ? "Label " + classes[label] : "";
  $("label").classList.toggle("on", label > 0);
  say(split ? `${label ? "At or above" : "Below"} the threshold of ${least}.` : classes.length ? "The likeliest class." : "");
  $("decision").hidden = !classes.length;
  const rows = classes.map((name, index) => {
    const fill = make("i");
    fill.style.width = 100 * p[index] + "%";
    return make("li", { class: index === label ? "on" : null }, make("span", {}, String(name)), make("div", { class: "bar" }, fill), make("data", { value: p[index] }, percent(p[index])));
  });
  $("classes").replaceChildren(...rows);
}

function moveCut(value, from) {
  cut = value;
  const least = cut ?? model.threshold ?? 0.5;
  for (const input of [$("threshold"), $("exact")]) if (input !== from) input.value = least;
  showCode();
  if (!answer) return;
  decide();
  drawCurve();
}

function explain() {
  const { explanation, instance } = answer;
  $("sum").textContent = "This model has no explanations.";
  $("contributions").replaceChildren();
  if (!explanation) return;
  const { base, score, scale, contributions, probability } = explanation;
  const all = Object.entries(contributions).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const total = all.reduce((sum, [, value]) => sum + value, 0);
  const digits = Math.min(9, Math.max(0, 3 - Math.floor(Math.log10(Math.max(1e-6, ...[base, score, ...all.map(([, value]) => value)].map(Math.abs))))));
  const signed = (number) => (number < 0 ? "" : "+") + short(number, digits);
  const rows = all.slice(0, MOST_ROWS).map(([name, value]) => ({ name: `${name} = ${shown(instance[name])}`, value, kind: value < 0 ? "down" : "up" }));
  const rest = all.slice(MOST_ROWS);
  if (rest.length) rows.push({ name: rest.length + " others", value: rest.reduce((sum, [, value]) => sum + value, 0), kind: "other" });
  const meaning = probability ? `, a probability of ${percent(answer.prediction[1])}` : "";
  $("sum").textContent = `Base ${short(base, digits)} and contributions of ${signed(total)} sum to ${short(score, digits)}${scale === "score" ? "" : " (" + scale + ")"}${meaning}.`;
  const label = "Contributions by size: " + rows.map(({ name, value }) => `${name}, ${signed(value)}`).join("; ");
  const values = rows.map(({ value }) => value);
  const range = { low: Math.min(0, ...values), high: Math.max(0, ...values), text: signed };
  const heads = ["Field", "Value", scale, ...(probability ? ["probability"] : [])];
  const cells = all.map(([name, value]) => [name, shown(instance[name]), signed(value), ...(probability ? [signed(probability.contributions[name])] : [])]);
  $("contributions").append(bars($("contributions").clientWidth, rows, { "aria-label": label }, range), table(heads, cells));
}
