"""A Slurm cluster of one node, this machine, for as long as a test takes: MUNGE, the controller and slurmd, without
systemd, all in one directory.

It is a real one: what is submitted with sbatch is queued, started, bound to cores of its own and, where the node is
lost, queued again.  There may be a second node, to which this machine looks like one of another kind (Pair).
"""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

CORES = 2
CONF = """\
ClusterName=hamtlab
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller}
AuthType=auth/munge
AuthInfo=socket={room}/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={room}/state
SlurmdSpoolDir={room}/spool/%n
SlurmctldPidFile={room}/slurmctld.pid
SlurmdPidFile={room}/slurmd-%n.pid
SlurmctldLogFile={room}/slurmctld.log
SlurmdLogFile={room}/slurmd-%n.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ProctrackType=proctrack/linuxproc
TaskPlugin=task/{task}
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait=2
InactiveLimit=0
MinJobAge=10
SchedulerParameters=max_batch_requeue=100,sched_interval=2,batch_sched_delay=1,sched_min_interval=100000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
NODE = """\
NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} Feature={name} CPUs={cores} Sockets=1 \
CoresPerSocket={cores} ThreadsPerCore=1 State=UNKNOWN
"""
PROGRAMS = ["slurmctld", "slurmd", "munged", "sbatch", "squeue", "scancel", "setpriv"]
PLACES = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


def lacking():
    """Why there can be no cluster here; None if nothing is lacking."""
    missing = [name for name in PROGRAMS if not shutil.which(name, path=PLACES)]
    return f"not installed: {', '.join(missing)} (make build/packages-slurm)" if missing else None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what, seconds, told):
    """Waits until what() is true; TimeoutError with told() if it does not become so."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(told())
        time.sleep(0.1)


