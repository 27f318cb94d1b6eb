"""What a processor's core makes of lookups that were followed one after the other (chains.py): branches that it guesses
wrong, and cache lines that it finds no longer in its first level.

It guesses by a perceptron (Jimenez and Lin, "Dynamic branch prediction with perceptrons", HPCA 2001), as processors
have done: each branch weighs the outcomes of the last HISTORY branches, and learns where it was wrong or not sure.
(callgrind knows a branch's own last outcomes alone, and takes the end of every loop by surprise.) The cache is that
of a Zen 5, on which experiments/model.plan was measured: 48 KiB of SETS x WAYS lines, which drops the line that was
used longest ago.  On another processor both numbers have to change, and WINDOW in lab.counts.prediction.
"""
from collections import OrderedDict, defaultdict

HISTORY = 32
SURE = int(1.93 * HISTORY + 14)  # theirs
SETS, WAYS = 64, 12


def wrong(lookups):
    """Of each lookup, a list of (address of a branch, whether it was taken): how many are guessed wrong, after what the
    lookups before it taught."""
    weights, past, found = {}, [1] * (HISTORY + 1), []  # past: 1 taken, -1 not; the first, always 1, is for the bias
    for branches in lookups:
        count = 0
        for address, taken in branches:
            own = weights.setdefault(address, [0] * (HISTORY + 1))
            guess, outcome = sum(map(int.__mul__, own, past)), 1 if taken else -1
            is_wrong = (guess >= 0) != taken
            if is_wrong or abs(guess) <= SURE:
                own[:] = [weight + outcome * before for weight, before in zip(own, past)]
            past[1:] = past[2:] + [outcome]
            count += is_wrong
        found.append(count)
    return found


def missed(lookups):
    """Of each lookup, a list of the numbers of the lines that it reads: how many are not there, after the lookups
    before it."""
    sets, found = defaultdict(OrderedDict), []
    for lines in lookups:
        count = 0
        for line in lines:
            held = sets[line % SETS]
            count += line not in held
            held[line] = True
            held.move_to_end(line)
            if len(held) > WAYS:
                held.popitem(last=False)
        found.append(count)
    return found
