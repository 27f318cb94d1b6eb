// Figures: what Observable Plot draws, as wide as there is room, and the strip of an interval in a row of a table.
import { useEffect, useRef, useState } from "preact/hooks";
import * as Plot from "@observablehq/plot";
import { classOf } from "./words.js";

export { Plot };
export const COLOURS = ["var(--blue)", "var(--vermilion)", "var(--green)", "var(--orange)", "var(--grey)", "var(--ink)"];
export const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "times"];

// draw(width) gives Plot's options; told says in words what the figure shows.  What Plot marks as links is named, so
// that a keyboard reaches and a screen reader reads it.
export function Figure({ draw, told, caption }) {
  const place = useRef(), [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([one]) => setWidth(Math.floor(one.contentRect.width)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!width) return undefined;
    const plot = Plot.plot({ width, style: { background: "none", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
                             ...draw(width) });
    const svg = plot.tagName === "svg" ? plot : plot.querySelector("svg:not([class*=swatch])");
    svg?.setAttribute("role", "group");
    svg?.setAttribute("aria-label", told);
    place.current.replaceChildren(plot);
    return () => plot.remove();
  });
  return <figure class="figure"><div ref={place} class="plot" />{caption && <figcaption>{caption}</figcaption>}</figure>;
}

// Plain numbers on a logarithmic axis, as many as there is room for.
export function factorTicks(low, high, most = 8) {
  const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
  for (const steps of [[1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let decade = from; decade <= to; decade++)
      for (const step of steps) {
        const tick = Number((step * 10 ** decade).toPrecision(6));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    if (ticks.length <= most) return ticks;
  }
  return [1];
}

export function room(values, share = 0.05) {
  const low = Math.min(...values), high = Math.max(...values), more = Math.max(1.05, (high / low) ** share);
  return [low / more, high * more];
}

// A logarithmic scale for x or y, and the marks of its axis and grid: left to itself, Plot names some of the ticks only.
export function logAxis(k, domain, label, ticks, text = String) {
  const [axis, grid] = k === "x" ? [Plot.axisX, Plot.gridX] : [Plot.axisY, Plot.gridY];
  return [{ type: "log", domain, axis: null }, [grid(ticks), axis(ticks, { text, label, tickSize: 0, tickPadding: 7 })]];
}

export const factorAxis = (k, domain, label, most) => logAxis(k, domain, label, factorTicks(...domain, most));

// An interval on a logarithmic axis that all rows share, with a line at 1.  The marker's shape tells the verdict: a
// triangle down is faster, one up slower, a ring cannot tell.
export function Strip({ found, domain, verdict }) {
  const at = value => 100 * Math.log(value / domain[0]) / Math.log(domain[1] / domain[0]);
  const clip = value => Math.min(100, Math.max(0, at(value)));
  return <span class={`strip ${classOf(verdict)}`} aria-hidden="true">
    <i class="one" style={{ left: `${at(1)}%` }} />
    {found && found.low !== null &&
      <i class="reach" style={{ left: `${clip(found.low)}%`, width: `${Math.max(0.6, clip(found.high) - clip(found.low))}%` }} />}
    {found && <i class="mark" style={{ left: `${clip(found.median)}%` }}><svg viewBox="-6 -6 12 12"><path d={SHAPES[classOf(verdict)]} /></svg></i>}
  </span>;
}
const SHAPES = { faster: "M-5,-4H5L0,5Z", slower: "M-5,4H5L0,-5Z", undecided: "M-4,0A4,4 0 1 0 4,0A4,4 0 1 0 -4,0Z" };

export function StripAxis({ domain }) {
  const at = value => 100 * Math.log(value / domain[0]) / Math.log(domain[1] / domain[0]);
  return <span class="strip axis" aria-hidden="true">
    {factorTicks(domain[0], domain[1], 6).map(tick => <b style={{ left: `${at(tick)}%` }}>{tick}</b>)}
  </span>;
}
