// One point: a competitor in a cell.  Its raw samples, block by block, beside the baseline's; its tree; its sources; the
// command that measures it again.
import { useEffect, useRef, useState } from "preact/hooks";
import { baselineOf, labelOf, pointCalled } from "../choice.js";
import { isAsked, isKnown, repeats } from "../command.js";
import { Figure, Plot, factorAxis, room } from "../chart.jsx";
import { useData } from "../data.js";
import { Link, Loading, Origin } from "../parts.jsx";
import { byBlock, estimateTimes, indexOf, partner, ranksOf, ratio, verdict } from "../ratios.js";
import { partMeans } from "../meaning.js";
import { bytesOf } from "../rows.js";
import { classOf, count, digits, markOf, settingText, sizeText, withInterval } from "../words.js";

// What lies over the page; Escape closes it, and the focus goes where it came from, over drawers in between.
let opener = null;
export function Drawer({ title, onClose, children }) {
  const place = useRef();
  useEffect(() => {
    const from = document.activeElement;
    if (from !== document.body && !from.closest(".drawer")) opener = from;
    place.current.showModal();
    return () => opener?.isConnected && opener.focus();
  }, []);
  const beside = event => event.clientX < place.current.getBoundingClientRect().left && onClose();
  return <dialog class="drawer" aria-label={title} ref={place} onClose={onClose} onClick={beside}>
    <header><h2>{title}</h2><button type="button" onClick={onClose} aria-label="close">✕</button></header>
    {children}
  </dialog>;
}

export function Copied({ text }) {
  const [done, set] = useState(false), place = useRef();
  const copy = () => {
    const range = document.createRange();
    range.selectNodeContents(place.current);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    set(document.execCommand("copy")); // from disk there is no navigator.clipboard
  };
  return <div class="command"><pre ref={place} tabIndex={0}>{text}</pre><button type="button" onClick={copy}>{done ? "copied" : "copy"}</button></div>;
}

function Samples({ series, samples, other, label, baseline }) {
  const points = samples.flatMap((taken, block) => taken.map(ns => ({ block: block + 1, ns, who: label })));
  const medians = (one, who) => one ? one.ns.map((ns, block) => ({ block: block + 1, ns, who })).filter(each => each.ns !== null) : [];
  const mine = medians(series, label), base = other && other !== series ? medians(other, baseline.name) : [];
  const domain = room([...points, ...base].map(one => one.ns));
  const [y, yMarks] = factorAxis("y", domain, "↑ ns an operation", 6);
  const draw = width => ({
    height: 230, marginLeft: 54, marginBottom: 34,
    x: { label: "block →", type: "band", domain: series.ns.map((_, block) => block + 1),
         ticks: series.ns.map((_, block) => block + 1).filter(block => series.ns.length <= width / 28 || block % 5 === 0) },
    y,
    marks: [
      ...yMarks,
      Plot.dot(base, { x: "block", y: "ns", symbol: "square", r: 3.5, stroke: "var(--vermilion)" }),
      Plot.dot(points, { x: "block", y: "ns", r: 1.8, fill: "var(--blue)", fillOpacity: 0.55 }),
      Plot.tickY(mine, { x: "block", y: "ns", stroke: "var(--blue)", strokeWidth: 2.5, inset: 1 }),
    ],
  });
  return <Figure draw={draw} told={`Samples of ${label} in each block`} caption={<>
    <i class="key dot" /> a sample <i class="key tick" /> the median of a process{base.length > 0 && <> <i class="key box" /> {baseline.name} in the same block</>}</>} />;
}

function Levels({ shape }) {
  const [inner, leaves, expected] = shape;
  return <><h3>The tree's levels</h3>
    <table class="plain levels"><thead><tr><th>level</th><th>inner nodes</th>{expected && <th>a uniform hash predicts</th>}<th>leaves</th></tr></thead>
      <tbody>{inner.map((nodes, level) => <tr><td>{level}</td><td>{count(nodes)}</td>
        {expected && <td>{level < expected.length ? expected[level] < 10 ? digits(expected[level]) : count(expected[level]) : "–"}</td>}
        <td>{count(leaves[level] ?? 0)}</td></tr>)}</tbody></table></>;
}

