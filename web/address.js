// What is shown is in the address, behind the #, so that a view can be shared, kept and gone back to.
import { useEffect, useState } from "preact/hooks";

export const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

// The address of this view with some things changed; null takes one out.
export function link(now, changes) {
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...now, ...changes }))
    if (value !== null && value !== undefined && value !== "") next.set(name, value);
  return `#${next}`;
}

// Goes there; replace: without a place of its own in the history, as each letter of a search.
export function go(now, changes, replace = false) {
  const next = link(now, changes);
  if (!replace) location.hash = next;
  else {
    history.replaceState(null, "", next);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
}

export function useAddress() {
  const [state, set] = useState(read);
  useEffect(() => {
    const changed = () => set(read());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return state;
}
