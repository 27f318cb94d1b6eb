/* schema.c - see schema.h.
 *
 * Ids are texts that do not collide between stores, so that stores can be merged: a machine and a
 * build are called by a digest of what they are, an experiment by its start and a random number, a
 * run by its experiment and its place (slot) in the experiment's schedule.
 *
 * Times are ISO 8601, UTC.  A column that holds nothing is NULL, never 0 or ''. */
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

    "CREATE TABLE build ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  variant TEXT NOT NULL," /* as it was asked for */
    "  composition TEXT NOT NULL,"
    "  hash TEXT NOT NULL,"
    "  key TEXT NOT NULL,"
    "  compiler TEXT NOT NULL,"
    "  cflags TEXT NOT NULL,"
    "  identity TEXT NOT NULL CHECK (json_valid(identity))," /* all that the program says of itself
                                                              */
    "  binary_digest TEXT NOT NULL"
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

    "CREATE TABLE run (" /* one process: one replicate of one cell */
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  experiment TEXT NOT NULL REFERENCES experiment (id),"
    "  slot INTEGER NOT NULL CHECK (slot >= 0)," /* place in the schedule */
    "  build TEXT NOT NULL REFERENCES build (id),"
    "  variant TEXT NOT NULL,"
    "  composition TEXT NOT NULL,"
    "  hash TEXT NOT NULL,"
    "  key TEXT NOT NULL,"
    "  op TEXT NOT NULL,"
    "  pattern TEXT NOT NULL,"
    "  scale INTEGER NOT NULL CHECK (scale > 0)," /* entries */
    "  allocator_asked TEXT NOT NULL,"
    "  allocator TEXT," /* as the process reported it */
    "  pool_slots INTEGER,"
    "  plan_seed INTEGER NOT NULL," /* SEED */
    "  seed INTEGER NOT NULL,"      /* of the block's trace, from SEED and the block */
    "  hash_seed INTEGER,"
    "  block INTEGER NOT NULL CHECK (block >= 0),"
    "  position INTEGER NOT NULL CHECK (position >= 0)," /* tried again: one after the block's */
    "  status TEXT NOT NULL CHECK (status IN ('ok', 'wrong', 'crash', 'timeout', 'nomemory',"
    "                                         'malformed', 'skipped')),"
    "  detail TEXT,"  /* what went wrong */
    "  seconds REAL," /* wall time of the process */
    "  peak_rss_bytes INTEGER,"
    "  bytes_per_entry REAL,"
    "  rss_per_entry REAL,"
    "  checksum TEXT,"
    "  tree TEXT CHECK (tree IS NULL OR json_valid(tree)),"
    "  started TEXT,"
    "  UNIQUE (experiment, slot),"
    "  CHECK ((status = 'ok') = (detail IS NULL)),"
    "  CHECK (status <> 'ok' OR (checksum IS NOT NULL AND seconds IS NOT NULL))"
    ") STRICT",

    "CREATE TABLE sample ("
    "  run TEXT NOT NULL REFERENCES run (id),"
    "  number INTEGER NOT NULL CHECK (number >= 0)," /* within the process: not independent */
    "  ns_per_op REAL NOT NULL CHECK (ns_per_op >= 0),"
    "  ops INTEGER NOT NULL CHECK (ops > 0),"
    "  repeats INTEGER NOT NULL CHECK (repeats > 0),"
    "  PRIMARY KEY (run, number)"
    ") STRICT, WITHOUT ROWID",

    /* Every good sample with all that tells where it comes from: what an analysis starts with. */
    "CREATE VIEW measurement AS"
    "  SELECT experiment.id AS experiment, experiment.name, experiment.machine, machine.cpu,"
    "         experiment.source_commit, experiment.dirty, run.id AS run, run.build, run.variant,"
    "         run.composition, run.hash, run.key, run.op, run.pattern, run.scale, run.allocator,"
    "         run.pool_slots, run.plan_seed, run.seed, run.block, run.position, sample.number,"
    "         sample.ns_per_op, sample.ops, sample.repeats, run.bytes_per_entry,"
    "         run.rss_per_entry, run.peak_rss_bytes, run.tree"
    "  FROM sample"
    "  JOIN run ON run.id = sample.run"
    "  JOIN experiment ON experiment.id = run.experiment"
    "  JOIN machine ON machine.id = experiment.machine"
    "  WHERE run.status = 'ok'",

    NULL};

/* What is stored stays as it is; only an experiment that was not finished may be by now. */
#define STAYS "ON CONFLICT DO NOTHING"

const struct schema_table schema_tables[SCHEMA_TABLES + 1] = {
    {"machine", "WHERE id = (SELECT machine FROM experiment WHERE id = ?1)", STAYS},
    {"build", "WHERE id IN (SELECT build FROM run WHERE experiment = ?1) ORDER BY id", STAYS},
    {"experiment", "WHERE id = ?1",
     "ON CONFLICT (id) DO UPDATE SET status = excluded.status, finished = excluded.finished"
     " WHERE experiment.status <> 'finished'"},
    {"run", "WHERE experiment = ?1 ORDER BY slot", STAYS},
    {"sample", "WHERE run IN (SELECT id FROM run WHERE experiment = ?1) ORDER BY run, number",
     STAYS},
    {NULL, NULL, NULL}};
