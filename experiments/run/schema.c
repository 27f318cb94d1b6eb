/* schema.c - see schema.h.
 *
 * What repeats is stored once and referred to: a process refers to its cell, a cell to its build,
 * and processes whose maps were alike to one tree.
 *
 * Ids mean the same in all stores, so that stores can be merged: a machine, a build and a tree are
 * called by a digest of what they are, an experiment by one of its plan, sources, builds and kind
 * of machine, and by how often it was measured, a run by its experiment and its place (slot) in the
 * experiment's schedule.
 *
 * Times are ISO 8601, UTC.  A column that holds nothing is NULL, never 0; where nothing is an
 * answer too (a cell without parameters) it is ''. */
#include "schema.h"

#include <stddef.h>

const char *const schema[] = {
    "CREATE TABLE machine ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  cpu TEXT NOT NULL,"
    "  cores INTEGER NOT NULL CHECK (cores > 0),"
    "  memory_bytes INTEGER NOT NULL,"
    "  os TEXT NOT NULL,"
    "  kernel TEXT NOT NULL,"
    "  page_size INTEGER NOT NULL CHECK (page_size > 0),"
    "  thp TEXT NOT NULL," /* transparent huge pages: always, madvise, never, none */
    "  hardware_counters TEXT NOT NULL CHECK (json_valid(hardware_counters)),"
    "  software_counters TEXT NOT NULL CHECK (json_valid(software_counters)),"
    "  virtualised INTEGER CHECK (virtualised IN (0, 1)),"
    "  caches TEXT NOT NULL CHECK (json_valid(caches))"
    ") STRICT",

    "CREATE TABLE tree (" /* the statistics of a map */
    "  digest TEXT PRIMARY KEY NOT NULL,"
    "  shape TEXT NOT NULL CHECK (json_valid(shape))"
    ") STRICT",

    "CREATE TABLE build ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  program TEXT NOT NULL," /* map, or another that speaks the cell's protocol */
    "  variant TEXT NOT NULL," /* as it was asked for; of another program, its name */
    "  composition TEXT,"
    "  hash TEXT,"
    "  key TEXT,"
    "  compiler TEXT NOT NULL,"
    "  cflags TEXT NOT NULL,"
    "  identity TEXT NOT NULL CHECK (json_valid(identity))," /* all that it says of itself */
    "  binary_digest TEXT NOT NULL,"
    "  CHECK (program <> 'map' OR (composition IS NOT NULL AND hash IS NOT NULL AND"
    "                              key IS NOT NULL))"
    ") STRICT",

    "CREATE TABLE experiment ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  name TEXT,"
    "  settings TEXT NOT NULL," /* the plan, in full */
    "  plan_digest TEXT NOT NULL,"
    "  builds_digest TEXT NOT NULL,"                  /* of its builds and libraries */
    "  planned INTEGER NOT NULL CHECK (planned > 0)," /* runs */
    "  machine TEXT NOT NULL REFERENCES machine (id),"
    "  source_commit TEXT,"
    "  dirty INTEGER NOT NULL CHECK (dirty IN (0, 1)),"
    "  diff_digest TEXT,"
    "  started TEXT NOT NULL,"
    "  finished TEXT,"
    "  status TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'finished')),"
    "  CHECK ((status = 'finished') = (finished IS NOT NULL))"
    ") STRICT",

    "CREATE TABLE cell (" /* one point of the plan: all that its processes have in common */
    "  experiment TEXT NOT NULL REFERENCES experiment (id),"
    "  cell INTEGER NOT NULL CHECK (cell >= 0)," /* its number: place in the plan */
    "  build TEXT NOT NULL REFERENCES build (id),"
    "  op TEXT NOT NULL,"
    "  pattern TEXT NOT NULL,"
    "  scale INTEGER NOT NULL CHECK (scale > 0)," /* entries */
    "  allocator_asked TEXT NOT NULL,"
    "  parameters TEXT NOT NULL,"   /* name=value name=value, by name */
    "  plan_seed INTEGER NOT NULL," /* SEED */
    "  PRIMARY KEY (experiment, cell)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE run (" /* one process: one replicate of one cell */
    "  experiment TEXT NOT NULL REFERENCES experiment (id),"
    "  slot INTEGER NOT NULL CHECK (slot >= 0)," /* place in the schedule */
    "  cell INTEGER NOT NULL,"
    "  block INTEGER NOT NULL CHECK (block >= 0),"
    "  position INTEGER NOT NULL CHECK (position >= 0)," /* tried again: one after the block's */
    "  seed INTEGER,"                                    /* of the trace, from SEED and the block */
    "  hash_seed INTEGER,"
    "  status TEXT NOT NULL CHECK (status IN ('ok', 'wrong', 'crash', 'timeout', 'nomemory',"
    "                                         'malformed', 'skipped')),"
    "  detail TEXT,"    /* what went wrong */
    "  allocator TEXT," /* as the process reported it */
    "  seconds REAL,"   /* wall time that the process took, without the turns of others */
    "  peak_rss_bytes INTEGER,"
    "  bytes_per_entry REAL,"
    "  rss_per_entry REAL,"
    "  checksum TEXT,"
    "  tree TEXT REFERENCES tree (digest),"
    "  started TEXT,"
    "  machine TEXT REFERENCES machine (id)," /* NULL: the experiment's */
    "  PRIMARY KEY (experiment, slot),"
    "  FOREIGN KEY (experiment, cell) REFERENCES cell (experiment, cell),"
    "  CHECK ((status = 'ok') = (detail IS NULL))"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE sample ("
    "  experiment TEXT NOT NULL,"
    "  slot INTEGER NOT NULL,"
    "  number INTEGER NOT NULL CHECK (number >= 0)," /* within the process: not independent */
    "  ns_per_op REAL NOT NULL CHECK (ns_per_op >= 0),"
    "  ops INTEGER CHECK (ops > 0),"
    "  repeats INTEGER CHECK (repeats > 0),"
    "  PRIMARY KEY (experiment, slot, number),"
    "  FOREIGN KEY (experiment, slot) REFERENCES run (experiment, slot)"
    ") STRICT, WITHOUT ROWID",

    "CREATE TABLE value (" /* what a process reports beside times: a count, a size, ... */
    "  experiment TEXT NOT NULL,"
    "  slot INTEGER NOT NULL,"
    "  name TEXT NOT NULL,"
    "  value REAL NOT NULL,"
    "  PRIMARY KEY (experiment, slot, name),"
    "  FOREIGN KEY (experiment, slot) REFERENCES run (experiment, slot)"
    ") STRICT, WITHOUT ROWID",

    /* Every run with what it was a run of. */
    "CREATE VIEW process AS"
    "  SELECT printf('%s/%08d', run.experiment, slot) AS id, run.experiment, slot, run.cell, build,"
    "         program, variant, composition, hash, key, op, pattern, scale, allocator_asked,"
    "         allocator, parameters, plan_seed, seed, hash_seed, block, position, run.status, "
    "detail,"
    "         seconds, peak_rss_bytes, bytes_per_entry, rss_per_entry, checksum,"
    "         shape AS tree, run.started, ifnull(run.machine, experiment.machine) AS machine"
    "  FROM run"
    "  JOIN experiment ON experiment.id = run.experiment"
    "  JOIN cell ON cell.experiment = run.experiment AND cell.cell = run.cell"
    "  JOIN build ON build.id = cell.build"
    "  LEFT JOIN tree ON tree.digest = run.tree",

    /* Every good sample with all that tells where it comes from: what an analysis starts with. */
    "CREATE VIEW measurement AS"
    "  SELECT experiment.id AS experiment, experiment.name, process.machine, machine.cpu,"
    "         experiment.source_commit, experiment.dirty, process.id AS run, process.build,"
    "         program, variant, composition, hash, key, op, pattern, scale, allocator_asked,"
    "         allocator, parameters, plan_seed, seed, block, position, sample.number,"
    "         sample.ns_per_op, sample.ops, sample.repeats, bytes_per_entry, rss_per_entry,"
    "         peak_rss_bytes, tree"
    "  FROM sample"
    "  JOIN process ON process.experiment = sample.experiment AND process.slot = sample.slot"
    "  JOIN experiment ON experiment.id = process.experiment"
    "  JOIN machine ON machine.id = process.machine"
    "  WHERE process.status = 'ok'",

    NULL};

/* What is stored stays as it is; only an experiment that was not finished may be by now. */
#define STAYS "ON CONFLICT DO NOTHING"

const struct schema_table schema_tables[SCHEMA_TABLES + 1] = {
    {"machine", false, FORM_ROW,
     "WHERE id IN (SELECT machine FROM experiment WHERE id = ?1 UNION"
     " SELECT machine FROM run WHERE experiment = ?1) ORDER BY id",
     STAYS},
    {"tree", false, FORM_FIGURES,
     "WHERE digest IN (SELECT tree FROM run WHERE experiment = ?1) ORDER BY digest", STAYS},
    {"build", false, FORM_ROW,
     "WHERE id IN (SELECT build FROM cell WHERE experiment = ?1) ORDER BY id", STAYS},
    {"experiment", false, FORM_ROW, "WHERE id = ?1",
     "ON CONFLICT (id) DO UPDATE SET status = excluded.status, finished = excluded.finished"
     " WHERE experiment.status <> 'finished'"},
    {"cell", true, FORM_ROW, "WHERE experiment = ?1 ORDER BY cell", STAYS},
    {"run", true, FORM_ROW, "WHERE experiment = ?1 ORDER BY slot", STAYS},
    {"sample", true, FORM_SERIES, "WHERE experiment = ?1 ORDER BY slot, number", STAYS},
    {"value", true, FORM_WIDE, "WHERE experiment = ?1", STAYS},
    {NULL, false, FORM_ROW, NULL, NULL}};
