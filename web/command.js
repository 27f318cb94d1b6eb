// The command that measures a point again, and what it must be quoted as in a shell.
const PLAIN = /^[\w.+=@,:/-]+$/;
const DEFAULTS = { POOL_SLOTS: "0", PIN: "none", TURNS: "none" };

export const quoted = word => PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

// Can this tree build it?  A composition names directories that it has.
export function isKnown(space, composition) {
  const known = new Set([...space.cores, ...space.peers].map(one => one.name));
  for (const family of space.families)
    for (const part of family.parts) for (const answer of part.answers) known.add(answer.variant);
  return composition.split("+").every(word => known.has(word));
}

// Is all that the cell was told besides the usual a setting of make's?
export const isAsked = (experiment, series) => experiment.cells[series.cell][4].split(",").filter(Boolean)
  .every(word => word.split("=")[0].toUpperCase() in (experiment.grids[series.grid] ?? {}));

// `make ...` for one competitor in one cell, beside the baseline.
export function repeats(experiment, series, baseline) {
  const [op, pattern, scale, key] = experiment.cells[series.cell];
  const [variant, hash, allocator] = experiment.competitors[series.competitor];
  const beside = (field, own) => baseline.field === field && baseline.name !== own ? `${own},${baseline.name}` : own;
  const against = baseline.field === "variant" && baseline.name !== variant ? { AGAINST: baseline.name } : {};
  const grid = Object.fromEntries(Object.entries(experiment.grids[series.grid] ?? {})
    .filter(([name, value]) => DEFAULTS[name] !== value));
  const settings = { VARIANT: variant, ...against, OPS: op, PATTERNS: pattern, SCALES: scale, KEY: key,
                     HASH: beside("hash", hash), ALLOC: beside("allocator", allocator), ...grid };
  return ["make", ...Object.entries(settings).map(([name, value]) => `${name}=${quoted(String(value))}`),
          "experiment"].join(" ");
}
