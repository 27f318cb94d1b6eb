// What several views have: links, choices, the head of a view.
import { useId } from "preact/hooks";
import { link, go } from "./address.js";
import { ALL, baselineOf, choices, valuesOf } from "./choice.js";
import { OP_MEANS, byName, scaleText, settingText, shortCpu } from "./words.js";

export const Link = ({ state, to, children, ...more }) => <a href={link(state, to)} {...more}>{children}</a>;

// The label stands beside the list and not around it, so that its name is not that of all options.
export function Select({ label, value, options, onChange }) {
  const id = useId();
  return <div class="choice"><label for={id}>{label}</label>
    <select id={id} value={value} onChange={event => onChange(event.target.value)}>
      {options.map(one => one.group ?
        <optgroup label={one.group}>{one.options.map(([key, text]) => <option value={key} selected={key === value}>{text}</option>)}</optgroup> :
        <option value={one[0]} selected={one[0] === value}>{one[1]}</option>)}
    </select></div>;
}

// All experiments that have cells, by machine; a contributor's are marked.
export function experimentOptions(index) {
  const groups = new Map();
  for (const one of index.experiments.filter(one => !one.report)) {
    const machine = index.machines[one.machine];
    const group = one.contributor ? `contributed: ${one.contributor} (${shortCpu(machine)})` : machineText(index, one.machine);
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push([one.file, `${one.name}: ${shortened(one.about) || one.started.slice(0, 10)}`]);
  }
  return [...groups].map(([group, options]) => ({ group, options: options.sort((a, b) => byName(a[1], b[1])) }));
}

const MOST = 60; // letters of what an experiment is about, in a list
const shortened = text => text.length <= MOST ? text : `${text.slice(0, text.lastIndexOf(" ", MOST))} …`;

// Machines of one kind are told apart by their caches, and if these are alike by where their names begin to differ.
export function machineText(index, id) {
  const kind = ({ cpu, caches: { L2 }, contributor }) => `${shortCpu({ cpu })}${L2 ? `, L2 ${L2 >= 2 ** 20 ? `${L2 / 2 ** 20} MiB` : `${L2 / 2 ** 10} KiB`}` : ""}${contributor ? "" : ", ours"}`;
  const mine = kind(index.machines[id]), alike = Object.values(index.machines).filter(one => kind(one) === mine);
  return alike.length > 1 ? `${mine} (${id.slice(0, 4)})` : mine;
}

export const summaryOf = (index, file) => index.experiments.find(one => one.file === file && !one.report);

// The experiment that a view begins with: of those that have what it shows, the best known.
export function usualExperiment(index, view) {
  return (summaryOf(index, view === "scale" ? "suite" : "fixes") ?? index.experiments.find(one => !one.report))?.file;
}

const LABELS = { op: "operation", pattern: "order of keys", scale: "entries", key: "key", setting: "setting",
                 hash: "hash", allocator: "allocator" };
const VALUE_TEXT = { scale: scaleText, setting: setting => settingText(setting) || "the usual" };
const valueText = (name, value) => (VALUE_TEXT[name] ?? String)(value);
const ALL_TEXT = { op: "all operations", pattern: "all orders", scale: "all sizes", key: "all kinds", setting: "all settings", hash: "all hashes",
                   allocator: "all allocators" };

// The choices that this experiment leaves; made: as choices() made them.
export function Choices({ state, index, experiment, summary, made = experiment ? choices(experiment, state) : [], baseline = true, hide = [], name = "experiment", children }) {
  const base = experiment && baselineOf(experiment, summary, state), shown = made.filter(({ name }) => !hide.includes(name));
  const open = shown.filter(({ values }) => values.length > 1), fixed = shown.filter(({ values: [only, ...more] }) => !more.length && only !== "");
  return <form class="choices" onSubmit={event => event.preventDefault()} aria-label="what is shown">
    <Select label={name} value={state.x ?? usualExperiment(index, state.view)} options={experimentOptions(index)}
      onChange={x => go(state, { x, point: null, base: null, by: null, lines: null })} />
    {open.map(({ name, values, value, mayBeAll }) =>
      <Select label={LABELS[name]} value={String(value)} onChange={value => go(state, { [name]: value })}
        options={[...values.map(each => [String(each), valueText(name, each)]), ...(mayBeAll ? [[ALL, ALL_TEXT[name]]] : [])]} />)}
    {experiment && baseline && ["hash", "allocator"].some(name => valuesOf(experiment, name).length > 1) &&
      <Select label="compare" value={base.field} onChange={by => go(state, { by: by === "variant" ? null : by, base: null })}
        options={[["variant", "layouts"], ...["hash", "allocator"].filter(name => valuesOf(experiment, name).length > 1)
          .map(name => [name, name === "hash" ? "hashes" : "allocators"])]} />}
    {experiment && baseline && <Select label="baseline" value={base.name} options={base.values.map(name => [name, name])}
      onChange={name => go(state, { base: name })} />}
    {children}
    {summary && <p class="fixed"><b>{summary.name}</b>{summary.about && <>: {summary.about}</>}
      {fixed.map(({ name, value }) => ` · ${LABELS[name]} ${valueText(name, value)}`)}</p>}
  </form>;
}

export function Head({ title, children }) {
  return <header class="head"><h2>{title}</h2><p>{children}</p></header>;
}

export const Loading = () => <p class="loading" role="status">loading…</p>;

export function Origin({ index, summary, name = "Experiment" }) {
  const machine = index.machines[summary.machine];
  return <p class="origin">
    {summary.contributor && <strong class="badge">contributed: {summary.contributor}</strong>}
    {" "}{name}: {summary.name} ({summary.id}), {summary.started.slice(0, 10)}, on {machineText(index, summary.machine)}, {machine.cores} cores
    {machine.virtual ? ", virtual" : ""}; commit {summary.commit.slice(0, 12) || "unknown"}{summary.dirty ? " with changes" : ""}
    {summary.failed ? `; ${summary.failed} processes failed` : ""}.
    {summary.sequential && " Blocks were added until it was decided, so its intervals are those of a confidence sequence."}
  </p>;
}

export const opText = op => op === ALL ? "All operations" : `Operation ${op}${OP_MEANS[op] ? `: ${OP_MEANS[op]}` : ""}`;
