"""What a task needs: the sources as they were when the campaign began, the runner, and the programs that it measures.

A kind of machine builds the copy of the sources once, on a machine of that kind, and packs it into one file: a task
reads that in one piece and unpacks it on its own disk, where a compiler is not needed, and a thousand small files are
not asked for over the network.  Results are not in it; the runner leaves them out where it names the sources, too.

    python3 -m lab.campaign.kit DIRECTORY       builds that of the kind whose directory it is: a campaign's first job
"""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tarfile

from .. import store as stores
from ..command import output, run_report
from . import directory

MAKE = "tools/kit_make.sh"  # in place of make: has the answers that make gave


def described(kind, where, *options):
    """What the runner says of the campaign's plan: see its --describe and --build."""
    words = ["build/run/run", "--make", MAKE, *kind.campaign.runner_words(), *options]
    return json.loads(output(*words, where=where))


def cores():
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def build(kind):
    """Builds and packs what is to be measured, on the kind of machine that it is for."""
    output("make", "-s", "SAY=", "build/run/run", where=kind.tree)
    asked = [[MAKE, "-s", "--no-print-directory", *program, "cell"]
             for program in described(kind, kind.tree, "--describe")["programs"]]
    with concurrent.futures.ThreadPoolExecutor(cores()) as pool:
        list(pool.map(lambda words: subprocess.run(words, cwd=kind.tree, capture_output=True), asked))
    # The runner would have asked for one after the other; it does so for those that failed, and says why they do.
    told = described(kind, kind.tree, "--build")
    with stores.whole(kind.kit) as part, tarfile.open(part, "w") as tar:
        for path in sorted(kind.tree.iterdir()):
            if path.name != "build":
                tar.add(path, path.name)
        for name in ("build/run/run", "build/kit"):
            tar.add(kind.tree / name, name)
    directory.write(kind.path / "built.json", told)


def unpack(kind, place):
    """The kit, on this machine's disk: unpacked into `place`, if it is not there."""
    if not place.exists():
        part = place.with_name(f"{place.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(kind.kit) as tar:
            tar.extractall(part)
        part.rename(place)


if __name__ == "__main__":
    run_report("campaign: building", lambda words: build(directory.Kind(*words)), sys.argv[1:])
