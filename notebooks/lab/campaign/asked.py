"""What a campaign is asked for, by make's names, in a form that means the same wherever its jobs run.

Jobs run in a copy of the sources (lab.campaign.sources).  A path to what the copy has is one from its root, so that the
copy's is meant; any other, of a file of keys or of a variant outside the tree, is a full one.
"""
import os
import pathlib
import re
import shlex

from .. import store as stores
from ..command import BadSetting
from . import sources

NAMES = {"variants": "VARIANT"}  # of the runner's options that make does not call the same


def lasting(path, root=stores.ROOT):
    """A path that was given in the tree, as it is wherever a job runs."""
    full = os.path.abspath(root / path)
    inside = os.path.relpath(full, root)
    return f"./{inside}" if sources.carries(inside, root) else full


def lasting_value(name, text):
    """The value of a setting with such paths."""
    if name in ("KEYS", "keys"):
        return lasting(text)
    if name in ("VARIANTS", "variants"):  # a,/some/dir+b
        return re.sub(r"[^,+]*/[^,+]*", lambda word: lasting(word[0]), text)
    return text


def lasting_plan(path):
    """The text of a plan with such paths."""
    try:
        lines = pathlib.Path(path).read_text().splitlines()
    except (OSError, UnicodeError) as error:
        raise BadSetting(f"PLAN={path}: {getattr(error, 'strerror', None) or 'is not text'}") from None
    setting = re.compile(r"(?<!\S)(VARIANTS|KEYS)=(\S+)")
    return "".join(f"{setting.sub(lambda word: f'{word[1]}={lasting_value(*word.groups())}', line.partition('#')[0])}\n"
                   for line in lines)


def options_of(asked):
    """(the plan's file, {option: value} of the others) of what make asks the runner for."""
    words = shlex.split(asked)
    options = {word.removeprefix("--"): lasting_value(word.removeprefix("--"), value)
               for word, value in zip(words[::2], words[1::2])}
    plan = options.pop("plan", None)
    if not plan:
        raise BadSetting("PLAN=: a campaign measures a plan, such as experiments/frontier-core.plan")
    return plan, options


def words_of(options):
    """The runner's command line."""
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def duration(seconds):
    """As BUDGET takes it: 10m."""
    return next(f"{seconds // unit}{name}" for name, unit in (("h", 3600), ("m", 60), ("s", 1)) if seconds % unit == 0)


def by_name(asked):
    """{NAME: value}, as one gives them to make, of what campaign.json tells."""
    found = {"ON": asked["on"], "BLOCKS": str(asked["blocks"]), "AGAINST": ",".join(asked["against"]),
             "BUDGET": duration(asked["budget"]), "the kinds of SITE": ",".join(asked["kinds"])}
    for name, value in asked["options"].items():
        if name == "parameters":  # pool_slots=64
            found |= {word.partition("=")[0].upper(): word.partition("=")[2] for word in value.split()}
        else:
            found[NAMES.get(name, name.upper())] = value
    return {name: value for name, value in found.items() if value}


def difference(before, now):
    """with OPS=put, not OPS=get: the first setting in which two differ; None if they do not."""
    before, now = by_name(before), by_name(now)
    for name in before | now:
        if before.get(name) != now.get(name):
            had, has = (f"{name}={each[name]}" if name in each else f"no {name}" for each in (before, now))
            return f"with {had}, not {has}"
    return None
