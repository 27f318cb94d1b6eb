// Which cells of an experiment are chosen: by operation, pattern, scale, key and setting (what its
// processes were told besides, mostly nothing), and by the competitors' hash and allocator.  Each is one value or all;
// what the address does not say is the usual value, where there is one.
import { byName, inOrder } from "./words.js";

export const ALL = "all";
const CELL = ["op", "pattern", "scale", "key", "setting"];
export const CHOICES = [...CELL, "hash", "allocator"];
const USUAL = { op: ["get", "put"], pattern: ["shuffled"], scale: [100000, 10000], key: ["u64"], setting: [""],
                hash: ["xxh3"], allocator: ["glibc"] };

function valueOf(experiment, series, name) {
  if (CELL.includes(name)) return experiment.cells[series.cell][CELL.indexOf(name)];
  return experiment.competitors[series.competitor][name === "hash" ? 1 : 2];
}

export const valuesOf = (experiment, name, those = experiment.series) =>
  [...new Set(those.map(one => valueOf(experiment, one, name)))].sort(inOrder[name] ?? byName);

// What can be chosen, and what is: [{ name, values, value, mayBeAll }], value being one of the values or ALL.  Each
// name has the values that the choices before it leave, so that there is always something of what is chosen; what
// cannot be chosen is as if it had not been said.  An operation has settings of its own, so all operations have all.
// one: names that need one value.
export function choices(experiment, state, one = []) {
  const made = [];
  let left = experiment.series;
  for (const name of CHOICES) {
    const values = valuesOf(experiment, name, left), mayBeAll = !one.includes(name), asked = state[name];
    const everyOf = name === "setting" && made[0].value === ALL && mayBeAll;
    const usual = everyOf ? ALL : USUAL[name].find(each => values.includes(each));
    const found = asked === ALL && mayBeAll ? ALL : values.find(each => String(each) === asked);
    const value = found ?? usual ?? values.at(-1);
    made.push({ name, values, value, mayBeAll });
    if (value !== ALL) left = left.filter(each => valueOf(experiment, each, name) === value);
  }
  return made;
}

export const chosenOf = made => Object.fromEntries(made.map(({ name, value }) => [name, value]));
export const chosen = (experiment, state) => chosenOf(choices(experiment, state));

// Whether a cell is among those that are chosen.
export const isChosen = (cell, choice) =>
  CELL.every((name, place) => [ALL, undefined, cell[place]].includes(choice[name]));

export const fits = (experiment, series, choice) =>
  CHOICES.every(name => choice[name] === ALL || choice[name] === undefined
    || choice[name] === valueOf(experiment, series, name));

// A point is one competitor in one cell; its name in the address holds whatever else changes.
export function pointName(experiment, series) {
  return [...experiment.competitors[series.competitor].slice(0, 3), ...experiment.cells[series.cell]].join("~");
}

export const pointCalled = (experiment, name) =>
  experiment.series.findIndex(one => pointName(experiment, one) === name);

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
  return { field,
           name: values.includes(state.base) ? state.base : usual.find(name => values.includes(name)) ?? values[0],
           values: values.sort(byName) };
}
