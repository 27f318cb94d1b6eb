"""How a report ends that is run as a program: what can go wrong is told in one line, by a name and
a status that scripts can rely on."""
import os
import sys


class BadSetting(Exception):
    """A setting makes no sense; the text says which, and what would.  Exit status 2."""


class Failure(Exception):
    """The report cannot be made; the text says why.  Exit status 1."""


def run_report(name, report, arguments=None):
    """Runs a report.  That nobody reads its output to the end (`| head`) is no failure."""
    try:
        report(arguments)
        sys.stdout.flush()
    except (BadSetting, Failure) as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, BadSetting) else 1)
    except BrokenPipeError:
        # The interpreter flushes once more when it ends; there must be something to take it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
