// What a layout is, in words, from the opening comments of its parts: names alone tell a stranger nothing.

// What the answers that go by this name change.
const changesOf = (space, name) => space.families.flatMap(family => family.parts.flatMap(part =>
  part.answers.filter(one => one.variant === name && one.change).map(one => one.change)));

// Of one word of a composition; empty where nothing is known, as of a baseline.
export const partMeans = (space, name) =>
  [...space.cores, ...space.peers].find(one => one.name === name)?.says ?? changesOf(space, name).join("; ");

// Of a layout: why it has its name, or what its parts change, the last first, which is mostly what it is about.
export function meaning(space, variant, composition) {
  const named = space.lineups.find(one => one.name === variant);
  const parts = (composition ?? named?.composition ?? variant).split("+");
  return [named?.why, ...parts.reverse().map(name => partMeans(space, name))].filter(Boolean).join("; ");
}

// Those of which the name has each word; or, if none has, those of which the meaning has.
export function search(all, text, nameOf, meaningOf) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean), has = of => one => words.every(word => of(one).toLowerCase().includes(word));
  const named = all.filter(has(nameOf));
  return named.length ? named : all.filter(has(one => `${nameOf(one)} ${meaningOf(one)}`));
}
