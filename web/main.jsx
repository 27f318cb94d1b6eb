// The page: a view chosen by the address, and over it a point or a source, if one is open.
import { render } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { go, link, useAddress } from "./address.js";
import { useData } from "./data.js";
import { questionsOf } from "./questions.js";
import { Loading, summaryOf, usualExperiment } from "./parts.jsx";
import { Layouts } from "./views/layouts.jsx";
import { Memory } from "./views/memory.jsx";
import { Scale } from "./views/scale.jsx";
import { Ladder } from "./views/ladder.jsx";
import { Factorial } from "./views/factorial.jsx";
import { Space } from "./views/space.jsx";
import { Compare } from "./views/compare.jsx";
import { Stored } from "./views/stored.jsx";
import { Point, Source } from "./views/point.jsx";

const VIEWS = {
  layouts: ["Layouts", Layouts, true], memory: ["Time and memory", Memory, true], scale: ["Scale", Scale, true],
  ladder: ["Ladder", Ladder], factorial: ["Factorial", Factorial], space: ["Design space", Space],
  compare: ["Compare", Compare, true], stored: ["All experiments", Stored],
};

// What a view keeps of another's address: the experiment and what is chosen of it.
const KEPT = ["x", "op", "pattern", "scale", "key", "setting", "hash", "allocator", "base", "by"];

function Shown({ state, index }) {
  const name = Object.hasOwn(VIEWS, state.view ?? "") ? state.view : "layouts", [, View, ofExperiment] = VIEWS[name];
  const file = state.x ?? usualExperiment(index, state.view), summary = summaryOf(index, file);
  const [experiment] = useData(summary && (ofExperiment || state.point) ? file : null);
  if (!summary) return <p class="nothing">There is no experiment {file} here. <a href="#view=stored">All experiments</a></p>;
  return <>
    <View {...{ state, index, experiment, summary }} />
    {state.source ? <Source {...{ state, index }} key={state.source} onClose={() => go(state, { source: null })} /> :
      state.point && experiment && <Point {...{ state, index, experiment, summary }} key={state.point} onClose={() => go(state, { point: null })} />}
  </>;
}

// Open where a reader comes in, without an address of a view.
function Questions({ index, open }) {
  const [shown, show] = useState(open);
  useEffect(() => show(open), [open]);
  return <details class="questions" open={shown} onToggle={event => show(event.target.open)}><summary>Questions to begin with</summary>
    <ul>{questionsOf(index).map(([text, to]) => <li><a href={link({}, to)}>{text}</a></li>)}</ul></details>;
}

function Page() {
  const state = useAddress(), [error, forget] = useErrorBoundary(), [index] = useData("index");
  const name = Object.hasOwn(VIEWS, state.view ?? "") ? state.view : "layouts";
  useEffect(() => document.querySelector(".views [aria-current]").scrollIntoView({ block: "nearest", inline: "center" }), [name]);
  const kept = Object.fromEntries(KEPT.map(key => [key, state[key] ?? null]));
  return <>
    <a class="skip" href="#main" onClick={event => { event.preventDefault(); document.getElementById("main").focus(); }}>to the results</a>
    <header class="top">
      <h1><a href="#">hamtlab</a></h1><p>A hash array mapped trie, one change at a time: every stored result.</p>
      <nav aria-label="documents"><a href="paper.html">Paper</a><a href="docs/results.html">What was found</a><a href="docs/method.html">Method</a><a href="docs/glossary.html">Glossary</a><a href="README.html">Read me</a></nav>
    </header>
    <nav class="views" aria-label="views">{Object.entries(VIEWS).map(([key, [text]]) =>
      <a href={link(kept, { view: key === "layouts" ? null : key })} aria-current={key === name ? "page" : undefined}>{text}</a>)}</nav>
    <main id="main" tabIndex={-1}>
      {index && <Questions index={index} open={Object.keys(state).length === 0} />}
      {error ? <p class="nothing" role="alert">{String(error)} <button type="button" onClick={forget}>try again</button></p> :
        index ? <Shown key={name} {...{ state, index }} /> : <Loading />}
    </main>
    <footer><p>Medians over processes; 95 % intervals by the sign test, or by a confidence sequence where an experiment says so; ratios in pairs within a block. The address holds what you see: share it.
      Made by <code>make site</code> from <code>results/</code>; <a href="CONTRIBUTING.html">add your machine's</a>.</p></footer>
  </>;
}

render(<Page />, document.getElementById("page"));
