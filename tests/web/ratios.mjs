// Reads experiments as the page has them and baselines from standard input; prints the ratios that web/ratios.js makes.
import { readFileSync } from "node:fs";
import { chosen, fits, pointCalled, valuesOf } from "../../web/choice.js";
import { isAsked } from "../../web/command.js";
import { QUESTIONS } from "../../web/questions.js";
import { bytesOf } from "../../web/rows.js";
import { byBlock, estimateTimes, indexOf, meanOfCells, pareto, partner, ranksOf, ratio, verdict }
  from "../../web/ratios.js";

const { experiments, ranks: every, points } = JSON.parse(readFileSync(0, "utf8"));
const listed = found => found && [found.median, found.low, found.high, found.count];

// What is chosen where a reader asked for each operation and size, and which of the series fit it.
const selections = experiment => valuesOf(experiment, "op").flatMap(op => valuesOf(experiment, "scale").map(scale => {
  const choice = chosen(experiment, { op, scale: String(scale) });
  return [op, choice.op, experiment.series.filter(one => fits(experiment, one, choice)).length];
}));

// What a question asks for that its experiment has not.
function missing({ x, b, op, scale, base, point }) {
  const files = [x, b].filter(Boolean);
  const found = files.map(file => experiments.map(one => one.experiment).find(one => one.name === file));
  return found.flatMap(one => !one ? ["no experiment"] : [
    ...(op && chosen(one, { op, scale }).op !== op ? [op] : []),
    ...(scale && String(chosen(one, { op, scale }).scale) !== scale ? [scale] : []),
    ...(base && !one.competitors.some(each => each[0] === base) ? [base] : []),
    ...(point && pointCalled(one, point) < 0 ? [point] : [])]);
}

console.log(JSON.stringify({
  questions: QUESTIONS.map(([text, to]) => [text, missing(to)]),
  front: pareto(points.map(([x, y]) => ({ x, y }))).map(({ x, y }) => [x, y]),
  experiments: experiments.map(({ experiment, baseline }) => {
    const index = indexOf(experiment), ranks = ranksOf({ ranks: every }, experiment),
          cells = {}, means = {}, groups = new Map();
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
    return { times, cells, means, selections: selections(experiment),
             asked: experiment.series.every(one => isAsked(experiment, one)),
             allocated: experiment.series.map(one => [one.own, one.allocated, bytesOf(one, "allocated")]) };
  }),
}));
