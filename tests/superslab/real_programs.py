"""The real programs, each as a function of how much it is to do: the short tests and the long ones
differ in nothing else."""
import contextlib
import ctypes
import hashlib
import pathlib
import re
import signal
import socket
import subprocess
import sys

from programs import PLAIN, ROOT, Ended, Programs, environment, run, wait_for

PYTHON = sys.executable


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def die_with_the_test():
    """In a child: a test that is killed leaves no server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def without_times(text):
    return re.sub(r"\d+\.\d+s\b", "?s", text)


class RealPrograms(Programs):
    def python(self, modules, counted=True):
        """Modules of Python's own test suite; all its objects come from malloc."""
        def result(way, variables):
            command = [PYTHON, "-B", "-m", "unittest", *(f"test.{name}" for name in modules)]
            ended = run(command, way, self.directory, PYTHONMALLOC="malloc", PYTHONHASHSEED="0",
                        **variables)
            self.check(ended, way)
            return re.findall(r"^Ran \d+ tests|^OK.*$", without_times(ended.error), re.M)
        ran, verdict = self.same_each_way(result, counted)
        self.assertRegex(ran, r"Ran [1-9]\d* tests")
        self.assertTrue(verdict.startswith("OK"), verdict)

    def compiler(self, compiler, compositions):
        """Compiling this project: object files are the same to the last byte."""
        sources = []
        for name in compositions:
            def asked(what, *words):
                return subprocess.run([PYTHON, "tools/compose.py", what, name, *words], cwd=ROOT,
                                      text=True, check=True, stdout=subprocess.PIPE).stdout.split()
            sources.append((asked("source")[0], asked("flags", "u64", "xxh3")))

        def result(way, variables):
            objects = []
            for number, (source, flags) in enumerate(sources):
                # The object's name is in it.
                target = self.directory / f"{number}.o"
                ended = run([compiler, "-std=c17", "-O3", "-g", "-D_GNU_SOURCE", *flags, "-c",
                             source, "-o", target], way, ROOT, **variables)
                self.check(ended, way)
                objects.append(digest(target))
            return objects
        self.assertEqual(len(self.same_each_way(result)), len(compositions))

    def sqlite(self, rows):
        """A table of random texts and numbers is loaded, indexed, changed, queried and checked."""
        script = f"""
            PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536;
            CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, size INT, data BLOB);
            WITH RECURSIVE n (i, r) AS (SELECT 1, 12345 UNION ALL
                SELECT i + 1, (r * 1103515245 + 12345) % 2147483648 FROM n WHERE i < {rows})
            INSERT INTO item SELECT i, printf('%08x-%d', r, i), r % 1000, zeroblob(r % 300) FROM n;
            CREATE INDEX item_name ON item (name); CREATE INDEX item_size ON item (size, name);
            UPDATE item SET name = upper(name) || '-changed' WHERE size < 100;
            DELETE FROM item WHERE id % 7 = 0;
            SELECT count(*), sum(size), sum(length(data)), min(name), max(name) FROM item;
            SELECT size, count(*), group_concat(substr(name, 1, 3), '') FROM item
                WHERE size BETWEEN 40 AND 60 GROUP BY size ORDER BY size;
            SELECT count(*) FROM item a JOIN item b ON a.name < b.name AND a.size = b.size
                WHERE a.size < 5;
            VACUUM; PRAGMA integrity_check;"""

        def result(way, variables):
            database = self.directory / "test.sqlite"
            for name in self.directory.glob("test.sqlite*"):
                name.unlink()
            ended = run(["sqlite3", "-batch", database], way, self.directory, script, **variables)
            self.check(ended, way)
            return ended.out
        said = self.same_each_way(result).split()
        self.assertEqual(said[-1], "ok")

    def git(self):
        """A clone of this repository is packed anew: the same objects, and nothing is broken."""
        def result(way, variables):
            clone = self.directory / re.sub(r"\W+", "-", f"{way} {variables}")
            plain = run(["git", "clone", "-q", "--no-local", "--bare", ROOT, clone], PLAIN)
            self.check(plain, PLAIN)
            packed = run(["git", "-c", "gc.auto=0", "-c", "pack.threads=2", "gc", "-q",
                          "--aggressive", "--prune=now"], way, clone, **variables)
            self.check(packed, way)
            checked = run(["git", "fsck", "--full", "--strict"], PLAIN, clone)
            self.check(checked, PLAIN)
            listed = run(["git", "rev-list", "--objects", "--all"], way, clone, **variables)
            self.check(listed, way)
            return sorted(listed.out.splitlines()), checked.out
        objects, _ = self.same_each_way(result)
        self.assertGreater(len(objects), 100)

    # ---- Redis ----

    @contextlib.contextmanager
    def redis(self, way, variables):
        """A server on a port of its own that keeps nothing; yields the port and a list that gets
        how it ended."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        said = self.directory / "redis.log"
        ends = []
        with open(said, "w") as log:
            server = subprocess.Popen(
                ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
                 "--appendonly", "no", "--daemonize", "no", "--enable-debug-command", "local",
                 "--io-threads", "2", "--dir", str(self.directory)],
                env=environment(way, **variables), stdout=subprocess.DEVNULL, stderr=log,
                preexec_fn=die_with_the_test)
        client = ["redis-cli", "-h", "127.0.0.1", "-p", port]
        try:
            wait_for(lambda: server.poll() is not None
                     or run([*client, "ping"], PLAIN).out == "PONG\n")
            self.assertIsNone(server.poll(), said.read_text())
            maps = pathlib.Path(f"/proc/{server.pid}/maps").read_text()
            self.assertEqual("libsuperslab.so" in maps, way != PLAIN)
            yield port, ends
            run([*client, "shutdown", "nosave"], PLAIN)
            server.wait(60)
            ends.append(Ended(server.returncode, "", said.read_text()))
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()

    def redis_under_load(self, keys, requests):
        """The same commands give the same data, and redis-benchmark gets all its answers."""
        commands = "".join(
            f"SET string:{i} {'x' * (1 + i * 7919 % 1500)}\nHSET hash:{i % 97} field{i} {i}\n"
            f"RPUSH list:{i % 89} {'y' * (1 + i % 64)}\nSADD set:{i % 83} member{i * 31 % 5000}\n"
            f"ZADD sorted:{i % 79} {i % 1000} member{i}\n"
            f"{'DEL' if i % 3 else 'APPEND'} string:{i * 13 % keys}{'' if i % 3 else ' tail'}\n"
            for i in range(keys))

        def result(way, variables):
            with self.redis(way, variables) as (port, ends):
                client = ["redis-cli", "-h", "127.0.0.1", "-p", port]
                filled = run([*client, "--pipe"], PLAIN, given=commands)
                self.assertIn("errors: 0", filled.out)
                data = run([*client, "debug", "digest"], PLAIN).out
                load = run(["redis-benchmark", "-h", "127.0.0.1", "-p", port, "-n", requests, "-c",
                            "20", "-P", "8", "-r", "10000", "-d", "200", "--csv", "-t",
                            "set,get,incr,lpush,rpop,sadd,hset,zadd,mset"], way, **variables)
                self.check(load, way)
                tests = [line.split(",")[0] for line in load.out.splitlines()]
                run([*client, "flushall"], PLAIN)
                size = run([*client, "dbsize"], PLAIN).out
            self.check(ends[0], way)
            return data, tests, size
        data, tests, size = self.same_each_way(result)
        self.assertRegex(data, r"^[0-9a-f]{40}\n$")
        self.assertGreaterEqual(len(tests), 10)
        self.assertEqual(size, "0\n")
