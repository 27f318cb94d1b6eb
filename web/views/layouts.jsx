// Each layout beside a baseline: one row a competitor, with its ratio, interval, verdict and memory.
import { baselineOf, chosen, pointName } from "../choice.js";
import { go, link } from "../address.js";
import { FASTER, LEVEL, SLOWER, UNDECIDED, ranksOf } from "../ratios.js";
import { MEMORY, rowsOf } from "../rows.js";
import { Strip, StripAxis, room } from "../chart.jsx";
import { Choices, Head, Loading, Link, Origin, opText } from "../parts.jsx";
import { hint, meaning, search } from "../meaning.js";
import { byName, cellText, classOf, digits, interval, markOf, withInterval } from "../words.js";

const last = value => value ?? Infinity;
const ratioOf = row => row.isBase ? 1 : row.ratio?.median;
const COLUMNS = {
  name: ["layout", (a, b) => byName(a.label, b.label)],
  ratio: ["ratio", (a, b) => last(ratioOf(a)) - last(ratioOf(b))],
  verdict: ["verdict", (a, b) => byName(a.verdict, b.verdict) || last(ratioOf(a)) - last(ratioOf(b))],
  time: ["ns an operation", (a, b) => last(a.time?.median) - last(b.time?.median)],
  allocated: ["allocated", (a, b) => last(a.allocated) - last(b.allocated)],
  own: ["bytes/entry", (a, b) => last(a.own ?? a.resident) - last(b.own ?? b.resident)],
  resident: ["resident", (a, b) => last(a.resident) - last(b.resident)],
};

function Sorter({ state, name, sort, children }) {
  const isIt = sort.name === name, next = isIt && !sort.down ? `-${name}` : name;
  return <th scope="col" class={`c-${name}`} aria-sort={isIt ? (sort.down ? "descending" : "ascending") : "none"}>
    <Link state={state} to={{ sort: next }}>{COLUMNS[name][0]}{isIt ? (sort.down ? " ↓" : " ↑") : ""}</Link>{children}</th>;
}

function Verdict({ row }) {
  if (row.isBase) return <span class="verdict base">the baseline</span>;
  if (!row.pairs) return <span class="verdict undecided">not beside it</span>;
  return <span class={`verdict ${classOf(row.verdict)}`}><i aria-hidden="true">{markOf(row.verdict)}</i> {row.verdict}</span>;
}

