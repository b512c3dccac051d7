// The form: one control a field.

function control(field, index) {
  const id = "field-" + index;
  const attributes = { id, "aria-describedby": `${id}-hint ${id}-note`, autocomplete: "off" };
  const numeric = field.kind !== "category";
  const row = make("div", { class: "row" });
  const note = make("p", { class: "note", id: id + "-note" });
  let box, slider, absent, choices;
  if (numeric) {
    const { min, max } = field;
    const whole = field.kind === "integer";
    box = make("input", { ...attributes, type: "number", min, max, step: whole ? 1 : "any", inputmode: "decimal" });
    if (min !== undefined && max !== undefined) {
      const step = whole ? 1 : 10 ** Math.floor(Math.log10((max - min) / 100)) || "any";
      slider = make("input", { type: "range", min, max, step, "aria-label": field.name + ", slider" });
      slider.addEventListener("input", () => (box.value = slider.value));
      box.addEventListener("input", () => box.value && (slider.value = box.value));
      row.append(slider);
    }
    row.append(box, make("span", { class: "unit" }, field.unit ?? ""));
  } else if (field.categories && !field.unknown) {
    choices = [...(field.missing ? [null] : []), ...field.categories];
    box = make("select", attributes, ...choices.map((choice) => make("option", {}, shown(choice))));
    row.append(box);
  } else {
    const known = (field.categories ?? []).map((value) => make("option", { value }));
    box = make("input", { ...attributes, list: id + "-list", spellcheck: "false" });
    row.append(box, make("datalist", { id: id + "-list" }, ...known));
  }
  if (field.missing && !choices) {
    absent = make("input", { type: "checkbox" });
    row.append(make("label", { class: "check" }, absent, make("span", {}, "not known")));
    absent.addEventListener("input", () => allow());
  }
  const allow = () => [box, slider].forEach((input) => input && (input.disabled = Boolean(absent?.checked)));
  const write = (value) => {
    if (choices) return (box.selectedIndex = choices.indexOf(value));
    if (absent) absent.checked = value === null;
    box.value = value ?? "";
    if (slider) slider.value = value;
    allow();
  };
  const read = () => {
    if (choices) return choices[box.selectedIndex];
    if (absent?.checked) return null;
    // An empty box is left out: the service says what is missing.
    return numeric ? (box.value === "" ? undefined : +box.value) : box.value;
  };
  const offer = field.unknown && field.categories ? ` Any text; ${field.categories.length} known ones are offered.` : "";
  const hint = make("p", { class: "hint", id: id + "-hint" }, field.description + offer);
  return { field, box, note, read, write, node: make("div", { class: "field" }, make("label", { for: id }, field.name), hint, row, note) };
}

function choose(name) {
  running?.abort();
  model = MODELS.find((known) => known.name === name) ?? MODELS[0];
  answer = curve = cut = null;
  controls = model.fields.map(control);
  $("fields").replaceChildren(...controls.map(({ node }) => node));
  $("vary").replaceChildren(...model.fields.map((field) => make("option", {}, field.name)));
  const numbers = model.fields.flatMap((field, index) => (field.kind === "category" ? [] : [index]));
  $("vary").selectedIndex = numbers.at(-1) ?? 0;
  $("name").replaceChildren(model.name, " ", make("small", {}, model.version));
  $("about").textContent = model.description;
  document.title = model.name + " \u00b7 Playground";
  for (const link of $("models").children) link.setAttribute("aria-current", link.textContent === model.name);
  const own = model.threshold;
  $("cut").hidden = model.classes.length !== 2;
  $("tick").hidden = $("own").hidden = own === null;
  // The middle of the slider's thumb never reaches the ends of its track.
  $("tick").style.left = `calc(7px + (100% - 16px) * ${own})`;
  $("own").textContent = "Use " + own;
  $("cut-hint").textContent = "Least probability of class " + model.classes[1] + " for that label" + (own === null ? "." : `; the model\u2019s own, ${own}, is marked.`);
  moveCut(null);
  restore();
}

function restore() {
  for (const { field, write } of controls) write(field.example);
  schedule(0);
}

const read = () => Object.fromEntries(controls.map(({ field, read }) => [field.name, read()]));
