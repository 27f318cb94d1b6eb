// What a layout is, in words, from the opening comments of its parts: names alone tell a stranger nothing.

// What the answers that go by this name change.
const changesOf = (space, name) => space.families.flatMap(family => family.parts.flatMap(part =>
  part.answers.filter(one => one.variant === name && one.change).map(one => one.change)));

// Of one word of a composition; empty where nothing is known, as of a baseline.
export const partMeans = (space, name) =>
  [...space.cores, ...space.peers].find(one => one.name === name)?.says ?? changesOf(space, name).join("; ");

const whyOf = (space, variant) => space.lineups.find(one => one.name === variant)?.why;

// Of a layout: why it has its name, and what its parts change, the last first, which is mostly what it is about.
export function meaning(space, variant, composition) {
  const parts = (composition ?? space.lineups.find(one => one.name === variant)?.composition ?? variant).split("+");
  return [whyOf(space, variant), ...parts.reverse().map(name => partMeans(space, name))].filter(Boolean).join("; ");
}

// In a line, of which some may be cut off: that of many parts would tell of one only.
export const hint = (space, { variant, composition }) =>
  whyOf(space, variant) ?? (composition.split("+").length > 2 ? "" : meaning(space, variant, composition));

// Those of which the name has each word; or, if none has, those of which the meaning has.
export function search(all, text, nameOf, meaningOf) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const has = of => one => words.every(word => of(one).toLowerCase().includes(word));
  const named = all.filter(has(nameOf));
  return named.length ? named : all.filter(has(one => `${nameOf(one)} ${meaningOf(one)}`));
}
