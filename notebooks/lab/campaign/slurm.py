"""A campaign's jobs on Slurm, which queues them, limits them, and tries them again; nothing of that is done here.

Three kinds of jobs, all of one name: one builds (for each kind of machine), an array measures, a shard a task, once
that is built; one merges once the array has ended, however it did, and submits the next wave if there is one.  What a
cluster wants to be told stands in a site file, which SITE names: options of sbatch, by their long names.

    [measure]           of the tasks.  Each has a node of its own, unless this says how many cores it gets:
    cpus-per-task = 2
    time = 0:30:00
    [build]             of the jobs that build
    partition = login
    [merge]
    [kinds]             kinds of machine, each of which measures everything: a name, and what asks for it
    zen4 = constraint=genoa
    icelake = partition=old constraint=icelake
"""
import configparser
import re
import shlex
import sys

from ..command import BadSetting, output

MERGE = "gather"    # the module that merges
ALIKE = "machines"  # the kind where the site file tells of none
OURS = {"array", "chdir", "comment", "dependency", "export", "job-name", "kill-on-invalid-dep", "open-mode", "output",
        "parsable", "requeue", "wrap"}


# What a campaign's directory has beside its kinds (lab.campaign.directory).
TAKEN = {"campaign.json", "logs", "plan", "site", "store.sqlite"}


def option(name, value):
    if not re.fullmatch(r"[a-z][a-z-]*", name) or name in OURS:
        raise ValueError(f"{name}: is not an option of sbatch that a site file may give")
    return f"--{name}={value}" if value else f"--{name}"


def kind(name, words):
    """What asks for a kind of machine."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name) or name in TAKEN:
        raise ValueError(f"[kinds] {name}: is not a name for a kind: small letters, digits, . _ or -, and none of"
                         f" {', '.join(sorted(TAKEN))}")
    return [option(*word.partition("=")[::2]) for word in shlex.split(words or "")]


class Site:
    """What a site file says."""

    def __init__(self, path=None):
        file = configparser.ConfigParser(interpolation=None, allow_no_value=True, delimiters=("=",))
        try:
            if path and path.exists():
                file.read_string(path.read_text(), str(path))
            self.read(file)
        except (OSError, ValueError, configparser.Error) as error:
            raise BadSetting(f"SITE={path}: {str(error).splitlines()[0]}") from None

    def read(self, file):
        """ValueError says what makes no sense."""
        for name in file.sections():
            if name not in ("measure", "build", "merge", "kinds"):
                raise ValueError(f"[{name}]: not known; one of: measure, build, merge, kinds")
        self.options = {job: [option(*item) for item in file.items(job)] if file.has_section(job) else []
                        for job in ("measure", "build", "merge")}
        if not any(word.startswith(("--exclusive", "--cpus-per-task")) for word in self.options["measure"]):
            self.options["measure"].append("--exclusive")
        self.kinds = {ALIKE: []}
        if file.has_section("kinds"):
            self.kinds = {name: kind(name, words) for name, words in file.items("kinds")}
            if not self.kinds:
                raise ValueError("[kinds]: names no kind of machine")


def ask(*words, **more):
    """What a program of Slurm's prints, with `more` in its environment."""
    return output(*words, more=more, said=lambda lines: f"{words[0]}: {lines[-1]}",
                  absent=f"ON=slurm: there is no {words[0]} on this machine").decode()


class Slurm:
    def __init__(self, campaign):
        self.campaign = campaign

    def jobs(self):
        """How many of the campaign's jobs are queued or running, how many of these run, and how many are held, as Slurm
        does with those whose node was lost several times."""
        told = ask("squeue", "--noheader", "--array", f"--name={self.campaign.name}", "--format=%t %r").splitlines()
        return (len(told), sum(line.startswith("R ") for line in told), sum("JobHeld" in line for line in told))

    def wait(self):
        """Whether a merge of the campaign has been submitted that has not begun."""
        told = ask("squeue", "--noheader", f"--name={self.campaign.name}", "--states=PENDING", "--format=%k")
        return MERGE in told.split()

    def how_to_cancel(self):
        return f"scancel --name={self.campaign.name}"

    def sbatch(self, kind, options, module, *words, after=None):
        """Submits a job that runs a module of the lab, as it was when the campaign began; its id."""
        # A variable named in --export would have each task wait for a login shell, to ask for the user's environment.
        depends = [f"--dependency={after}", "--kill-on-invalid-dep=yes"] if after else []
        told = ask("sbatch", "--parsable", f"--job-name={self.campaign.name}", "--requeue", "--open-mode=append",
                   f"--comment={module}", "--export=ALL", f"--chdir={kind.tree}",
                   f"--output={self.campaign.logs}/%A_%a.log", *options, *depends,
                   str(kind.tree / "tools" / "exec.sh"), sys.executable, "-B", "-m", f"lab.campaign.{module}",
                   *map(str, words), PYTHONPATH="notebooks")
        return told.strip().partition(";")[0]

    def submit(self, progress=None):
        """Submits what is missing."""
        site, arrays = Site(self.campaign.site), []
        for kind in self.campaign.kinds():
            wanted = site.kinds[kind.name]
            built = None if kind.built() else self.sbatch(kind, [*site.options["build"], *wanted], "kit", kind.path)
            wave = kind.waves()[-1]
            missing = wave.missing()
            if missing:
                options = [*site.options["measure"], *wanted, f"--array={ranges(missing)}"]
                arrays.append(self.sbatch(kind, options, "task", kind.path, wave.number,
                                          after=built and f"afterok:{built}"))
        self.sbatch(self.campaign.kinds()[0], site.options["merge"], MERGE, self.campaign.path,
                    after=arrays and f"afterany:{':'.join(arrays)}")
        for kind in self.campaign.kinds():
            kind.waves()[-1].submitted.touch()


def ranges(numbers):
    """1-3,7: sorted numbers as an array is asked for."""
    found = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)
