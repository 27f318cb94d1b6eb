// Two experiments beside each other: what each layout's ratio to a baseline is in the one and in the other.
import { baselineOf, chosen, fits, isChosen, labelOf } from "../choice.js";
import { go, link } from "../address.js";
import { useData } from "../data.js";
import { StripAxis, room } from "../chart.jsx";
import { Choices, Head, Loading, Origin, Select, experimentOptions, machineText, summaryOf } from "../parts.jsx";
import { UNDECIDED, indexOf, partner, ranksOf, ratio, verdict } from "../ratios.js";
import { cellText, classOf, digits, interval } from "../words.js";

// What the two say together, {says, class, apart}; they are apart if their intervals do not overlap, and agree on more or less
// than both.
function agreement(a, b) {
  if (a.low === null || b.low === null) return { says: "too few processes", class: "undecided", apart: false };
  const one = verdict(a), other = verdict(b), apart = a.high < b.low || b.high < a.low;
  if (one === other) return { says: one === UNDECIDED ? "neither can tell" : `both ${one}`, class: classOf(one), apart };
  if (one === UNDECIDED) return { says: `only B: ${other}`, class: "undecided", apart };
  if (other === UNDECIDED) return { says: `only A: ${one}`, class: "undecided", apart };
  return { says: `A ${one}, B ${other}`, class: "opposite", apart: true };
}
// Those that disagree most come first.
const rank = ({ says }) => says.class === "opposite" ? 0 : says.apart ? 1 : 2;

function Two({ a, b, domain }) {
  const at = value => `${Math.min(100, Math.max(0, 100 * Math.log(value / domain[0]) / Math.log(domain[1] / domain[0])))}%`;
  const row = (found, name) => <>
    {found.low !== null && <i class={`reach ${name}`} style={{ left: at(found.low), right: `calc(100% - ${at(found.high)})` }} />}
    <i class={`letter ${name}`} style={{ left: at(found.median) }}>{name.toUpperCase()}</i></>;
  return <span class="strip two" aria-hidden="true"><i class="one" style={{ left: at(1) }} />{row(a, "a")}{row(b, "b")}</span>;
}

// What to compare with, unless told: of the experiments that have a cell of those that are chosen, one on another machine, if
// there is any, and of these the one with most layouts in common.
function likest(index, summary, choice) {
  const asked = summary.cells.filter(cell => isChosen(cell, choice)).map(cell => cell.join(" "));
  const shared = one => one.variants.filter(name => summary.variants.includes(name)).length;
  const others = index.experiments.filter(one => !one.report && one.file !== summary.file && shared(one) > 1
    && one.cells.some(cell => asked.includes(cell.join(" "))));
  return others.sort((a, b) => (a.machine === summary.machine) - (b.machine === summary.machine) || shared(b) - shared(a))[0] ?? summary;
}