export function Point({ state, index, experiment, summary, onClose }) {
  const number = pointCalled(experiment, state.point);
  const [more] = useData(`${summary.file}.samples`);
  if (number < 0) return <Drawer title="No such point" onClose={onClose}><p>This experiment has no point of that name: {state.point}</p></Drawer>;
  const series = experiment.series[number], baseline = baselineOf(experiment, summary, state);
  const other = partner(experiment, indexOf(experiment), series, baseline), [op, pattern, scale, key, setting] = experiment.cells[series.cell];
  const [variant, hash, allocator, composition] = experiment.competitors[series.competitor];
  const label = labelOf(experiment, series.competitor), isBase = other === series;
  const found = other && !isBase ? ratio(series, other, ranksOf(index, experiment)) : null, time = estimateTimes(series, ranksOf(index, experiment));
  const told = verdict(found, experiment.level[series.cell]);
  const ratios = other ? byBlock(series, other) : [], known = isKnown(index.space, composition);
  return <Drawer title={label} onClose={onClose}>
    <p class="lead">{op}, {pattern}, {scale.toLocaleString("en")} entries, keys {key}, hash {hash}, allocator {allocator}{setting && `, ${settingText(setting)}`}</p>
    <dl class="facts">
      <div><dt>ns an operation</dt><dd>{withInterval(time)}</dd></div>
      {found && <div><dt>over {baseline.name}</dt><dd>{withInterval(found)} <span class={`verdict ${classOf(told)}`}>{markOf(told)} {told}</span></dd></div>}
      {isBase && <div><dt>over {baseline.name}</dt><dd>1, it is the baseline</dd></div>}
      <div><dt>bytes/entry, own</dt><dd>{digits(series.own)}</dd></div>
      {series.allocated && <div><dt>bytes/entry, allocated</dt><dd>{digits(bytesOf(series, "allocated"))}</dd></div>}
      <div><dt>bytes/entry, resident</dt><dd>{digits(series.resident)}</dd></div>
      <div><dt>the map uses</dt><dd>{sizeText(series.used)}</dd></div>
      {series.full > 0 && <div><dt>arrays by malloc</dt><dd>{(100 * series.full).toFixed(1)} %: its pool was full</dd></div>}
    </dl>
    <h3>Raw samples</h3>
    {more ? <><Samples {...{ series, samples: more.samples[number], other, label, baseline }} />
      <details><summary>as a table</summary><table class="plain samples"><thead><tr><th>block</th><th>samples, ns</th><th>median</th>
        {other && !isBase && <><th>{baseline.name}</th><th>ratio</th></>}</tr></thead>
        <tbody>{more.samples[number].map((taken, block) => <tr><td>{block + 1}</td><td>{taken.join("  ") || "–"}</td><td>{series.ns[block] ?? "–"}</td>
          {other && !isBase && <><td>{other.ns[block] ?? "–"}</td><td>{digits(ratios[block])}</td></>}</tr>)}</tbody></table></details></> : <Loading />}
    <h3>Measure it again</h3>
    {known && isAsked(experiment, series) ? <Copied text={repeats(experiment, series, baseline)} /> : known ? <p>Only a plan can say {setting}; it is in that of the whole experiment.</p> : <p>{composition} is not of this tree{summary.contributor ? "" : "; results/ tells how it was measured"}.</p>}
    {summary.plan && <><p>The whole experiment:</p><Copied text={summary.plan} /></>}
    {known && <><h3>What it is made of, and its sources</h3><ul class="sources">{composition.split("+").map(word => {
      const where = index.space.peers.some(one => one.name === word) ? `peers/${word}` : `variants/${word}`;
      return <li><Link state={state} to={{ source: where }} class="pill">{word}</Link> {partMeans(index.space, word)}</li>;
    })}</ul></>}
    {more?.levels[number] && <Levels shape={more.levels[number]} />}
    <Origin {...{ index, summary }} />
    <p class="origin">{summary.compilers ?? experiment.compilers}</p>
  </Drawer>;
}

// The files of a variant or a peer.
export function Source({ state, index, onClose }) {
  const [sources] = useData("sources");
  const name = state.source, files = sources && Object.hasOwn(sources, name) ? sources[name] : null;
  const answers = index.space.families.flatMap(family => family.parts.flatMap(part =>
    part.answers.filter(one => `variants/${one.variant}` === name).map(one => ({ ...one, part }))));
  const parent = answers[0]?.parent;
  return <Drawer title={name} onClose={onClose}>
    {answers.map(one => <p class="lead"><code>{one.part.part}</code> {one.part.question}{one.change && <> <b>{one.change}.</b></>}</p>)}
    {parent && <p>One step from <Link state={state} to={{ source: `variants/${parent}` }} class="pill">{parent}</Link></p>}
    {!sources ? <Loading /> : !files ? <p>There is no {name} in this tree.</p> :
      Object.entries(files).map(([file, text]) => <section><h3>{name}/{file}</h3><pre class="source" tabIndex={0}>{text}</pre></section>)}
  </Drawer>;
}
