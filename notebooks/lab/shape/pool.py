"""How full does a composition's pool of child slots get, scale by scale?

This is the pool test of documents 001 and 003.  Slots are counted as they did: "asked" is every slot in every array
that was ever handed out, by the pool or, when it was full, by malloc; so utilisation, asked/capacity, passes 100 %
where arrays fall back.  Of these, "live" ones are in arrays still in use; "outgrown" ones are in arrays that were
copied to larger ones.  A bump pool never serves these again; a pool with free lists (growpool, reference) does, and may
use the same place several times, so that only its live slots tell how full it is.

The need of a bump pool is what is asked of it.  "30 + 20 %" is the sizing rule of document 003: 30 slots an entry, and
20 % headroom; "asked + 20 %" is the same headroom on what was counted.  That document also wants a warning at a
utilisation of 80 %.  The two do not agree, 1/1.2 being 83 %: a pool with that headroom warns, so the power of two
proposed is one that does not.
"""
from .. import cell
from ..command import BadSetting
from ..printing import columns, count, digits, short_scale

SCALES = [1000, 10000, 50000, 100000]
SLOTS_PER_ENTRY = 30  # the rule of document 003, without headroom
HEADROOM = 20         # percent
WARN_AT = 80          # percent
HEADER = ["entries", "arrays", "fallbacks", "%", "asked", "live", "outgrown", "capacity", "asked %", "live %",
          "asked/entry", "30 + 20 %", "asked + 20 %"]
LEGEND = ("slots asked for by all arrays so far, live, and outgrown; asked % and live %: of the capacity;\n"
          "a pool's size by the documents' rule, 30 slots an entry and 20 %, and by what was asked for")


def with_headroom(slots):
    return -(-slots * (100 + HEADROOM) // 100)


def sufficient_power(asked):
    """The smallest power of two of which this many slots are less than what it warns at."""
    return 1 << (asked * 100 // WARN_AT).bit_length()


def percent(part, whole):
    return f"{100 * part / whole:.1f}" if whole else "-"


def is_fixed(line):
    """Whether the pool has the slots it was given, and no more however many are asked for."""
    return line["tree"]["pool"]["slots_capacity"] == line["pool_slots"]


def row_of(line):
    entries, pool = line["tree"]["entries"], line["tree"]["pool"]
    asked, live, capacity = pool["slots_used"], pool["slots_live"], pool["slots_capacity"]
    sizes = [with_headroom(SLOTS_PER_ENTRY * entries), with_headroom(asked)]
    return [short_scale(line["scale"]), count(pool["allocations"]), count(pool["fallbacks"]),
            percent(pool["fallbacks"], pool["allocations"]), count(asked), count(live), count(asked - live),
            count(capacity), percent(asked, capacity), percent(live, capacity), digits(asked / entries),
            *(count(size) if is_fixed(line) else "-" for size in sizes)]


def warning_of(line):
    """The documents' warning; None where there is nothing to warn of."""
    pool = line["tree"]["pool"]
    asked, capacity, fallbacks = pool["slots_used"], pool["slots_capacity"], pool["fallbacks"]
    if not is_fixed(line) or asked * 100 < WARN_AT * capacity:
        return None
    return (f"warning: {short_scale(line['scale'])} entries ask for {percent(asked, capacity)} % of the pool"
            f"{f', {count(fallbacks)} arrays fell back to malloc' if fallbacks else ''};"
            f" POOL_SLOTS={sufficient_power(asked)} would do,"
            f" or {with_headroom(asked)} (what was asked and {HEADROOM} %)")


def table(lines):
    """The table of some full maps, with its warnings; None if none of them has a pool."""
    if not any(line["tree"]["pool"]["allocations"] for line in lines):
        return None
    warnings = [warning for warning in map(warning_of, lines) if warning]
    return columns(HEADER, list(map(row_of, lines))), "\n".join(warnings)


def pool(variant="phase2", hash="xxh3", key="u64", scales=SCALES, pattern="sequential", seed=1, pool_slots=None):
    """Prints how full a composition's pool of child slots gets; POOL_SLOTS: the composition's own if not given."""
    found = table(cell.fill(*(cell.Filled(variant, hash, key, pattern, scale, seed) for scale in scales),
                            pool_slots=pool_slots))
    if not found:
        raise BadSetting(f"VARIANT={variant} takes its arrays from no pool; those of pool, growpool and reference do")
    print(f"{variant}, {hash}, {key} keys, {pattern}, seed {seed}\n{LEGEND}\n", found[0], sep="\n")
    if found[1]:
        print("", found[1], sep="\n")
