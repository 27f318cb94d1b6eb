// The files of data beside the page.  A page that was opened from disk may load scripts only, so each is one: it calls
// hamtlab(NAME, data).  A file is loaded once, when it is first asked for.
import { useEffect, useState } from "preact/hooks";

const loading = new Map(); // name -> { promise, resolve, data, error }

function entry(name) {
  if (!loading.has(name)) {
    const made = {};
    made.promise = new Promise(resolve => { made.resolve = resolve; });
    loading.set(name, made);
  }
  return loading.get(name);
}

globalThis.hamtlab = (name, data) => {
  const one = entry(name);
  one.data = data;
  one.resolve();
};

export function load(name) {
  const one = entry(name);
  if (!one.asked) {
    one.asked = true;
    const script = document.createElement("script");
    script.src = `data/${encodeURIComponent(name)}.js`;
    script.onerror = () => {
      one.error = `data/${name}.js cannot be loaded: it must lie beside the page`;
      one.resolve();
    };
    document.head.append(script);
  }
  return one;
}

// The data of each name, null until it is there; an error is thrown as a text.
export function useData(...names) {
  const [, redraw] = useState(0);
  const lacking = names.filter(name => name && !load(name).data);
  useEffect(() => {
    let here = true;
    for (const name of lacking) load(name).promise.then(() => here && redraw(count => count + 1));
    return () => { here = false; };
  }, [lacking.join("\n")]);
  return names.map(name => {
    if (!name) return null;
    const one = load(name);
    if (one.error) throw one.error;
    return one.data ?? null;
  });
}
