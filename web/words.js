// How figures, places and verdicts are written, as notebooks/lab/printing.py writes them.
import { FASTER, LEVEL, SLOWER } from "./ratios.js";

export function digits(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

export function interval(found) {
  return found.low === null ? "[too few]" : `[${digits(found.low)} ${digits(found.high)}]`;
}

export const withInterval = found => found ? `${digits(found.median)} ${interval(found)}` : "–";

export const ofList = list => list && { median: list[0], low: list[1], high: list[2], count: list[3] };

export const scaleText = scale => scale >= 1e6 && scale % 1e6 === 0 ? `${scale / 1e6}M` :
  scale >= 1e3 && scale % 1e3 === 0 ? `${scale / 1e3}K` : String(scale);

export function sizeText(bytes) {
  if (bytes === null) return "–";
  for (const [unit, size] of [["G", 2 ** 30], ["M", 2 ** 20], ["K", 2 ** 10]])
    if (bytes >= size) return `${Number((bytes / size).toPrecision(3))}${unit}`;
  return `${Math.round(bytes)}`;
}

// What processes were told besides the usual, as a list; competitors that took turns are said to have.
const SETTINGS = { "turns=warm": "in turns", "turns=cold": "in turns, with cold caches" };
export const settingText = setting => setting.split(",").map(word => SETTINGS[word] ?? word).join(", ");

// A cell in words; the usual kind of key and no setting go without saying.
export const cellText = ([op, pattern, scale, key, setting]) =>
  [op, pattern, scaleText(scale), ...(key === "u64" ? [] : [key]),
   ...(setting ? [settingText(setting)] : [])].join(", ");

export const count = number => Math.round(number).toLocaleString("en");

export const MARKS = { [FASTER]: "▼", [SLOWER]: "▲", [LEVEL]: "=" };
export const markOf = verdict => MARKS[verdict] ?? "○";
export const classOf = verdict => verdict === FASTER ? "faster" : verdict === SLOWER ? "slower" : "undecided";

const OPS = ["put", "put_many", "put_batched", "put_each", "insert10", "update", "get", "get_many", "get_batched",
             "get_each", "get_in_order", "get_chained", "miss", "iterate", "remove", "churn", "mix"];
const PATTERNS = ["sequential", "shuffled", "random"];
const place = (known, one) => { const at = known.indexOf(one); return at < 0 ? known.length : at; };
export const inOrder = {
  op: (a, b) => place(OPS, a) - place(OPS, b) || (a < b ? -1 : 1),
  pattern: (a, b) => place(PATTERNS, a) - place(PATTERNS, b) || (a < b ? -1 : 1),
  scale: (a, b) => a - b,
};
export const byName = (a, b) => a < b ? -1 : a > b ? 1 : 0;

export const shortCpu = machine => machine.cpu.replace(/\s+/g, " ");
export const cachesText = machine =>
  Object.entries(machine.caches).map(([level, size]) => `${level} ${sizeText(size)}`).join(", ");

export const OP_MEANS = {
  put: "fill an empty map", get: "look every key up", get_in_order: "look keys up in the order in which they were put",
  get_chained: "look keys up, each waiting for the one before", insert10: "put ten keys into a full map",
  update: "put keys that are there", miss: "look up keys that are not there", iterate: "visit every entry",
  remove: "empty a full map", churn: "remove a key and put another, until each has been replaced",
  mix: "19 look-ups to an update, of keys that come by Zipf's law", get_many: "look up 32 keys with one call",
  get_batched: "look up the same 32 keys one by one",
  get_each: "look a single key up, with the clock read before and after",
  put_many: "put 32 keys with one call", put_batched: "put the same 32 keys one by one",
  put_each: "put a single key, with the clock read before and after",
};
