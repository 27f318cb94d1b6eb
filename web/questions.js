// Questions to begin with, each with the address of the view that answers it.
export const QUESTIONS = [
  ["Which map looks a million keys up fastest, and how far from it are the others?",
   { x: "frontier-core", op: "get", scale: "1000000", base: "boost" }],
  ["How many bytes does an entry need, and which maps are both small and fast?",
   { view: "memory", x: "frontier-core", op: "get", scale: "1000000", base: "boost" }],
  ["What does path compression bring, and what does it cost?", { view: "space", q: "path compression" }],
  ["Does what a change does hold on another machine?",
   { view: "compare", x: "rise", b: "rise-zen5", op: "put", scale: "1000000", base: "boost" }],
  ["What are the raw samples behind a point, and which command repeats it?",
   { x: "steps", op: "get", point: "outline+pathcomp~xxh3~glibc~get~shuffled~100000~u64~" }],
  ["Which steps lead from the slow trie to a fast one?", { view: "ladder" }],
  ["What becomes of a map that outgrows the caches?", { view: "scale", x: "suite" }],
];

// Those whose experiments are here.
export const questionsOf = index => QUESTIONS.filter(([, { x, b }]) =>
  [x, b].every(file => !file || index.experiments.some(one => one.file === file && !one.report)));
