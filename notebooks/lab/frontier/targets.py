"""What a hash trie is to reach: ratios of times and of latencies, and bytes an entry, by number of entries."""
from typing import NamedTuple, Optional

from ..settings import REFERENCE

SUBJECT, SMALLEST, YARDSTICK = "champion", "compact", "boost"
SCALES = (10_000, 100_000, 1_000_000, 10_000_000)
TIME, BYTES = "ns_per_op", "rss_per_entry"


class Target(NamedTuple):
    what: str             # as the table calls it
    op: str
    over: Optional[str]   # whose figure it is a ratio to; None: it is the figure itself
    at_most: dict         # {entries: the most that meets it}
    subject: str = SUBJECT
    value: str = TIME     # what is compared: a column of a run, or a value that it reports


def target(what, op, over, *at_most, **more):
    """at_most: in the order of SCALES; None where there is no target."""
    return Target(what, op, over, {scale: most for scale, most in zip(SCALES, at_most) if most is not None}, **more)


TARGETS = (
    target("get", "get", REFERENCE, 0.20, 0.20, 0.10, 0.20),
    target("get", "get", YARDSTICK, 1.0, 1.0, 0.80, 1.0),
    target("get_many", "get_many", YARDSTICK, 0.75, 0.70, 0.45, 0.50),
    target("put", "put", REFERENCE, 0.30, 0.25, 0.25, 0.30),
    target("put", "put", YARDSTICK, 0.60, 0.65, 0.60, 1.0),
    target("put_many", "put_many", YARDSTICK, 0.70, 0.60, 0.45, 0.60),
    *(target(op, op, YARDSTICK, 1.2, 1.2, 1.2, 1.2) for op in ("miss", "update", "remove")),
    target("iterate", "iterate", YARDSTICK, 1.0, 1.0, 0.50, 0.50),
    target("bytes/entry", "put", None, 22, 19, 18, 17.5, value=BYTES),
    target(f"{SMALLEST}: bytes/entry", "put", None, 17, 15.5, 15, 14.5, value=BYTES, subject=SMALLEST),
    target(f"{SMALLEST}: get", "get", YARDSTICK, 1.5, 1.5, 1.5, 1.5, subject=SMALLEST),
    target("put: the worst", "put_each", YARDSTICK, None, None, 1 / 25, 1 / 100, value="worst"),
    target("put: p99.99", "put_each", YARDSTICK, None, None, 1.0, 1.0, value="p99.99"),
)

# Strings: ahead of these, in time and in bytes.
STRINGS_OVER = ("hattrie", "absl", "glib")
STRINGS_OPS = {"get": TIME, "put": TIME, "bytes/entry": BYTES}
