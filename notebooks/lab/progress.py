"""How far a long report has come, and how long it will take."""
import sys
import time


class Progress:
    """Tells on the standard error output, after each step, how many are done and the time left:
    on a terminal in one line that is written over, elsewhere in a line twice a minute.  Steps that
    are skipped, since their result is there, do not count for the time."""

    def __init__(self, name, steps):
        self.name, self.total = name, len(steps)
        self.done = self.worked = 0
        self.start, self.told = time.monotonic(), 0.0

    def step(self, what=""):
        self.worked += 1
        self.skip(what)

    def skip(self, what=""):
        self.done += 1
        self.tell(" ".join(map(str, what)) if isinstance(what, tuple) else what)

    def left(self):
        """Seconds left, None where nothing tells."""
        elapsed = time.monotonic() - self.start
        return elapsed / self.worked * (self.total - self.done) if self.worked else None

    def tell(self, what):
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if self.done < self.total and now - self.told < (0.2 if terminal else 30):
            return
        self.told, left = now, self.left()
        time_left = "" if left is None else f", {left // 60:.0f}:{left % 60:02.0f} left"
        line = f"{self.name}: {self.done}/{self.total}{time_left}  {what}".rstrip()
        print(f"\r{line}\x1b[K" if terminal else line, end="" if terminal else "\n",
              file=sys.stderr, flush=True)

    def end(self):
        if sys.stderr.isatty():
            print(file=sys.stderr)