export function Layouts({ state, index, experiment, summary }) {
  if (!experiment) return <><Choices {...{ state, index }} /><Loading /></>;
  const choice = chosen(experiment, state), baseline = baselineOf(experiment, summary, state);
  const every = rowsOf(experiment, choice, baseline, ranksOf(index, experiment));
  const asked = state.sort ?? "ratio", sort = { name: asked.replace(/^-/, ""), down: asked.startsWith("-") };
  const compare = (COLUMNS[sort.name] ?? COLUMNS.ratio)[1], asking = state.q ?? "", means = row => meaning(index.space, row.variant, row.composition);
  const rows = search(every, asking, row => `${row.label} ${row.composition} ${row.verdict}`, means)
    .sort((a, b) => (sort.down ? -1 : 1) * compare(a, b));
  const memory = MEMORY.filter(name => name !== "allocated" || every.some(row => row.allocated)); // older results have none
  const elsewhere = rows.length ? [] : index.experiments.filter(one => !one.report && search(one.variants, asking, String, name => meaning(index.space, name)).length);
  const several = every.some(row => row.cells > 1);
  const seen = every.flatMap(row => row.ratio ? [row.ratio.median, row.ratio.low, row.ratio.high] : []).filter(Boolean);
  const domain = room([1, ...(seen.length ? seen : [0.5, 2])]);
  const told = name => rows.filter(row => !row.isBase && row.pairs && row.verdict === name).length;
  return <>
    <Head title="How fast is each layout, and how large?">
      Times over those of <b>{baseline.name}</b>, taken in pairs that ran next to each other; below 1 is faster. In brackets
      the 95 % interval of the median. {opText(choice.op)}.
    </Head>
    <Choices {...{ state, index, experiment, summary }} />
    <div class="tools">
      <label class="search"><span>search</span><input type="search" value={state.q ?? ""} placeholder="lazy, path compression …"
        onInput={event => go(state, { q: event.target.value }, true)} /></label>
      <p role="status">{rows.length === every.length ? rows.length : `${rows.length} of ${every.length}`} layouts{rows.length > 0 && <>; over {baseline.name}:{" "}
        {told(FASTER)} faster, {told(SLOWER)} slower, {told(LEVEL) > 0 && `${told(LEVEL)} level, `}{told(UNDECIDED)} cannot be told</>}</p>
    </div>
    {rows.length > 0 && <table class="layouts">
      <thead><tr>
        <Sorter {...{ state, sort }} name="name" /><Sorter {...{ state, sort }} name="ratio" />
        <th class="c-strip" scope="col"><span class="visually-hidden">interval</span><StripAxis domain={domain} /></th>
        <Sorter {...{ state, sort }} name="verdict" />
        {several ? <th scope="col" class="c-marks">cells</th> : <Sorter {...{ state, sort }} name="time" />}
        {memory.map(name => <Sorter {...{ state, sort }} name={name} />)}
      </tr></thead>
      <tbody>{rows.map(row => {
        const point = link(state, row.cells === 1 ? { point: pointName(experiment, row.series[0]) } :
          { cells: row.label === state.cells ? null : row.label });
        return <>
          <tr key={row.label} class={row.isBase ? "is-base" : ""}>
            <th scope="row" class="c-name"><a href={point} aria-expanded={row.cells > 1 ? String(row.label === state.cells) : undefined}>{row.label}</a>
              {row.full > 0.005 && <small> {Math.round(100 * row.full)} % by malloc</small>}
              {row.composition !== row.variant && <small class="composition"> {row.composition.split("+").map((word, number) => <>{number > 0 && <>+<wbr /></>}{word}</>)}</small>}
              {hint(index.space, row) && <small class="meaning" title={hint(index.space, row)}> {hint(index.space, row)}</small>}</th>
            <td class="c-ratio">{row.isBase ? "1" : row.ratio ? <>{digits(row.ratio.median)} <small>{interval(row.ratio)}</small></> : "–"}</td>
            <td class="c-strip"><Strip found={row.ratio} domain={domain} verdict={row.verdict} /></td>
            <td class="c-verdict"><Verdict row={row} /></td>
            {several ? <td class="c-marks">{row.marks.length ? <Marks row={row} /> : row.cells}</td> :
              <td class="c-time">{row.time ? <>{digits(row.time.median)} <small>{interval(row.time)}</small></> : "–"}</td>}
            {memory.map(name => <td class={`c-${name}`}>{digits(row[name])}</td>)}
          </tr>
          {row.cells > 1 && row.label === state.cells && <Cells {...{ state, experiment, row, baseline, index, domain, memory }} />}
        </>;
      })}</tbody>
    </table>}
    {!rows.length && <p class="nothing">No layout of {summary.name} is called so, or does so{elsewhere.length > 0 && <>, but there are such in {elsewhere.map((one, number) =>
      <>{number > 0 && ", "}<a href={link({}, { x: one.file, q: state.q })}>{one.name}{one.contributor ? ` (${one.contributor})` : ""}</a>{one.about && ` (${one.about})`}</>)}</>}. <Link state={state} to={{ q: null }}>Show all</Link></p>}
    <p class="note"><b>bytes/entry</b>: in blocks that the map says it holds; – where it does not say. {memory.includes("allocated") && <><b>allocated</b>: in blocks that glibc's malloc gave out,
      headers included, and in what the map had from the system without it; – under another allocator, and in older results of maps that had such memory. </>}<b>resident</b>: what became resident while the map was filled, measured alike for all. {several && "Over several cells: geometric means, and how many cells are faster, slower, or cannot be told; a row opens them. "}
      <b>% by malloc</b>: arrays that malloc served because a pool was full. <b>cannot tell</b>: the interval holds 1, or the
      processes are too few for one. An interval is that of one run on one machine. A name opens the samples behind it.</p>
    <Origin {...{ index, summary }} />
  </>;
}

function Marks({ row }) {
  const counted = [FASTER, SLOWER, LEVEL, UNDECIDED].map(name => [name, row.marks.filter(mark => mark === name).length])
    .filter(([name, count]) => count || name !== LEVEL);
  return <span class="marks" aria-label={counted.map(([name, count]) => `${count} ${name}`).join(", ")}>
    {counted.map(([name, count]) => <><i class={classOf(name)}>{markOf(name)}{count}</i> </>)}</span>;
}

function Cells({ state, experiment, row, baseline, index, domain, memory }) {
  return row.series.map(series => {
    const cell = experiment.cells[series.cell], [op, pattern, scale, key, setting] = cell;
    const [, hash, allocator] = experiment.competitors[series.competitor];
    const one = rowsOf(experiment, { op, pattern, scale, key, setting, hash, allocator }, baseline, ranksOf(index, experiment))
      .find(each => each.competitor === series.competitor);
    return <tr class="cell" key={pointName(experiment, series)}>
      <th scope="row" class="c-name"><Link state={state} to={{ point: pointName(experiment, series) }}>{cellText(cell)}</Link></th>
      <td class="c-ratio">{one.isBase ? "1" : withInterval(one.ratio)}</td>
      <td class="c-strip"><Strip found={one.ratio} domain={domain} verdict={one.verdict} /></td>
      <td class="c-verdict"><Verdict row={one} /></td>
      <td class="c-time">{withInterval(one.time)} <small>ns</small></td>
      {memory.map(name => <td class={`c-${name}`}>{digits(one[name])}</td>)}
    </tr>;
  });
}