export function Compare({ state, index, experiment, summary }) {
  const choice = experiment && chosen(experiment, state);
  const second = summaryOf(index, state.b) ?? (choice ? likest(index, summary, choice) : summary);
  const [other] = useData(second.file);
  if (!experiment || !other) return <><Choices {...{ state, index }} /><Loading /></>;
  const shared = [...new Set(experiment.competitors.map(one => one[0]))].filter(name => other.competitors.some(one => one[0] === name));
  const wanted = shared.includes(state.base) ? state.base : ["reference", summary.baseline].find(name => shared.includes(name)) ?? shared[0];
  const baseline = { ...baselineOf(experiment, summary, {}), field: "variant", name: wanted };
  const here = indexOf(experiment), there = indexOf(other), cellOf = new Map(other.cells.map((cell, number) => [cell.join(" "), number]));
  const rows = experiment.series.filter(one => fits(experiment, one, choice)).flatMap(one => {
    const cell = experiment.cells[one.cell], number = cellOf.get(cell.join(" "));
    const twin = number !== undefined && there(number, experiment.competitors[one.competitor].slice(0, 3));
    const bases = [partner(experiment, here, one, baseline), twin && partner(other, there, twin, baseline)];
    if (!twin || !bases[0] || !bases[1] || bases[0] === one) return [];
    const a = ratio(one, bases[0], ranksOf(index, experiment)), b = ratio(twin, bases[1], ranksOf(index, other));
    return a && b ? [{ cell, label: labelOf(experiment, one.competitor), a, b, says: agreement(a, b) }] : [];
  }).sort((x, y) => rank(x) - rank(y) || Math.abs(Math.log(y.a.median / y.b.median)) - Math.abs(Math.log(x.a.median / x.b.median)));
  const domain = room([0.9, 1.1, ...rows.flatMap(row => [row.a, row.b].flatMap(one => [one.median, one.low, one.high].filter(Boolean)))]);
  const machines = summary.machine === second.machine ? <>in A and in B, both on {machineText(index, summary.machine)}</> :
    <>in A, on <b>{machineText(index, summary.machine)}</b>, and in B, on <b>{machineText(index, second.machine)}</b></>;
  const told = rows.map(row => row.says.says), apart = rows.filter(row => row.says.apart).length;
  const counts = [...new Set(told)].map(says => [told.filter(one => one === says).length, says]).sort((x, y) => y[0] - x[0]);
  return <>
    <Head title="Do two experiments, or two machines, say the same?">Each layout's time over that of <b>{wanted}</b> {machines}. Below 1 is faster. Rows that disagree come first.</Head>
    <Choices {...{ state, index, experiment, summary }} baseline={false} name="experiment A">
      <Select label="experiment B" value={second.file} options={experimentOptions(index)} onChange={b => go(state, { b, base: null })} />
      <Select label="baseline" value={wanted} options={shared.map(name => [name, name])} onChange={base => go(state, { base })} /></Choices>
    {rows.length ? <><p class="tools" role="status">{rows.length} compared: {counts.map(pair => pair.join(" ")).join("; ")}.
        {apart > 0 && ` ${apart} are apart: their intervals do not overlap.`}</p>
      <table class="layouts compare"><thead><tr><th scope="col" class="c-name">layout</th><th scope="col" class="c-a">A: {summary.name}</th><th class="c-strip" scope="col"><span class="visually-hidden">intervals</span><StripAxis domain={domain} /></th>
        <th scope="col" class="c-b">B: {second.name}</th><th scope="col" class="c-verdict">together</th></tr></thead>
      <tbody>{rows.map(row => <tr><th scope="row" class="c-name"><a href={link({}, { x: summary.file, op: row.cell[0], pattern: row.cell[1], scale: row.cell[2], key: row.cell[3], setting: row.cell[4], base: wanted, q: row.label })}>{row.label}</a>
        <small> {cellText(row.cell)}</small></th>
        <td class="c-a"><span class="only-small">A </span>{digits(row.a.median)} <small>{interval(row.a)}</small></td><td class="c-strip"><Two a={row.a} b={row.b} domain={domain} /></td>
        <td class="c-b"><span class="only-small">B </span>{digits(row.b.median)} <small>{interval(row.b)}</small></td>
        <td class="c-verdict"><span class={`verdict ${row.says.class}`}>{row.says.says}</span>
          {row.says.apart && <small> apart</small>}</td></tr>)}</tbody></table></> :
      <p class="nothing">A and B have no layout beside {wanted} in common here: the operation, the order of keys, the number of entries and what
        processes were told must be the same in both. Another operation, B or baseline may have some.</p>}
    <p class="note"><b>both faster</b>: the interval lies below 1 in A and in B, so the finding holds in both. <b>only A</b>: B's interval holds 1, so B cannot tell.
      <b>apart</b>: the two 95 % intervals do not overlap, so the factors differ. Those that overlap may differ all the same; <code>make compare A={summary.name} B={second.name}</code> tests it, corrected for all that is compared.</p>
    <Origin {...{ index, summary }} name="A" /><Origin {...{ index, summary: second }} name="B" />
  </>;
}
