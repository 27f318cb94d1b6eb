"""The lab's command line, run in this process."""
import contextlib
import io

import paths
from lab import __main__ as lab, command

ROOT = paths.ROOT


def asked(*words):
    """(status, standard output, standard error) of `python3 -m lab WORDS`."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
        try:
            command.run_report(words[0], lab.main, [str(word) for word in words])
            status = 0
        except SystemExit as end:
            status = end.code
    return status, out.getvalue(), error.getvalue()


def printed(*words):
    """What it prints; it must not fail."""
    status, out, error = asked(*words)
    if status:
        raise AssertionError(f"{words}: {error}")
    return out


class Refusals:
    """Mixed into a TestCase: settings that make no sense, or what is not there, are told in one line."""

    def assert_refused(self, words, told, status=2):
        got, out, error = asked(*words.split())
        self.assertEqual((got, out, len(error.splitlines())), (status, "", 1), f"{words}: {error}")
        self.assertRegex(error, f"^{words.split()[0]}: .*{told}")
