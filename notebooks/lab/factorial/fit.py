"""The linear model of a two-level factorial experiment: effects, their intervals, predictions.

The response is a logarithm, so that effects are factors.  Levels are coded -1 and +1, and the model is a mean, a
coefficient for each factor and one for each two of them, fitted by least squares to the compositions' means.  Any
factors and any compositions will do: which terms these tell apart is read from their columns.

The noise is what the processes of one composition differ by, block for block: the residuals of composition x block.
There are replicates, so nothing has to be assumed about the interactions of three and more, as Lenth's method does.
A composition may be noisier than others; in a balanced design a contrast weighs all of them alike, so that its
variance is that of their mean variance (tests/lab/factorial_fit_test.py has noisy, two-humped ones).

What the model leaves out, the interactions of three factors and pairs that cannot be told apart from others, does not
widen an effect, but it bounds what the model can say about one composition: a prediction's interval is made of the
noise and of the size that such terms have by what the compositions' means show beyond the noise.
"""
import functools
import itertools
import math
from typing import NamedTuple, Optional

import numpy
import pandas
from scipy.stats import t as student

from ..results import NotMeasured
from ..stats import CONFIDENCE, Estimate, holm

MEAN = ()  # the term that is the same for all
NOTHING = 1e-6  # of a column's length: what arithmetic leaves of a column that others make up
SAME = 9  # decimals of a logarithm beyond which there is only what arithmetic leaves


class Effect(NamedTuple):
    """What a term multiplies the response by.  Of one factor: high over low, the others' levels averaged.  Of two:
    what one multiplies by where the other is high, over the same where it is low; above 1, both together are worth
    less than the product of what each is worth.  Without noise, low, high and p are None: then it is exact."""
    factor: float
    low: Optional[float]
    high: Optional[float]
    p: Optional[float]  # that there is none, adjusted for all effects of the response (Holm)

    @property
    def stands(self):
        """Is there an effect, whatever else was asked?"""
        return self.p is None or self.p <= 1 - CONFIDENCE


class Prediction(NamedTuple):
    """A response, e.g. nanoseconds, with its interval for the mean of as many processes as each composition of the
    design had."""
    value: float
    low: float
    high: float


def terms(factors, sizes):
    """The products of so many factors, as tuples."""
    return [term for size in sizes for term in itertools.combinations(factors, size)]


def levels(compositions, of):
    """A matrix: the level, -1 or 1, of each term `of` in each composition, a set of the factors that are high."""
    return numpy.array([[(-1.0) ** len(set(term) - composition) for term in of] for composition in compositions])


def told_apart(compositions, wanted):
    """The terms that these compositions tell apart, the first of `wanted` before others, and what each other is
    aliased with: {term: [terms whose columns make up its own]}."""
    apart, aliases = [MEAN], {}
    for term in wanted:
        known, column = levels(compositions, apart), levels(compositions, [term])[:, 0]
        weights = numpy.linalg.lstsq(known, column, rcond=None)[0]
        if numpy.linalg.norm(column - known @ weights) > NOTHING * len(column) ** 0.5:
            apart.append(term)
        else:
            aliases[term] = [each for each, weight in zip(apart, weights) if abs(weight) > NOTHING]
    return apart, aliases


class Design(NamedTuple):
    """What depends on the compositions alone."""
    terms: list                # those of the model, the mean first
    aliases: dict              # as told_apart has them
    matrix: numpy.ndarray      # the terms' levels in each composition
    solve: numpy.ndarray       # makes coefficients of the compositions' means
    variances: numpy.ndarray   # of the coefficients, for means whose variance is 1
    left_out: list             # the terms that the model does not have
    shifts: numpy.ndarray      # by how much a unit of each of these shifts each coefficient
    seen: float                # the squares that a unit of each leaves in the compositions' means


@functools.lru_cache(maxsize=None)
def design_of(factors, compositions):
    apart, aliases = told_apart(compositions, terms(factors, (1, 2)))
    left_out = [*terms(factors, (3,)), *(term for term in aliases if len(term) == 2)]
    matrix, others = levels(compositions, apart), levels(compositions, left_out)
    solve = numpy.linalg.pinv(matrix)
    shifts = solve @ others
    return Design(apart, aliases, matrix, solve, (solve ** 2).sum(axis=1), left_out, shifts,
                  ((others - matrix @ shifts) ** 2).sum())


