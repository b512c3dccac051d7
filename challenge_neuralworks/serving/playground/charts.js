// Charts, drawn for the width there is.

const chart = (width, height, label, ...children) => make("svg", { role: "img", width, height, viewBox: `0 0 ${width} ${height}`, ...label }, ...children);

function bars(width, rows, label, { low, high, text, limit }) {
  const narrow = width < 520;
  const room = 62;
  const left = (narrow ? 0 : Math.round(width * 0.36)) + (low < 0 ? room : 0);
  const step = narrow ? 44 : 28;
  const x = (value) => left + ((value - low) / (high - low || 1)) * (width - left - room);
  const height = rows.length * step;
  const most = (narrow ? width : width * 0.38) / 8;
  const top = (index) => index * step + (narrow ? 22 : 6);
  const drawn = rows.map(({ name, value, kind }, index) => {
    const place = { x: Math.min(x(0), x(value)), y: top(index), width: Math.max(1, Math.abs(x(value) - x(0))), height: 16, rx: 3 };
    return make("rect", { ...place, class: kind }, make("title", {}, `${name}: ${text(value)}`));
  });
  const written = rows.flatMap(({ name, value, kind }, index) => {
    const now = kind === "now" ? "strong " : "";
    const end = { x: x(value) + (value < 0 ? -6 : 6), y: top(index) + 12, "text-anchor": value < 0 ? "end" : "start", class: now + "halo" };
    const named = { x: 0, y: top(index) + (narrow ? -5 : 12), class: now };
    return [make("text", named, clip((now && "\u25b8 ") + name, most)), make("text", end, text(value))];
  });
  const rule = (value, kind) => make("line", { x1: x(value), x2: x(value), y1: 0, y2: height, class: kind });
  return chart(width, height, label, rule(0, "axis"), ...drawn, limit == null ? null : rule(limit, "limit"), ...written);
}

function line(width, points, now, limit, { name, unit, min, max }, label) {
  const [left, right, top, bottom, height] = [52, 16, 18, 44, 250];
  const known = Number.isFinite(now.value) && now.value >= (min ?? -Infinity) && now.value <= (max ?? Infinity);
  const ys = [...points, now].map(({ y }) => y).concat(limit ?? []);
  const [low, high] = [points[0].value, points.at(-1).value];
  const rows = ticks(model.classes.length ? 0 : Math.min(...ys), Math.max(...ys), 5);
  const step = rows.length > 1 ? rows[1] - rows[0] : 1;
  if (rows[0] > Math.min(...ys)) rows.unshift(rows[0] - step);
  if (rows.at(-1) < Math.max(...ys)) rows.push(rows.at(-1) + step);
  const [floor, ceiling] = [rows[0], rows.at(-1)];
  const x = (value) => left + ((value - low) / (high - low || 1)) * (width - left - right);
  const y = (value) => height - bottom - ((value - floor) / (ceiling - floor || 1)) * (height - bottom - top);
  const rule = (value, kind) => make("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: kind });
  const grid = rows.map((value) => make("g", {}, rule(value, "axis"), make("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end", class: "faint" }, model.classes.length ? Math.round(1000 * value) / 10 + "\u202f%" : short(value))));
  const most = Math.max(2, Math.floor((width - left) / 48));
  const columns = ticks(low, high, points.length <= most ? points.length : most).map((value) => make("text", { x: x(value), y: height - bottom + 20, "text-anchor": "middle", class: "faint" }, String(value)));
  const path = points.map((point, index) => `${index ? "L" : "M"}${x(point.value).toFixed(1)} ${y(point.y).toFixed(1)}`).join("");
  const dot = (point, r, kind) => make("circle", { cx: x(point.value), cy: y(point.y), r, class: kind }, make("title", {}, `${point.value}: ${figure(point.y)}`));
  const caption = make("text", { x: width - right, y: height - 4, "text-anchor": "end", class: "faint" }, clip(name + (unit ? `, ${unit}` : ""), 40));
  const cutAt = limit == null ? [] : [rule(limit, "limit"), make("text", { x: width - right, y: y(limit) - 5, "text-anchor": "end", class: "faint halo" }, "threshold")];
  const nowAt = known ? [make("text", { x: Math.min(Math.max(x(now.value), left + 20), width - 30), y: y(now.y) - 12, "text-anchor": "middle", class: "strong halo" }, figure(now.y)), dot(now, 6, "mark")] : [];
  return chart(width, height, label, ...grid, ...columns, caption, ...cutAt, make("path", { d: path, class: "line" }), ...points.map((point) => dot(point, 2.5, "point")), ...nowAt);
}
