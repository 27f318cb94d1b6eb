// Which cells of an experiment are chosen: by operation, pattern, scale, key and setting (what its
// processes were told besides, mostly nothing), and by the competitors' hash and allocator.  Each is one value or all; what the address does not say is the usual value, where there is one.
import { byName, inOrder } from "./words.js";

export const ALL = "all";
const CELL = ["op", "pattern", "scale", "key", "setting"];
export const CHOICES = [...CELL, "hash", "allocator"];
const USUAL = { op: ["get", "put"], pattern: ["shuffled"], scale: [100000, 10000], key: ["u64"], setting: [""], hash: ["xxh3"],
                allocator: ["glibc"] };

export function valuesOf(experiment, name) {
  const values = CELL.includes(name) ? experiment.cells.map(cell => cell[CELL.indexOf(name)]) :
    experiment.competitors.map(one => one[name === "hash" ? 1 : 2]);
  return [...new Set(values)].sort(inOrder[name] ?? byName);
}

// {name: value or ALL}; what cannot be chosen here is as if it had not been said.  one: names that need one value.
export function chosen(experiment, state, one = []) {
  return Object.fromEntries(CHOICES.map(name => {
    const values = valuesOf(experiment, name), asked = state[name];
    const found = asked === ALL && !one.includes(name) ? ALL : values.find(value => String(value) === asked);
    return [name, found ?? USUAL[name].find(value => values.includes(value)) ?? values.at(-1)];
  }));
}

export function fits(experiment, series, choice) {
  const cell = experiment.cells[series.cell], [, hash, allocator] = experiment.competitors[series.competitor];
  const is = { op: cell[0], pattern: cell[1], scale: cell[2], key: cell[3], setting: cell[4], hash, allocator };
  return CHOICES.every(name => choice[name] === ALL || choice[name] === undefined || choice[name] === is[name]);
}

// A point is one competitor in one cell; its name in the address holds whatever else changes.
export function pointName(experiment, series) {
  return [...experiment.competitors[series.competitor].slice(0, 3), ...experiment.cells[series.cell]].join("~");
}

export const pointCalled = (experiment, name) => experiment.series.findIndex(one => pointName(experiment, one) === name);

// The competitor's name, with what does not hold for all alike.
export function labelOf(experiment, number) {
  const [variant, hash, allocator] = experiment.competitors[number];
  return [variant, ...(valuesOf(experiment, "hash").length > 1 ? [hash] : []),
          ...(valuesOf(experiment, "allocator").length > 1 ? [allocator] : [])].join(" ");
}

// {field, name} of what all is held against: the one that is asked for, or the experiment's own.
export function baselineOf(experiment, summary, state) {
  const field = ["hash", "allocator"].includes(state.by) ? state.by : "variant";
  const values = [...new Set(experiment.competitors.map(one => one[["variant", "hash", "allocator"].indexOf(field)]))];
  const usual = { variant: [summary.baseline, "reference"], hash: ["xxh3"], allocator: ["glibc"] }[field];
  return { field, name: values.includes(state.base) ? state.base : usual.find(name => values.includes(name)) ?? values[0],
           values: values.sort(byName) };
}
