"""How many branches would a processor guess wrong?  callgrind's predictor knows a branch's last two outcomes and takes the
end of every loop by surprise; processors have long guessed by the branches before it.

A perceptron (Jimenez and Lin, "Dynamic branch prediction with perceptrons", HPCA 2001), as processors have had: each branch
weighs the outcomes of the last HISTORY branches, and learns where it was wrong or not sure.
"""
HISTORY = 32
SURE = int(1.93 * HISTORY + 14)  # theirs


def wrong(lookups):
    """Of each lookup, a list of (address of a branch, whether it was taken): how many of its branches are guessed
    wrong, after what the lookups before it taught."""
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