class Cluster:
    """To be entered and left; what was started is ended."""
    nodes = {"one": CORES}  # and how many cores each has
    task = "affinity"

    def __init__(self, room):
        self.room, self.processes = pathlib.Path(room), {}
        self.conf = self.room / "slurm.conf"
        # Jobs have their disk here, too: what a killed one leaves goes with the rest.
        self.environment = os.environ | {"SLURM_CONF": str(self.conf), "PATH": PLACES,
                                         "TMPDIR": str(self.room / "disk")}

    def start(self, name, *words):
        with open(self.room / f"{name}.out", "a") as out:
            self.processes[name] = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                                    env=self.environment, start_new_session=True)

    def start_munge(self):
        place = self.room / "munge"
        place.mkdir(mode=0o755)
        (place / "key").write_bytes(os.urandom(128))
        (place / "key").chmod(0o600)
        other = []
        if os.geteuid() == 0:  # munged is not to be root
            user = pwd.getpwnam("munge")
            for path in (place, place / "key"):
                os.chown(path, user.pw_uid, user.pw_gid)
            other = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self.start("munged", *other, shutil.which("munged", path=PLACES), "--foreground", f"--socket={place}/socket",
                   f"--key-file={place}/key", f"--pid-file={place}/pid", f"--seed-file={place}/seed",
                   f"--log-file={place}/log")
        wait_for((place / "socket").exists, 10, lambda: "munged does not answer")

    def command_of(self, node):
        return [shutil.which("slurmd", path=PLACES), "-D", "-N", node]

    def start_node(self, node="one"):
        self.start(node, *self.command_of(node))

    def states(self):
        """Of the nodes."""
        told = subprocess.run(["sinfo", "--noheader", "--Node", "--format=%t"], env=self.environment,
                              capture_output=True, text=True)
        return told.stdout.split()

    def queue(self):
        """The state of each job that there is: PD, R, CG."""
        told = subprocess.run(["squeue", "--noheader", "--array", "--format=%t"], env=self.environment,
                              capture_output=True, text=True)
        return told.stdout.split()

    def __enter__(self):
        self.room.chmod(0o755)  # the way to munged's socket
        for part in ("state", "spool", "disk"):
            (self.room / part).mkdir(exist_ok=True)
        host = socket.gethostname().partition(".")[0]
        self.conf.write_text(CONF.format(
            host=host, user=pwd.getpwuid(os.geteuid()).pw_name, room=self.room, controller=free_port(), task=self.task)
            + "".join(NODE.format(name=name, host=host, port=free_port(), cores=cores)
                      for name, cores in self.nodes.items()))
        try:
            self.start_munge()
            self.start("slurmctld", shutil.which("slurmctld", path=PLACES), "-D")
            for node in self.nodes:
                self.start_node(node)
            wait_for(lambda: self.states() == ["idle"] * len(self.nodes), 30,
                     lambda: f"nodes are {self.states() or 'not there'}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(["scancel", f"--user={os.geteuid()}"], env=self.environment, capture_output=True)
        self.kill_node()
        for name in ("slurmctld", "munged"):
            if name in self.processes:
                self.processes[name].terminate()
                self.processes[name].wait(timeout=20)

    # ---- What goes wrong on a cluster ----

    def below(self, pid):
        """The processes that this one has started, and those that they have."""
        children = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = int(path.read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(path.parent.name))
        found, left = [], [pid]
        while left:
            for child in children.get(left.pop(), []):
                found.append(child)
                left.append(child)
        return found

    def steps(self):
        """The processes by which the node runs jobs, which outlive slurmd: those that have its directory open."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (path / "cmdline").read_bytes().split(b"\0")
                environment = (path / "environ").read_bytes()
                if words[0].endswith(b"slurmstepd") or words[0].startswith(b"slurmstepd:"):
                    if f"SLURM_CONF={self.conf}".encode() in environment:
                        found.append(int(path.name))
        return found

    def jobs(self):
        """The processes of jobs that run, with all that they have started."""
        return {step: self.below(step) for step in self.steps()}

    def kill_node(self):
        """As if power failed: slurmd of each node, and all that it runs."""
        for node in self.nodes.keys() & self.processes.keys():
            self.processes[node].kill()
            self.processes[node].wait()
        for step, others in self.jobs().items():
            for pid in [step, *others]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


class Pair(Cluster):
    """Two nodes of one core each.  Both are this machine, but `two` has files of its own in place of some of the
    system's (a mount namespace): /proc/cpuinfo names another processor; and its compiler takes an older one for its
    own.

    Compilers write into `calls` of their directory what they were asked for.
    """
    nodes, task = {"one": 1, "two": 1}, "none"  # task/affinity would bind both to the first core
    processor = "A Processor That There Is Not"
    compiler = """\
#!/bin/sh
# The compiler behind this one in PATH.
echo "$*" >>"$0.calls"
PATH=${{PATH#*:}}
for word; do
    shift
    [ "$word" = -march=native ] && word={march}
    set -- "$@" "$word"
done
exec cc "$@"
"""

    @staticmethod
    def lacking():
        """Why there can be none here; None if nothing is lacking."""
        if lacking():
            return lacking()
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
            return "no right to a mount namespace (root has it)"
        return None

    def __enter__(self):
        for place, march in (("bin", "native"), ("bin-two", "x86-64-v2")):
            cc = self.room / place / "cc"
            cc.parent.mkdir()
            cc.write_text(self.compiler.format(march=f"-march={march}"))
            cc.chmod(0o755)
        self.environment["PATH"] = f"{self.room}/bin{os.pathsep}{PLACES}"
        told = pathlib.Path("/proc/cpuinfo").read_text()
        (self.room / "cpuinfo").write_text(re.sub(r"^(model name\s*:).*", rf"\1 {self.processor}", told, flags=re.M))
        return super().__enter__()

    def command_of(self, node):
        slurmd = super().command_of(node)
        return slurmd if node == "one" else [
            "unshare", "--mount", "sh", "-c",
            'mount --bind "$1/cpuinfo" /proc/cpuinfo && mount --bind "$1/bin-two" "$1/bin" && shift && exec "$@"',
            "sh", str(self.room), *slurmd]

    def compiled(self, node, what):
        """How often this node's compiler made a file of this name."""
        calls = self.room / ("bin" if node == "one" else "bin-two") / "cc.calls"
        return len(re.findall(rf"-o \S*/{what}\.\d+\s", calls.read_text())) if calls.exists() else 0
