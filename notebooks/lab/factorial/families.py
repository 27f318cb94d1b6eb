"""The factorial experiments: what is asked of each family."""
from ..command import BadSetting
from ..settings import REFERENCE
from .design import Factor, Factorial, Line

# ---- The trie: which fix closes the gap ----

# lazy stands for descend.h, not pathcomp: it changes that part alone.  pathcomp also makes every node eight bytes
# larger (inner.h), for 1 % fewer nodes.
TRIE_FACTORS = (
    Factor("inline", "hot functions inlined, where the compiler decides otherwise"),
    Factor("growpool", "arrays from a pool with size classes, where malloc gives them otherwise"),
    Factor("single", "one entry in the leaf itself", low="move"),
    Factor("sizes", "inner nodes and leaves as large as each must be"),
    Factor("tagged", "a node's kind in its pointer"),
    Factor("arena", "nodes from blocks of 1,024"),
    Factor("prefetch", "nodes prefetched"),
    Factor("lazy", "a leaf where it is first alone"),
)
TRIE = Factorial(
    family="trie", name="factorial", question="Which fix closes the gap?", figure="factorial",
    factors=TRIE_FACTORS, against=REFERENCE,
    # Arrays of exact size on both levels, and entries that are moved: growpool and single are one step from these.
    always=("exact",),
    # A quarter of 256, of resolution V: a fix's effect is confounded with interactions of four, that of a pair with
    # those of three and more.  An arena stands for freelist, which takes back what dies: nothing does here
    # (experiments/churn.plan).
    words=(("sizes", "tagged", "inline", "single", "lazy"), ("sizes", "tagged", "growpool", "arena", "prefetch")),
    # The phases and the roadmap of the seed documents, as experiments/lineups.conf has them: inlining (phase 2.6),
    # nodes from an arena (3 recycles them), then fix1 to fix4.  They have no place for prefetching.
    roadmap=("inline", "arena", "single", "sizes", "tagged", "lazy", "growpool", "prefetch"),
    rungs=(("lazy", "inline", "single"), ("lazy", "growpool"), ("lazy", "growpool", "inline"),
           ("inline", "growpool", "single", "lazy"),
           ("inline", "growpool", "single", "sizes", "tagged", "arena", "lazy"),
           tuple(factor.fix for factor in TRIE_FACTORS)),
    singles_in="steps",
    lines=(Line("SCALES=100K REPS=6 SAMPLES=1"), Line("SCALES=1M REPS=2 SAMPLES=1", singles=False)),
    opening="""\
# Which fix closes the gap, a quarter of the compositions of eight fixes: about 25 minutes.
#     make PLAN=experiments/factorial.plan experiment
# Beside them the reference, and some that are no part of the fraction, to test what that predicts.  Made by
#     PYTHONPATH=notebooks python3 -m lab factorial-plan >experiments/factorial.plan
# which says why these (notebooks/lab/factorial/families.py).
""")

# ---- The bucket trie: which decision makes it as fast as a hash table ----

# Each is one step from the family's baseline, so that all compose.  Of the parts that are left out, `spare` answers
# what becomes of a bucket that loses entries and `many` what a batch does: neither has a say in put and get.
BUCKET = Factorial(
    family="bucket", name="frontier-factorial", question="Which decision makes a bucket trie fast?",
    figure="frontier-factorial", baseline_parts="bucket", against="boost",
    factors=(
        Factor("granules", "buckets from one region, with links of four bytes, where malloc gives each otherwise"),
        Factor("steps", "a bucket grows by 48 bytes, where its room doubles otherwise"),
        Factor("tags", "a byte of each hash, all compared at once, where keys are compared in order otherwise"),
        Factor("quotients", "no bit of a key stored that is known from its place"),
        Factor("directory", "the first bits of the hash number a slot, where a fork parts by each bit otherwise"),
        Factor("lines", "three lines of a bucket fetched with its first"),
    ),
    # Half of 64, of resolution VI: the effect of a fix is confounded with interactions of five, that of a pair with
    # those of four.
    words=(("granules", "steps", "tags", "quotients", "directory", "lines"),),
    rungs=(("tags", "directory", "lines"), ("granules", "tags", "directory"), ("steps", "tags", "directory"),
           ("granules", "steps", "directory"), ("granules", "steps", "tags", "directory", "lines")),
    # The second steps of three parts, from the last rung to what `champion` is but for its batches and its removes.
    beyond=("granules+steps+vector+directory+lines", "granules+roomy+vector+directory+lines",
            "reserved+roomy+vector+directory+lines", "coalescing+roomy+vector+directory+lines",
            "huge+roomy+vector+directory+lines"),
    # All that its time and memory are held against (lab.frontier.pareto): named layouts, and every peer that takes
    # integers.
    beside=("champion", "compact", REFERENCE, "lazy", "fix4", "absl", "cuckoo", "glib", "hashbrown", "hopscotch",
            "imrc", "judy", "robin", "std", "tbb", "uthash"),
    lines=(Line("SCALES=100K REPS=9 SAMPLES=3 TURNS=warm PIN=last"),
           Line("SCALES=1M REPS=6 SAMPLES=1 TURNS=warm PIN=last", singles=False)),
    opening="""\
# Which decision makes a bucket trie fast, half of the compositions of six steps from its baseline: about 25 minutes.
#     make PLAN=experiments/frontier-factorial.plan experiment
# Beside them some that are no part of the fraction, to test what that predicts; the steps from its best corner to
# `champion`; and other layouts and every peer, for the figure of time against memory.  All wait for each other and take
# turns.  Made by
#     PYTHONPATH=notebooks python3 -m lab factorial-plan FAMILY=bucket >experiments/frontier-factorial.plan
# which says why these (notebooks/lab/factorial/families.py).
""")

FACTORIALS = {factorial.family: factorial for factorial in (TRIE, BUCKET)}


def of_family(name):
    if name not in FACTORIALS:
        raise BadSetting(f"FAMILY={name}: no factorial experiment is of it; one of: {', '.join(FACTORIALS)}")
    return FACTORIALS[name]


def factorial_plan(family=TRIE.family):
    """Prints the plan of a family's factorial experiment."""
    print(of_family(family).plan(), end="")
