// The variants' design space: each question that a family of maps asks, who answers it, and what the answer does to its
// parent.  A name opens its source.
import { useState } from "preact/hooks";
import { go, link } from "../address.js";
import { useData } from "../data.js";
import { Strip, room } from "../chart.jsx";
import { Head, Link, Loading } from "../parts.jsx";
import { search } from "../meaning.js";
import { verdict } from "../ratios.js";
import { classOf, digits, markOf, ofList } from "../words.js";

function Effect({ step, op, domain }) {
  const found = step && ofList(step.ratios[op]);
  if (!found) return null;
  const told = verdict(found);
  return <span class="effect"><b>{op}</b> {digits(found.median)} <Strip found={found} domain={domain} verdict={told} />
    <span class={`verdict ${classOf(told)}`}><i aria-hidden="true">{markOf(told)}</i> {told}</span></span>;
}

const answersOf = family => family.parts.reduce((sum, part) => sum + part.answers.length, 0);

export function Space({ state, index }) {
  const [studies] = useData("studies"), { lineups, cores, peers } = index.space;
  const families = [...index.space.families].sort((a, b) => answersOf(b) - answersOf(a));
  const [open, setOpen] = useState(null), asking = state.q ?? "";
  const says = one => [one.name, one.composition, one.why ?? one.says].join(" "), found = list => search(list, asking, one => one.name, says);
  const partsOf = family => search(family.parts, asking, part => [part.part, ...part.answers.filter(one => !one.baseline && one.change).map(one => one.variant)].join(" "),
    part => [part.question, ...part.answers.map(one => one.change)].join(" "));
  const named = found(lineups), others = found([...cores, ...peers]);
  if (!studies) return <Loading />;
  const steps = new Map((studies.steps ?? []).map(one => [one.variant, one]));
  const domain = room([1, ...[...steps.values()].flatMap(one => Object.values(one.ratios).filter(Boolean).flatMap(ratio => ratio.slice(1, 3)))]);
  const measured = name => index.experiments.filter(one => !one.report && one.variants.some(variant => variant.split("+").includes(name) || variant === name));
  const Name = ({ where, name }) => <Link state={state} to={{ source: where }} class="pill">{name}</Link>;
  return <>
    <Head title="What can be decided, and what does each decision do?">A layout is one answer to each question of its family; a variant changes one.
      What a change does is its time over its parent's, one step from it, at 100,000 shuffled keys. A name opens its source.</Head>
    <div class="tools"><label class="search"><span>search</span><input type="search" value={asking} placeholder="path compression, arena, children …"
      onInput={event => go(state, { q: event.target.value }, true)} /></label>
      {asking && <p role="status">{families.some(family => partsOf(family).length) ? "Each question that it occurs in, with all answers" : "No question or answer has it"}</p>}</div>
    {families.filter(family => partsOf(family).length).map(family => <section class="family"><h3 class="wide">The family {family.name}: {family.baseline} answers everything in the plainest way</h3>
      {partsOf(family).map(part => <section class="part"><h4><code>{part.part}</code> {part.question}</h4>
        <ul>{part.answers.map(answer => {
          const step = answer.change ? steps.get(answer.variant) : null, those = measured(answer.variant), key = `${part.part} ${answer.variant}`;
          return <li class={answer.baseline ? "baseline" : ""}>
            <p><Name where={`variants/${answer.variant}`} name={answer.variant} /> {answer.baseline ? <span class="soft">the baseline's answer</span> : <>{answer.change || <span class="soft">what {answer.variant} needs here</span>}
              {answer.parent && answer.parent !== family.baseline && <span class="soft"> (one step from {answer.parent})</span>}</>}</p>
            {step && <p class="effects"><Effect step={step} op="put" domain={domain} /><Effect step={step} op="get" domain={domain} />
              <span class="effect"><b>bytes/entry</b> {digits(step.bytes)}, {step.parent}'s {digits(step.before)}</span></p>}
            {answer.change && those.length > 0 && <p class="where"><button type="button" aria-expanded={String(open === key)} onClick={() => setOpen(open === key ? null : key)}>measured in {those.length} experiment{those.length > 1 ? "s" : ""}</button>
              {open === key && those.map(one => <a href={link({}, { x: one.file, q: answer.variant })}>{one.name}{one.contributor ? ` (${one.contributor})` : ""}</a>)}</p>}
          </li>;
        })}</ul></section>)}
    </section>)}
    {named.length > 0 && <section class="family"><h3 class="wide">Compositions with a name</h3><table class="plain stack"><thead><tr><th>name</th><th>made of</th><th>why</th></tr></thead>
      <tbody>{named.map(one => <tr><td><b>{one.name}</b></td><td>{one.composition.split("+").map(name => <><Name where={`variants/${name}`} name={name} /> </>)}
        {Object.entries(one.settings).map(([name, value]) => <code> {name}={Number(value).toLocaleString("en")}</code>)}</td><td>{one.why}</td></tr>)}</tbody></table></section>}
    {others.length > 0 && <section class="family"><h3 class="wide">Cores of their own, and other libraries' maps</h3><ul class="cores">{others.map(one =>
      <li><Name where={one.where} name={one.name} /> {one.says} {measured(one.name).length > 0 && <span class="where">measured in {measured(one.name).map((each, number) => <>{number > 0 && ", "}<a href={link({}, { x: each.file, q: one.name })}>{each.name}</a></>)}</span>}</li>)}</ul></section>}
  </>;
}
