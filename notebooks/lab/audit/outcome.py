"""What a test of a claim comes to."""
from typing import NamedTuple, Optional

HOLDS, DOES_NOT_HOLD = "holds", "does not hold"
UNDECIDED, NOT_MEASURED = "undecided", "not measured"
VERDICTS = (HOLDS, DOES_NOT_HOLD, UNDECIDED, NOT_MEASURED)


# Of several, and of one.
IN_A_COUNT = {HOLDS: ("hold", "holds"), DOES_NOT_HOLD: ("do not", "does not"),
              UNDECIDED: ("are undecided", "is undecided"), NOT_MEASURED: ("were not measured", "was not measured")}


def counted(verdicts):
    """How many there are of each, in words: 29 hold, 1 does not."""
    counts = [(verdict, verdicts.count(verdict)) for verdict in VERDICTS]
    return ", ".join(f"{count} {IN_A_COUNT[verdict][count == 1]}" for verdict, count in counts if count)


class Outcome(NamedTuple):
    """low, value and high are of the one figure that the verdict is about: a median and its 95 %
    interval, or a count without one.  None where there is none."""
    measured: str  # in words: that figure and what it is of; the reason if nothing was measured
    low: Optional[float]
    value: Optional[float]
    high: Optional[float]
    replicates: int  # processes; 1 for a count, which is the same in each
    verdict: str
    p: Optional[float] = None  # of the sign test on which the verdict rests, if it rests on one
    how: str = ""  # of what does not hold: less, more or opposite (lab.verdicts)

    @property
    def told(self):
        return self.verdict + (f" ({self.how})" if self.how else "")


def not_measured(reason):
    return Outcome(reason, None, None, None, 0, NOT_MEASURED)
