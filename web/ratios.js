// Ratios of competitors that ran next to each other, as notebooks/lab/pairs.py takes them: here since the reader may
// choose any baseline.  tests/web/ratios_test.py holds the two against each other, on every stored experiment.
//
// ranks[n] is the rank by which n sorted values are cut off on either side; 0: they are too few for an interval.  It is
// that of the sign test (lab.stats.sign_test_rank), or where what was measured decided how much was measured that of a
// confidence sequence (lab.sequential.rank).

export const ranksOf = (index, experiment) => index.ranks[experiment.sequential ? "sequential" : "fixed"];

export const FIELDS = ["variant", "hash", "allocator"]; // of a competitor, what a baseline may differ in

const ordered = values => [...values].sort((a, b) => a - b);

function middle(sorted) {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// The median and its interval; low and high are null where there are too few values.
export function estimate(values, ranks) {
  const sorted = ordered(values), count = sorted.length, rank = ranks[count];
  if (!count) return null;
  return { median: middle(sorted), low: rank ? sorted[rank - 1] : null, high: rank ? sorted[count - rank] : null,
           count };
}

const there = value => value !== null && value !== undefined;

export const estimateTimes = (series, ranks) => estimate(series.ns.filter(there), ranks);

const key = (cell, competitor) => `${cell} ${competitor}`;

// Finds a series by the number of its cell and its competitor's variant, hash and allocator.
export function indexOf(experiment) {
  const numbers = new Map(experiment.competitors.map((one, number) => [one.slice(0, 3).join(" "), number]));
  const found = new Map(experiment.series.map(one => [key(one.cell, one.competitor), one]));
  return (cell, competitor) => found.get(key(cell, numbers.get(competitor.join(" "))));
}

// What a series is compared with: the one in its cell that differs from it in the baseline's field alone, where it is
// called baseline.name.  Itself, if it is called so; none if the two share no block.
export function partner(experiment, index, series, baseline) {
  const wanted = experiment.competitors[series.competitor].slice(0, 3);
  wanted[FIELDS.indexOf(baseline.field)] = baseline.name;
  const other = index(series.cell, wanted);
  return other?.ns.some((time, block) => there(time) && there(series.ns[block])) ? other : undefined;
}

// The ratio within a block: of the medians, or where the two took turns the median of the turns' ratios.
function within(series, other, block) {
  if (!series.turns || !other.turns) return series.ns[block] / other.ns[block];
  const turns = series.turns[block].slice(0, other.turns[block].length);
  return middle(ordered(turns.map((time, turn) => time / other.turns[block][turn])));
}

// A ratio for each block, null where one of the two has none.
export const byBlock = (series, other) =>
  series.ns.map((time, block) => there(time) && there(other.ns[block]) ? within(series, other, block) : null);

export const ratio = (series, other, ranks) => estimate(byBlock(series, other).filter(there), ranks);

// Of ratios by block of several cells: their geometric mean in each block that all have, estimated over these.
export function meanOfCells(cells, ranks) {
  if (!cells.length) return null;
  const blocks = cells[0].map((_, block) => cells.map(ratios => ratios[block])).filter(row => row.every(there));
  return estimate(blocks.map(row => Math.exp(row.reduce((sum, one) => sum + Math.log(one), 0) / row.length)), ranks);
}

export const FASTER = "faster", SLOWER = "slower", LEVEL = "level", UNDECIDED = "cannot tell";

// level: the share of 1 that counts as level, where an experiment was to decide that.
export function verdict(found, level = 0) {
  if (!found || !there(found.low)) return UNDECIDED;
  if (found.low > 1 || found.high < 1) return found.high < 1 ? FASTER : SLOWER;
  return level && found.low >= 1 / (1 + level) && found.high <= 1 + level ? LEVEL : UNDECIDED;
}

// Those points of which no other is at least as good in both x and y and better in one, by x.
export function pareto(points) {
  const front = [];
  for (const one of [...points].sort((a, b) => a.x - b.x || a.y - b.y))
    if (!front.length || one.y < front.at(-1).y) front.push(one);
  return front;
}
