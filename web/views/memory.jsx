// Time against memory: which layouts are such that none is both faster and smaller?
import { baselineOf, chosen, pointName } from "../choice.js";
import { go, link } from "../address.js";
import { Figure, Plot, factorAxis, room } from "../chart.jsx";
import { Choices, Head, Link, Loading, Origin, Select, opText } from "../parts.jsx";
import { pareto, ranksOf } from "../ratios.js";
import { MEMORY, rowsOf } from "../rows.js";
import { digits, withInterval } from "../words.js";

export function Memory({ state, index, experiment, summary }) {
  if (!experiment) return <><Choices {...{ state, index }} /><Loading /></>;
  const choice = chosen(experiment, state), baseline = baselineOf(experiment, summary, state);
  const what = MEMORY.includes(state.mem) ? state.mem : "resident";
  const rows = rowsOf(experiment, choice, baseline, ranksOf(index, experiment)), most = Math.max(...rows.map(row => row.cells));
  const points = rows.filter(row => row.cells === most && row[what] > 0 && (row.isBase || row.ratio)).map(row => ({
    row, x: row[what], y: row.isBase ? 1 : row.ratio.median, low: row.ratio?.low, high: row.ratio?.high, name: row.label,
    to: link(state, row.cells === 1 ? { point: pointName(experiment, row.series[0]) } : { view: null, cells: row.label, q: row.variant }),
    told: `${row.label}: ${row.isBase ? "1, the baseline" : `${withInterval(row.ratio)} times the time of ${baseline.name}`}, ${digits(row[what])} bytes an entry`,
  }));
  const unsized = rows.filter(row => row.cells === most && !(row[what] > 0)).map(row => row.label);
  const front = pareto(points), onFront = new Set(front), others = points.filter(one => !onFront.has(one));
  const draw = width => {
    const named = width > 640 ? points : [...front, ...points.filter(one => one.row.isBase && !onFront.has(one))];
    const xs = room(points.map(one => one.x), 0.1), ys = room([1, ...points.flatMap(one => [one.y, one.low, one.high].filter(Boolean))], 0.06);
    const [x, xMarks] = factorAxis("x", xs, "bytes an entry →", width > 600 ? 9 : 5);
    const [y, yMarks] = factorAxis("y", ys, `↑ time over ${baseline.name}'s`, 8);
    return {
      height: Math.min(560, Math.max(360, width * 0.62)), marginLeft: 48, marginRight: 30, marginBottom: 42, marginTop: 26,
      x, y,
      marks: [
        ...xMarks, ...yMarks,
        Plot.ruleY([1], { stroke: "var(--faint)" }),
        Plot.line(front, { x: "x", y: "y", curve: "step-after", stroke: "var(--blue)", strokeWidth: 1.5, strokeDasharray: "5 3" }),
        Plot.ruleX(points.filter(one => one.low), { x: "x", y1: "low", y2: "high", stroke: "var(--faint)", strokeWidth: 1.2 }),
        Plot.dot(others, { x: "x", y: "y", symbol: "circle", r: 4.5, stroke: "var(--grey)", strokeWidth: 1.6, fill: "var(--paper)", href: "to", ariaLabel: "told" }),
        Plot.dot(front, { x: "x", y: "y", symbol: "diamond", r: 6.5, fill: "var(--blue)", stroke: "var(--paper)", href: "to", ariaLabel: "told" }),
        ...labels(named, onFront, xs, ys, width),
        Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: "told", fill: "var(--paper)", stroke: "var(--faint)", lineWidth: 18, maxRadius: 24 })),
      ],
    };
  };
  return <>
    <Head title="Who is both fast and small?">
      Down is faster, left is smaller. <i class="key diamond" /> on the front: no other layout is as fast and as small;{" "}
      <i class="key ring" /> another one is. {opText(choice.op)}.
    </Head>
    <Choices {...{ state, index, experiment, summary }}><Select label="memory" value={what} onChange={value => go(state, { mem: value })}
      options={[["resident", "resident: alike for all"],
        ...(experiment.series.some(one => one.allocated) ? [["allocated", "allocated: alike for all"]] : []), ["own", "own: what the map says"]]} /></Choices>
    {points.length ? <Figure draw={draw} told="Time against memory" caption="Bars are 95 % intervals. A point opens its samples, and tells its figures under the pointer or a finger." /> :
      <p class="nothing">No layout has both a time beside {baseline.name} and a size here.</p>}
    {front.length > 0 && <p class="front">On the front, the smallest first: {front.map((one, number) => <>{number > 0 && ", "}<a href={one.to}>{one.name}</a> ({digits(one.x)} bytes, {digits(one.y)} times the time)</>)}.</p>}
    {points.length > 0 && <details><summary>as a table</summary><table class="plain"><thead><tr><th>layout</th><th>bytes an entry, {what}</th>
      <th>time over {baseline.name}'s</th><th>on the front</th></tr></thead>
      <tbody>{[...points].sort((a, b) => a.x - b.x).map(one => <tr><td><a href={one.to}>{one.name}</a></td><td>{digits(one.x)}</td>
        <td>{one.row.isBase ? "1" : withInterval(one.row.ratio)}</td><td>{onFront.has(one) ? "yes" : ""}</td></tr>)}</tbody></table></details>}
    {unsized.length > 0 && unsized.length < rows.length && <p class="note">Not drawn, having no size of this kind: {unsized.join(", ")}.</p>}
    {most > 1 && <p class="note">Geometric means over {most} cells; <Link state={state} to={{ view: null }}>the table</Link> has each.</p>}
    <Origin {...{ index, summary }} />
  </>;
}

// Names where they do not lie upon each other: those on the front first, each on the first side that is free.
function labels(named, onFront, xs, ys, width) {
  const height = Math.min(560, Math.max(360, width * 0.62)) - 68, taken = [];
  const at = (value, [low, high], size) => size * Math.log(value / low) / Math.log(high / low);
  const box = (one, side) => {
    const x = at(one.x, xs, width - 78), y = height - at(one.y, ys, height), w = 6.9 * one.name.length;
    const [left, top] = { right: [x + 9, y - 7], left: [x - 9 - w, y - 7], below: [x - w / 2, y + 8], above: [x - w / 2, y - 21] }[side];
    return { left, top, right: left + w, bottom: top + 13 };
  };
  const clash = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  for (const one of named) {
    const x = at(one.x, xs, width - 78), y = height - at(one.y, ys, height);
    taken.push({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 });
  }
  const placed = [];
  for (const one of [...named].sort((a, b) => onFront.has(b) - onFront.has(a))) {
    const own = taken.length;
    const side = ["right", "left", "below", "above"].find(each => {
      const mine = box(one, each);
      return mine.left > -40 && mine.right < width - 48 && !taken.some(other => clash(mine, other));
    });
    if (!side) continue;
    taken[own] = box(one, side);
    placed.push({ ...one, side });
  }
  const where = { right: { dx: 9, textAnchor: "start" }, left: { dx: -9, textAnchor: "end" }, below: { dy: 15 }, above: { dy: -14 } };
  return Object.entries(where).map(([side, options]) => Plot.text(placed.filter(one => one.side === side), {
    x: "x", y: "y", text: "name", fill: one => onFront.has(one) ? "var(--ink)" : "var(--soft)", stroke: "var(--paper)", strokeWidth: 3, ...options }));
}
