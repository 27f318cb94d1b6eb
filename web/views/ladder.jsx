// What each step of the ladder gains, from the baseline over the documents' phases and their roadmap to the reference.
import { go, link } from "../address.js";
import { COLOURS, Figure, Plot, SYMBOLS, factorAxis, room } from "../chart.jsx";
import { useData } from "../data.js";
import { Head, Loading, Select } from "../parts.jsx";
import { Mark } from "./scale.jsx";
import { digits, ofList, scaleText, withInterval } from "../words.js";

export function Ladder({ state }) {
  const [studies] = useData("studies");
  if (!studies) return <Loading />;
  if (!studies.ladder) return <p class="nothing">The ladder was not measured here: make results measures it.</p>;
  const { steps: what, documents, ladders } = studies.ladder;
  const scales = [...new Set(ladders.map(one => one.scale))].sort((a, b) => a - b);
  const op = state.op === "get" ? "get" : "put", scale = scales.find(one => String(one) === state.scale) ?? scales.find(one => one === 100000) ?? scales[0];
  const here = ladders.filter(one => one.scale === scale), steps = Object.keys(what).slice(1).filter(step => here.some(one => one.steps.includes(step)));
  const over = state.over === "before" ? "alone" : "ratios";
  const series = here.map((one, number) => ({ number, name: `here, ${one.order} keys`, points: steps.filter(step => one[over][op]?.[step]).map(step =>
    ({ step, ...ofList(one[over][op][step]), full: one.full[step], order: one.order })) }));
  if (scale === 100000 && over === "ratios")
    series.push({ number: 2, name: "the documents, sequential keys", points: steps.filter(step => documents[op]?.[step])
      .map(step => ({ step, median: documents[op][step], low: null, order: "the documents" })) });
  const shift = 8, points = series.flatMap(one => one.points.map(point => ({ ...point, number: one.number,
    to: link({}, { x: point.order === "sequential" ? "seeds" : "fixes", op, pattern: point.order, scale, q: point.step }),
    told: `${what[point.step]}; ${one.name}: ${digits(point.median)}${point.low ? ` [${digits(point.low)} ${digits(point.high)}]` : ""}${point.full > 0.005 ? `, ${Math.round(100 * point.full)} % of arrays by malloc` : ""}` })));
  const domain = room([1, ...points.flatMap(one => [one.median, one.low, one.high].filter(Boolean))]);
  const draw = width => {
    const wide = width > 560;
    const [x, xMarks] = factorAxis("x", domain, over === "ratios" ? `${op}: time over the baseline's →` : `${op}: time over the step's before →`, wide ? 9 : 5);
    return {
      height: 40 * steps.length + 60, marginLeft: wide ? 210 : 74, marginRight: 20, marginTop: 8, marginBottom: 44, x,
      y: { domain: steps, label: null, tickFormat: step => wide ? what[step] : step, tickSize: 0 },
      marks: [
        ...xMarks,
        Plot.ruleX([1], { stroke: "var(--soft)" }),
        ...series.flatMap(({ number }) => {
          const mine = points.filter(one => one.number === number), dy = (number - (series.length - 1) / 2) * shift;
          return [
            Plot.ruleY(mine.filter(one => one.low), { y: "step", x1: "low", x2: "high", stroke: COLOURS[number], strokeWidth: 2, strokeOpacity: 0.5, dy }),
            Plot.dot(mine, { y: "step", x: "median", symbol: SYMBOLS[number], r: 5, fill: number === 2 ? "var(--paper)" : COLOURS[number], stroke: COLOURS[number], strokeWidth: 1.6, dy,
                             ...(number === 2 ? {} : { href: "to" }), ariaLabel: "told" }),
          ];
        }),
        Plot.tip(points, Plot.pointer({ y: "step", x: "median", title: "told", fill: "var(--paper)", stroke: "var(--faint)", lineWidth: 18 })),
      ],
    };
  };
  return <>
    <Head title="What does each step gain?">From the baseline over the versions of the documents that the project began with, their roadmap
      (fix1 to fix4), each on top of the one before, to the reference. Left is faster.</Head>
    <form class="choices" aria-label="what is shown">
      <Select label="operation" value={op} options={[["put", "put"], ["get", "get"]]} onChange={value => go(state, { op: value })} />
      <Select label="entries" value={String(scale)} options={scales.map(one => [String(one), scaleText(one)])} onChange={value => go(state, { scale: value })} />
      <Select label="over" value={over === "alone" ? "before" : "baseline"} options={[["baseline", "the baseline"], ["before", "the step before"]]}
        onChange={value => go(state, { over: value === "baseline" ? null : value })} />
    </form>
    <p class="legend">{series.map(one => <span><Mark number={one.number} hollow={one.number === 2} />{one.name}</span>)}</p>
    <Figure draw={draw} told="The ladder" caption="Bars are 95 % intervals. A point opens the step's experiment." />
    <details><summary>as a table</summary><table class="plain"><thead><tr><th>step</th>{series.map(one => <th>{one.name}</th>)}{here.map(one => <th>bytes/entry, {one.order}</th>)}</tr></thead>
      <tbody>{steps.map(step => <tr><td>{what[step]}</td>{series.map(one => <td>{(found => found ? found.count ? withInterval(found) : digits(found.median) : "–")(one.points.find(point => point.step === step))}</td>)}
        {here.map(one => <td>{digits(one.bytes[step]?.[0])}</td>)}</tr>)}</tbody></table></details>
  </>;
}
