// Every stored experiment of every machine; those that time no map open the report that the lab prints of them.
import { go, link } from "../address.js";
import { useData } from "../data.js";
import { Head, Link, Loading, machineText } from "../parts.jsx";
import { byName, cachesText, count, sizeText } from "../words.js";
import { Copied, Drawer } from "./point.jsx";

function Report({ name, experiment, onClose }) {
  const [reports] = useData("reports");
  return <Drawer title={experiment.name} onClose={onClose}>
    {experiment.plan && <><p>Measured, or printed, by</p><Copied text={experiment.plan} /></>}
    <p>Every sample: <code>results/runs/{experiment.name}/</code></p>
    {reports ? <pre class="source" tabIndex={0}>{reports[name]}</pre> : <Loading />}
  </Drawer>;
}

export function Stored({ state, index }) {
  const machines = Object.values(index.machines), shown = index.experiments.find(one => one.report && one.name === state.report);
  return <>
    <Head title="What is stored?">{index.experiments.length} experiments of {machines.length} machine{machines.length > 1 ? "s" : ""}, {count(index.experiments.reduce((sum, one) => sum + one.processes, 0))} processes. Times of
      different machines are never set beside each other, only ratios.</Head>
    {machines.map(machine => <section class="family"><h3 class="wide">{machineText(index, machine.id)} {machine.contributor && <strong class="badge">contributed: {machine.contributor}</strong>}</h3>
      <p class="note">{machine.cores} cores{machine.virtual ? ", virtual" : ""}; {sizeText(machine.memory)} of memory; {cachesText(machine)}; {machine.os}; {machine.kernel}; machine {machine.id}</p>
      <ul class="stored">{index.experiments.filter(one => one.machine === machine.id).sort((a, b) => Boolean(a.report) - Boolean(b.report) || byName(a.name, b.name)).map(one => <li>
        {one.report ? <Link state={state} to={{ report: one.name }} class="title">{one.name}</Link> : <a class="title" href={link({}, { x: one.file })}>{one.name}</a>}
        <span>{one.about && <b>{one.about}{one.about.endsWith("?") ? "" : "."} </b>}{one.started.slice(0, 10)}, {count(one.processes)} processes{one.report ? "; a report" : `, ${one.variants.length} layouts in ${one.cells.length} cells: ${one.ops.join(", ")}`}{one.status === "finished" ? "" : `, ${one.status}`}</span></li>)}</ul>
    </section>)}
    {shown && <Report name={shown.report} experiment={shown} onClose={() => go(state, { report: null })} />}
  </>;
}
