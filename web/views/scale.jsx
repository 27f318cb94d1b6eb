// How a time grows with the map, beside the caches of its machine.
import { ALL, CHOICES, choices, chosenOf, fits, labelOf, pointName, valuesOf } from "../choice.js";
import { go, link } from "../address.js";
import { COLOURS, Figure, Plot, SYMBOLS, factorAxis, logAxis, room } from "../chart.jsx";
import { useData } from "../data.js";
import { Choices, Head, Loading, Origin, Select, opText } from "../parts.jsx";
import { estimateTimes, ranksOf } from "../ratios.js";
import { scaleText, sizeText, withInterval } from "../words.js";

const NAMED = CHOICES.filter(name => name !== "scale"); // what a curve is of
const MOST = COLOURS.length, USUAL = ["outline", "list", "phase3", "fix4", "reference", "champion", "boost", "lazy", "outline+lazy"];

export function Scale({ state, index, experiment, summary }) {
  const [studies] = useData("studies");
  if (!experiment || !studies) return <><Choices {...{ state, index }} /><Loading /></>;
  const made = choices(experiment, { ...state, scale: ALL }, NAMED), choice = chosenOf(made);
  const machine = index.machines[summary.machine];
  const fitting = experiment.series.filter(one => fits(experiment, one, choice));
  const byBytes = state.across !== "entries" && fitting.some(one => one.used), there = fitting.filter(one => !byBytes || one.used);
  const scales = competitor => there.filter(one => one.competitor === competitor).length;
  const competitors = [...new Set(there.map(one => one.competitor))].sort((a, b) => labelOf(experiment, a) < labelOf(experiment, b) ? -1 : 1);
  const labels = new Map(competitors.map(one => [one, labelOf(experiment, one)]));
  const asked = (state.lines ?? "").split(",").filter(Boolean);
  const usual = [...competitors].sort((a, b) => scales(b) - scales(a) || rank(labels.get(a)) - rank(labels.get(b))).slice(0, 4);
  const shown = competitors.filter(one => state.lines === undefined ? usual.includes(one) : asked.includes(labels.get(one))).slice(0, MOST);
  const points = shown.flatMap((competitor, number) => there.filter(one => one.competitor === competitor).map(one => {
    const found = estimateTimes(one, ranksOf(index, experiment)), scale = experiment.cells[one.cell][2];
    return { x: byBytes ? one.used : scale, y: found.median, low: found.low, high: found.high, scale, name: labels.get(competitor),
             colour: COLOURS[number], symbol: SYMBOLS[number], to: link(state, { point: pointName(experiment, one) }),
             told: `${labels.get(competitor)}, ${scaleText(scale)} entries (${sizeText(one.used)}): ${withInterval(found)} ns` };
  }).sort((a, b) => a.x - b.x));
  const isGet = choice.op.startsWith("get"), loads = byBytes && isGet && studies.loads?.machine === summary.machine ? studies.loads.ns : [];
  const toggle = name => {
    const now = shown.map(one => labels.get(one));
    return { lines: (now.includes(name) ? now.filter(one => one !== name) : [...now, name]).join(",") || "none" };
  };
  const draw = width => {
    const xs = room([...points.map(one => one.x), ...loads.map(one => one[0])]), ys = room([...points.flatMap(one => [one.y, one.low, one.high].filter(Boolean)), ...loads.map(one => one[1])]);
    const caches = byBytes ? Object.entries(machine.caches).filter(([, size]) => size > xs[0] && size < xs[1]) : [];
    const ends = shown.map(one => points.filter(point => point.name === labels.get(one)).at(-1)).filter(Boolean);
    const powers = [12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32].map(power => 2 ** power);
    const [x, xMarks] = byBytes ? logAxis("x", xs, "bytes that the map uses →",
      powers.filter((size, number) => size >= xs[0] && size <= xs[1] && (width > 600 || number % 2 === 0)), sizeText) :
      logAxis("x", xs, "entries →", [...new Set(points.map(one => one.x))], scaleText);
    const [y, yMarks] = factorAxis("y", ys, "↑ ns an operation", 8);
    const height = Math.min(540, Math.max(360, width * 0.6));
    return {
      height, marginLeft: 54, marginRight: width > 640 ? 120 : 16, marginBottom: 42, marginTop: 46,
      x, y,
      marks: [
        ...xMarks, ...yMarks,
        Plot.ruleX(caches, { x: one => one[1], stroke: "var(--soft)", strokeDasharray: "2 4" }),
        Plot.text(caches, { x: one => one[1], frameAnchor: "top", dy: -16, text: one => `${one[0]} ${sizeText(one[1])}`, fill: "var(--soft)" }),
        Plot.line(loads, { x: one => one[0], y: one => one[1], stroke: "var(--ink)", strokeWidth: 2.5, strokeOpacity: 0.55 }),
        Plot.line(points, { x: "x", y: "y", z: "name", stroke: "colour", strokeWidth: 1.8 }),
        Plot.ruleX(points.filter(one => one.low), { x: "x", y1: "low", y2: "high", stroke: "colour", strokeOpacity: 0.6 }),
        ...SYMBOLS.map(symbol => Plot.dot(points.filter(one => one.symbol === symbol), {
          x: "x", y: "y", symbol, r: 5, fill: "colour", stroke: "var(--paper)", href: "to", ariaLabel: "told" })),
        ...(width > 640 ? apart(ends, ys, height - 72).map(([one, dy]) => Plot.text([one], { x: "x", y: "y", text: "name", dx: 10, dy, textAnchor: "start", fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 3 })) : []),
        Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: "told", fill: "var(--paper)", stroke: "var(--faint)", lineWidth: 18 })),
      ],
    };
  };
  return <>
    <Head title="What becomes of it as the map grows?">{opText(choice.op)}. {byBytes ? "Dotted lines are the machine's caches." : ""}
      {loads.length > 0 && " The grey line is one load from a random line of as much memory, on the same machine."}</Head>
    <Choices {...{ state, index, experiment, summary, made }} hide={["scale"]} baseline={false}>
      <Select label="across" value={byBytes ? "bytes" : "entries"} onChange={across => go(state, { across })}
        options={[["bytes", "bytes that the map uses"], ["entries", "entries"]]} /></Choices>
    {valuesOf(experiment, "scale").length < 2 && <p class="nothing">This experiment has maps of one size only;{" "}
      <a href={link({}, { view: "scale", x: "suite" })}>suite</a> and <a href={link({}, { view: "scale", x: "seeds" })}>seeds</a> have several.</p>}
    <fieldset class="lines"><legend>lines, {MOST} at most</legend>{competitors.map(one => {
      const number = shown.indexOf(one);
      return <label class={number >= 0 ? "on" : ""}><input type="checkbox" checked={number >= 0} disabled={number < 0 && shown.length >= MOST}
        onChange={() => go(state, toggle(labels.get(one)))} />
        {number >= 0 && <Mark number={number} />}{labels.get(one)}</label>;
    })}</fieldset>
    {points.length ? <Figure draw={draw} told="Times by the size of the map" caption="Bars are 95 % intervals. A point opens its samples." /> : <p class="nothing">No line is chosen.</p>}
    <Origin {...{ index, summary }} />
  </>;
}