class Fit:
    """The model of one response.

    table    {composition, a frozenset of the factors at their high level: {block: response}}.  Only the blocks in
             which all of it was measured count.
    exact    the response has no noise: one block says all.
    """

    def __init__(self, factors, table, exact=False):
        self.exact, self.compositions = exact, list(table)
        logs = numpy.log(pandas.DataFrame(list(table.values())).dropna(axis="columns").sort_index(axis="columns"))
        self.blocks, logs = list(logs), logs.to_numpy()
        if len(self.blocks) < 2 - exact:
            raise NotMeasured(f"blocks that hold all {len(table)} compositions: {len(self.blocks)}, wanted {2 - exact}"
                              " or more")
        self.design = design_of(tuple(factors), tuple(table))
        self.misfit_freedom = len(table) - len(self.design.terms)
        if self.misfit_freedom < 1:
            raise NotMeasured(f"{len(table)} compositions for {len(self.design.terms)} terms leave nothing by which to"
                              " judge the model")
        means = logs.mean(axis=1)
        self.means = dict(zip(self.compositions, means))
        self._coefficients = self.design.solve @ means
        self.coefficients = dict(zip(self.design.terms, self._coefficients))
        self._measure_noise(logs)
        # What the means show beyond the noise, as the variance of the coefficients that the model does not have.
        squares = ((means - self.design.matrix @ self._coefficients) ** 2).sum()
        beyond = max(0.0, squares - self.noise / len(self.blocks) * self.misfit_freedom)
        self._spread = beyond / self.design.seen if self.design.seen > NOTHING else 0.0
        self.effects = self._effects()

    def _measure_noise(self, logs):
        """noise: the variance of one process of a composition, the blocks' means taken away.  unrest: {term: by how
        much its coefficient varies from block to block, over what the noise makes of it}: variances, so that 1 is
        what to expect if the blocks agree."""
        if self.exact:
            self.noise, self.freedom, self.unrest = 0.0, 0, {}
            return
        rest = logs - logs.mean(axis=1, keepdims=True)
        rest -= rest.mean(axis=0)
        self.freedom = (len(logs) - 1) * (len(self.blocks) - 1)
        self.noise = (rest ** 2).sum() / self.freedom
        by_block = (self.design.solve @ logs).var(axis=1, ddof=1) / self.design.variances / self.noise
        self.unrest = dict(zip(self.design.terms[1:], by_block[1:]))

    def _effects(self):
        """{term: Effect}, of those that the compositions tell apart."""
        # From -1 to 1 is twice the coefficient; the ratio of two such is four times theirs.
        found = self.design.terms[1:]
        times = numpy.array([2 * len(term) for term in found])
        logs = times * self._coefficients[1:]
        if self.exact:
            return {term: Effect(math.exp(log), None, None, None) for term, log in zip(found, logs)}
        errors = times * numpy.sqrt(self.noise / len(self.blocks) * self.design.variances[1:])
        reach = self.quantile(self.freedom) * errors
        adjusted = holm(2 * student.sf(abs(logs) / errors, self.freedom))
        return {term: Effect(*numpy.exp((log, log - far, log + far)), p)
                for term, log, far, p in zip(found, logs, reach, adjusted)}

    @staticmethod
    def quantile(freedom):
        """The t below which |T| lies with the confidence of all intervals."""
        return student.ppf((1 + CONFIDENCE) / 2, freedom)

    def log(self, composition):
        """The logarithm of the response that the model has for a composition."""
        return (levels([composition], self.design.terms) @ self._coefficients)[0]

    def prediction_factor(self, composition):
        """A composition's interval is from its prediction divided by this to it multiplied by this."""
        own, others = (levels([composition], of)[0] for of in (self.design.terms, self.design.left_out))
        missed = others - own @ self.design.shifts
        noise = self.noise / len(self.blocks) * (1 + ((own @ self.design.solve) ** 2).sum())
        return math.exp(self.quantile(self.misfit_freedom) * math.sqrt(noise + self._spread * missed @ missed))

    def predict(self, composition):
        """The response of any composition, one that was not measured above all."""
        value, factor = math.exp(self.log(composition)), self.prediction_factor(composition)
        return Prediction(value, value / factor, value * factor)

    def predict_over(self, composition, log):
        """The same over the response of one competitor whose mean logarithm is given: its noise is in it too."""
        value = math.exp(self.log(composition) - log)
        own = self.quantile(self.freedom) * math.sqrt(self.noise / len(self.blocks))
        factor = math.exp(math.hypot(math.log(self.prediction_factor(composition)), own))
        return Prediction(value, value / factor, value * factor)

    def ratio(self, ratios):
        """The ratio of two competitors, whichever they are, from that of each block, its interval from the noise of
        all compositions: for blocks too few for the sign test."""
        logs = numpy.log(ratios)
        reach = self.quantile(self.freedom) * math.sqrt(2 * self.noise / len(logs))
        middle = logs.mean()
        return Estimate(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach), len(logs))


def ladder(factors, cost):
    """The factors in the order that gains most soonest: from none of them, each time the one whose addition costs
    least, the first of those that cost the same.  cost: of a composition, a frozenset: a predicted response's log."""
    rung, order = frozenset(), []
    while len(rung) < len(factors):
        order.append(min((factor for factor in factors if factor not in rung),
                         key=lambda factor: round(cost(rung | {factor}), SAME)))
        rung |= {order[-1]}
    return order
