"""The statistics of a two-level factorial experiment: effects, their intervals, predictions.

The response is a logarithm, so that effects are factors.  Levels are coded -1 and +1, and the model
is a mean, a coefficient for each factor, and one for each pair of them.  In a design in which every
pair of these terms is orthogonal each coefficient is a plain mean of signed responses.

The noise is what the processes of one composition differ by, block for block: the residuals of
composition x block once both means are taken away.  There are replicates, so nothing has to be
assumed about the interactions of three and more, as Lenth's method does.  Compositions may be
noisier than others: a contrast weighs all of them alike, so its variance is that of their mean
variance, whichever are the noisy ones, and a mean over so many processes is normal enough whatever
one process is (tests/lab/contrasts_test.py has two-humped ones).

Three and more factors' interactions are no part of the model.  They do not touch an effect, which
is a mean over all of the design, but they do bound what the model can say about one composition:
a prediction's interval is made of the noise and of what the compositions' means show beyond it.
"""
import itertools
import math
import operator
import statistics
from typing import NamedTuple, Optional

from ..stats import CONFIDENCE, Estimate, holm, log_ratios


# ---- Student's t ----

def student_inside(t, freedom):
    """The probability that |T| < t of Student's t with a whole number of degrees of freedom, as the
    finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    total, term = 0.0, 1.0
    if freedom % 2:
        for k in range(1, (freedom - 1) // 2 + 1):
            total += term
            term *= square * 2 * k / (2 * k + 1)
        return 2 / math.pi * (angle + math.sin(angle) * math.cos(angle) * total)
    for k in range(1, freedom // 2 + 1):
        total += term
        term *= square * (2 * k - 1) / (2 * k)
    return math.sin(angle) * total


def student_quantile(freedom, confidence=CONFIDENCE):
    """The t below which |T| lies with this probability."""
    low, high = 0.0, 1.0
    while student_inside(high, freedom) < confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if student_inside(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return high


# ---- Effects ----

class NotEnough(Exception):
    """Too little was measured for the model; the text says what of."""


class Effect(NamedTuple):
    """What a term multiplies the response by.  Of one factor: high over low, the others' levels
    averaged.  Of two: what one multiplies by where the other is high, over the same where it is
    low; above 1, both together are worth less than the product of what each is worth.
    Without noise, low, high and p are None: then it is exact."""
    factor: float
    low: Optional[float]
    high: Optional[float]
    p: Optional[float]  # that there is none, adjusted for all effects of the response (Holm)

    @property
    def stands(self):
        """Is there an effect, whatever else was asked?"""
        return self.p is None or self.p <= 1 - CONFIDENCE


class Prediction(NamedTuple):
    """A response, e.g. nanoseconds, with its interval for the mean of as many processes as each
    composition of the design had."""
    value: float
    low: float
    high: float


def terms(factors):
    """Those of the model but for the mean: each factor, then each two, as tuples."""
    return [*((factor,) for factor in factors), *itertools.combinations(factors, 2)]


def sign(term, high):
    """The level of a term, -1 or 1, where the factors in `high` are."""
    return math.prod(1 if factor in high else -1 for factor in term)


class Model:
    """The model of one response.

    table    {composition, a frozenset of the factors at their high level: {block: response}}, for
             a whole orthogonal design.  Only the blocks in which all of it was measured count.
    exact    the response has no noise: one block says all.
    """

    def __init__(self, factors, table, exact=False):
        self.exact = exact
        self.terms = terms(factors)
        self.size = len(table)
        # {term: the signs of its contrast}, in the order of the table's compositions.
        self.columns = {term: [sign(term, c) for c in table] for term in self.terms}
        self._demand_orthogonality()
        self.blocks = sorted(set.intersection(*(set(values) for values in table.values())))
        if len(self.blocks) < (1 if exact else 2):
            raise NotEnough(f"blocks that hold all {self.size} compositions: {len(self.blocks)},"
                            f" wanted {1 if exact else 2} or more")
        logs = {composition: [math.log(values[block]) for block in self.blocks]
                for composition, values in table.items()}
        self.means = {composition: statistics.fmean(values) for composition, values in logs.items()}
        self.mean = statistics.fmean(self.means.values())
        self.coefficients = self._contrasts(self.means.values())
        self._measure_noise(logs)
        self._measure_misfit()
        self.effects = self._effects()

    def _demand_orthogonality(self):
        columns = {("the mean",): [1] * self.size, **self.columns}
        for one, other in itertools.combinations(columns, 2):
            if sum(map(operator.mul, columns[one], columns[other])):
                raise ValueError(f"the design confounds {' x '.join(one)} with {' x '.join(other)}")
        if len(columns) >= self.size:
            raise ValueError("the design has nothing left by which to judge the model")

    def _contrasts(self, values):
        """{term: its coefficient} for a value of each composition."""
        values = list(values)
        return {term: math.fsum(map(operator.mul, column, values)) / self.size
                for term, column in self.columns.items()}

    def _measure_noise(self, logs):
        """noise: the variance of one process of a composition, the blocks' means taken away."""
        count = len(self.blocks)
        if self.exact:
            self.noise, self.freedom, self.unrest = 0.0, 0, {}
            return
        of_block = [statistics.fmean(values[i] for values in logs.values()) for i in range(count)]
        squares = math.fsum((value - self.means[composition] - of_block[i] + self.mean) ** 2
                            for composition, values in logs.items()
                            for i, value in enumerate(values))
        self.freedom = (self.size - 1) * (count - 1)
        self.noise = squares / self.freedom
        # {term: by how much its coefficient varies from block to block, over what the noise makes
        # of it}: variances, so that 1 is what to expect if the blocks agree.
        by_block = [self._contrasts(values[i] for values in logs.values()) for i in range(count)]
        self.unrest = {term: statistics.variance(found[term] for found in by_block)
                       * self.size / self.noise if self.noise else 0.0 for term in self.terms}

    def _measure_misfit(self):
        """misfit: the variance of a composition's mean about the model, noise included."""
        self.misfit_freedom = self.size - len(self.terms) - 1
        squares = math.fsum((mean - self.log(c)) ** 2 for c, mean in self.means.items())
        self.misfit = squares / self.misfit_freedom

    def log(self, composition):
        """The logarithm of the response that the model has for a composition."""
        return self.mean + math.fsum(coefficient * sign(term, composition)
                                     for term, coefficient in self.coefficients.items())

    def _effects(self):
        """{term: Effect}."""
        # From -1 to 1 is twice the coefficient; the ratio of two such is four times theirs.
        factors = {term: math.exp(2 * len(term) * self.coefficients[term]) for term in self.terms}
        if self.exact:
            return {term: Effect(factor, None, None, None) for term, factor in factors.items()}
        error = math.sqrt(self.noise / (self.size * len(self.blocks)))
        reach = student_quantile(self.freedom) * error
        adjusted = holm([
            max(0.0, 1 - student_inside(abs(self.coefficients[term]) / error, self.freedom))
            if error else 0.0 for term in self.terms])
        return {term: Effect(factors[term],
                             factors[term] * math.exp(-2 * len(term) * reach),
                             factors[term] * math.exp(2 * len(term) * reach), p)
                for term, p in zip(self.terms, adjusted)}

    def prediction_factor(self):
        """A prediction's interval is from the prediction divided by this to it multiplied by this:
        the same for every composition, since all levels are -1 or 1."""
        leverage = (len(self.terms) + 1) / self.size
        noise = self.noise / len(self.blocks)
        # What the design's own residuals hold beyond noise is all there is, by orthogonality;
        # another composition has as much of it, with other signs.
        beyond = max(0.0, self.misfit - noise) * self.misfit_freedom / self.size
        return math.exp(student_quantile(self.misfit_freedom)
                        * math.sqrt(noise * (1 + leverage) + beyond))

    def predict(self, composition):
        """The response of any composition, one that was not measured above all."""
        value, factor = math.exp(self.log(composition)), self.prediction_factor()
        return Prediction(value, value / factor, value * factor)

    def predict_over(self, composition, log):
        """The same over the response of one competitor whose mean logarithm is given: its noise is
        in the interval too."""
        value = math.exp(self.log(composition) - log)
        own = student_quantile(self.freedom) * math.sqrt(self.noise / len(self.blocks))
        factor = math.exp(math.hypot(math.log(self.prediction_factor()), own))
        return Prediction(value, value / factor, value * factor)

    def ratio(self, numerator, denominator):
        """The ratio of two competitors, each a mapping from block to response, whichever they are,
        its interval from the noise of all compositions: for blocks too few for the sign test."""
        logs = log_ratios(numerator, denominator)
        middle = statistics.fmean(logs)
        reach = student_quantile(self.freedom) * math.sqrt(2 * self.noise / len(logs))
        return Estimate(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach),
                        len(logs))


def ladder(factors, cost):
    """The factors in the order that gains most soonest: from none of them, each time the one whose
    addition costs least.  cost: of a composition, a frozenset, e.g. a predicted response's log."""
    rung, order = frozenset(), []
    while len(rung) < len(factors):
        best = min((factor for factor in factors if factor not in rung),
                   key=lambda factor: cost(rung | {factor}))
        rung |= {best}
        order.append(best)
    return order
