// Which fix closes the gap: main effects, pairs that do not multiply, and the orders that gain most soonest.
import { Figure, Plot, factorAxis, room } from "../chart.jsx";
import { useData } from "../data.js";
import { Head, Link, Loading } from "../parts.jsx";
import { digits, scaleText } from "../words.js";

function Panel({ title, names, effects, domain, told }) {
  const points = names.map((name, number) => ({ name, effect: effects[number] })).filter(one => one.effect).map(({ name, effect: [factor, low, high, stands] }) =>
    ({ name, factor, low, high, stands, told: told(name, factor, low, high, stands) }));
  const draw = width => {
    const [x, xMarks] = factorAxis("x", domain, "times →", width > 420 ? 7 : 5);
    return {
    height: 30 * names.length + 58, marginLeft: Math.min(150, 12 + 7 * Math.max(...names.map(name => name.length))), marginRight: 16, marginTop: 8, marginBottom: 38,
    x, y: { domain: names, label: null, tickSize: 0 },
    marks: [
      ...xMarks,
      Plot.ruleX([1], { stroke: "var(--soft)" }),
      Plot.ruleY(points.filter(one => one.low), { y: "name", x1: "low", x2: "high", stroke: "var(--blue)", strokeWidth: 2, strokeOpacity: 0.5 }),
      Plot.dot(points.filter(one => !one.stands), { y: "name", x: "factor", r: 4.5, stroke: "var(--grey)", strokeWidth: 1.6, fill: "var(--paper)" }),
      Plot.dot(points.filter(one => one.stands), { y: "name", x: "factor", r: 5.5, symbol: "diamond", fill: "var(--blue)" }),
      Plot.tip(points, Plot.pointer({ y: "name", x: "factor", title: "told", fill: "var(--paper)", stroke: "var(--faint)", lineWidth: 16 })),
    ],
    };
  };
  return <section class="panel"><h3>{title}</h3><Figure draw={draw} told={`${title}: ${points.map(one => one.told).join("; ")}`} /></section>;
}

export function Factorial({ state, index }) {
  const [studies] = useData("studies");
  if (!studies) return <Loading />;
  if (!studies.factorial) return <p class="nothing">The factorial was not measured here: make results measures it.</p>;
  const { changes, fixes, pairs, responses, orders } = studies.factorial, summary = index.experiments.find(one => one.name === "factorial");
  const label = one => one.what === "bytes" ? `bytes an entry, ${scaleText(one.scale)}` : `${one.what}, ${scaleText(one.scale)} entries`;
  const domainOf = lists => room([1, ...lists.flat().filter(Boolean).flatMap(one => [one[0], one[1], one[2]].filter(Boolean))]);
  const alone = domainOf(responses.map(one => fixes.map(fix => one.alone[fix]))), together = domainOf(responses.map(one => one.together));
  const told = (name, factor, low, high, stands) => `${name}: ${digits(factor)} times${low ? ` [${digits(low)} ${digits(high)}]` : ", exactly"}${stands ? "" : ", may be chance"}`;
  return <>
    <Head title="Which fix closes the gap?">Eight fixes, each on or off, in a quarter of their 256 compositions. <i class="key diamond" /> an effect that
      stands among all of its panel (Holm); <i class="key ring" /> one that chance could have made. Left of 1 is faster, or less memory.</Head>
    <h3 class="wide">A fix: with it over without it, the others on and off alike</h3>
    <div class="panels">{responses.map(one => <Panel title={label(one)} names={fixes} effects={fixes.map(fix => one.alone[fix])} domain={alone} told={told} />)}</div>
    <dl class="changes">{fixes.map(fix => <div><dt><Link state={state} to={{ source: `variants/${fix}` }}>{fix}</Link></dt><dd>{changes[fix]}</dd></div>)}</dl>
    <h3 class="wide">Two fixes: right of 1, both together are worth less than the product</h3>
    <div class="panels">{responses.map(one => <Panel title={label(one)} names={pairs.map(pair => pair.join(" × "))} effects={one.together} domain={together} told={told} />)}</div>
    <h3 class="wide">The order that gains most soonest</h3>
    {Object.entries(orders).map(([scale, of]) => <table class="plain"><thead><tr><th>best for, {scaleText(Number(scale))} entries</th><th>order</th></tr></thead>
      <tbody>{Object.entries(of).map(([what, order]) => <tr><td>{what}</td><td>{order.join(" → ")}</td></tr>)}</tbody></table>)}
    <p class="note">Effects and intervals are of the linear model of logarithms that <code>make factorial</code> prints, which has more: what the model was not told, and what is left to the reference.
      {summary && <> <Link state={{}} to={{ x: summary.file }}>All its compositions</Link>.</>}</p>
  </>;
}