// Names at the ends of lines: [end, by how many pixels its name is moved down so that it lies on no other].
function apart(ends, [low, high], pixels) {
  const at = one => pixels * Math.log(high / one.y) / Math.log(high / low), found = [];
  for (const one of [...ends].sort((a, b) => b.y - a.y)) {
    const near = found.filter(([other]) => Math.abs(Math.log(other.x / one.x)) < 0.7).map(([other, dy]) => at(other) + dy);
    found.push([one, Math.max(0, ...near.map(place => place + 14 - at(one)))]);
  }
  return found;
}

const rank = label => { const at = USUAL.indexOf(label); return at < 0 ? USUAL.length : at; };

const PATHS = ["M-5,0A5,5 0 1 0 5,0A5,5 0 1 0 -5,0Z", "M-4.5,-4.5H4.5V4.5H-4.5Z", "M-5,4.5H5L0,-5Z", "M0,-6L5,0L0,6L-5,0Z",
               "M0,-6L1.6,-2H6L2.5,1L4,6L0,3L-4,6L-2.5,1L-6,-2H-1.6Z", "M-4,-4L4,4M-4,4L4,-4"];
export const Mark = ({ number, hollow }) => <svg class="symbol" viewBox="-7 -7 14 14" aria-hidden="true">
  <path d={PATHS[number]} style={{ fill: hollow ? "none" : COLOURS[number], stroke: COLOURS[number] }} /></svg>;
