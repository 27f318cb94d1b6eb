// A row for each competitor over the chosen cells: its time, its ratio to the baseline, its memory.
import { byBlock, estimateTimes, indexOf, meanOfCells, partner, ratio, verdict } from "./ratios.js";
import { fits, labelOf } from "./choice.js";

export const MEMORY = ["own", "allocated", "resident"]; // bytes an entry, as who sees them

// Of a series.  Older results lack in `allocated` what a map has from the system without malloc; such a map says that
// it holds more than was allocated, and then this tells nothing of its size.
export const bytesOf = (series, name) => name === "allocated" && series.own > series.allocated ? null : series[name];

const geometric = values => Math.exp(values.reduce((sum, one) => sum + Math.log(one), 0) / values.length);
const meanOf = values => values.length && values.every(one => one > 0) ? geometric(values) : null;

export function rowsOf(experiment, choice, baseline, ranks) {
  const index = indexOf(experiment), levelOf = one => experiment.level[one.cell], groups = new Map();
  for (const one of experiment.series.filter(one => fits(experiment, one, choice))) {
    if (!groups.has(one.competitor)) groups.set(one.competitor, []);
    groups.get(one.competitor).push(one);
  }
  return [...groups].map(([competitor, series]) => {
    const pairs = series.map(one => [one, partner(experiment, index, one, baseline)]).filter(([, other]) => other);
    const isBase = pairs.length > 0 && pairs.every(([one, other]) => one === other);
    const mean = isBase ? null : meanOfCells(pairs.map(([one, other]) => byBlock(one, other)), ranks);
    return {
      competitor, series, isBase, label: labelOf(experiment, competitor),
      variant: experiment.competitors[competitor][0], composition: experiment.competitors[competitor][3],
      time: series.length === 1 ? estimateTimes(series[0], ranks) : null, ratio: mean,
      verdict: verdict(mean, series.length === 1 ? levelOf(series[0]) : 0),
      marks: isBase ? [] : pairs.map(([one, other]) => verdict(ratio(one, other, ranks), levelOf(one))),
      cells: series.length, pairs: pairs.length,
      ...Object.fromEntries(MEMORY.map(name => [name, meanOf(series.map(one => bytesOf(one, name)))])),
      full: Math.max(...series.map(one => one.full ?? 0)),
    };
  });
}

