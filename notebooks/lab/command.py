"""How a report ends that is run as a program: what can go wrong is told in one line, by a name and
a status that scripts can rely on."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import traceback


class BadSetting(Exception):
    """A setting makes no sense; the text says which, and what would.  Exit status 2."""


class Failure(Exception):
    """The report cannot be made; the text says why.  Exit status 1."""


def output(*words, given=None, failure=Failure, said=lambda lines: lines[-1], absent=None, where=None, more=None):
    """The bytes that a program prints, which is given bytes and runs in the directory `where`, with `more` in its
    environment.  If it fails, a failure with what it said: the last line, or what `said` makes of all lines; if it is
    not there, a Failure that says so."""
    words = list(map(str, words))
    try:
        done = subprocess.run(words, input=given, capture_output=True, cwd=where, env=os.environ | (more or {}))
    except FileNotFoundError:
        raise Failure(absent or f"there is no {words[0]} on this machine") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise failure(said(lines or [f"{words[0]} ended with {done.returncode}"]))
    return done.stdout


def cause(error):
    """One line about an error that no report told in words of its own: input that is not as it
    should be, most often."""
    if os.environ.get("V"):
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'writing'}: {error.strerror}"
    if isinstance(error, sqlite3.Error):
        return f"the store: {error}"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return " ".join(f"stopped by {type(error).__name__}: {error} at"
                    f" {pathlib.Path(place.filename).name}:{place.lineno}; is its input as it should"
                    " be?  V=1 shows the way there".split())


def end_output():
    """Writes what is left of the output; what nobody takes is dropped.  The interpreter does the
    same when it ends, and would complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run_report(name, report, arguments=None):
    """Runs a report.  That nobody reads its output to the end (`| head`) is no failure; that it
    cannot be written is one."""
    status, told = 0, None
    try:
        try:
            report(arguments)
        except SystemExit as end:
            status = end.code or 0
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except KeyboardInterrupt:
        status, told = 130, "interrupted"
    except (BadSetting, Failure) as error:
        status, told = 2 if isinstance(error, BadSetting) else 1, error
    except Exception as error:
        status, told = 1, cause(error)
    end_output()
    if told:
        print(f"{name}: {told}", file=sys.stderr)
    if status:
        sys.exit(status)
