// Reads experiments as the page has them and baselines from standard input; prints the ratios that web/ratios.js makes.
import { readFileSync } from "node:fs";
import { byBlock, estimateTimes, indexOf, meanOfCells, pareto, partner, ranksOf, ratio, verdict } from "../../web/ratios.js";

const { experiments, ranks: every, points } = JSON.parse(readFileSync(0, "utf8"));
const listed = found => found && [found.median, found.low, found.high, found.count];

console.log(JSON.stringify({
  front: pareto(points.map(([x, y]) => ({ x, y }))).map(({ x, y }) => [x, y]),
  experiments: experiments.map(({ experiment, baseline }) => {
    const index = indexOf(experiment), ranks = ranksOf({ ranks: every }, experiment), cells = {}, means = {}, groups = new Map();
    const times = experiment.series.map(one => listed(estimateTimes(one, ranks)));
    experiment.series.forEach((series, number) => {
      const other = partner(experiment, index, series, baseline);
      if (!other || other === series) return;
      const found = ratio(series, other, ranks), group = `${experiment.cells[series.cell][0]} ${series.competitor}`;
      cells[number] = [listed(found), verdict(found, experiment.level[series.cell])];
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(byBlock(series, other));
    });
    for (const [group, ratios] of groups) means[group] = listed(meanOfCells(ratios, ranks));
    return { times, cells, means };
  }),
}));
