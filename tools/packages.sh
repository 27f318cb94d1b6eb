#!/bin/sh
# Installs what hamtlab needs and this machine lacks.  On Debian and its kin with apt-get, as root or
# through sudo; on macOS with Homebrew; elsewhere, and without the right to, it says what to run.
#
#   a C compiler, make, pkg-config
#   xxHash, wyhash     hash functions (headers; wyhash is not in Homebrew: HASH=wyhash needs it)
#   Check              the tests
#   SQLite, Jansson    the store of results, whose export needs SQLite 3.38 or later; JSON between the programs
#   Nettle             the SHA-256 sums of exports, which sha256sum checks too
#   Python 3           the scripts; pandas reads results, scipy and statsmodels have the statistics, Jinja2
#                      fills in the paper (on macOS Homebrew's Python,
#                      and what Homebrew has not for it in a virtual environment, build/python)
# `tools/packages.sh lint` adds clang and clang-format, cppcheck, shellcheck, pyflakes and codespell; `editor`
# adds bear; `coverage` what reads and counts the lines that tests run.
# `documents` adds a reader of YAML, for the tests of the citation file and of the workflow, and what sets and
# checks pages of the manual.
# `counts` adds valgrind, the C library's symbols for it, and capstone, which decodes instructions.
# `programs` has real programs for the superslab to serve, `study` what counts and profiles in its study.
# `figures` adds matplotlib, which draws them; `paper` adds pandoc, which cites and makes a page of it.
# `notebooks` adds what executes them: Jupyter's nbconvert and its kernel for Python.
# `threads` has what the ways in which threads share a map need (common/threads/*/way.conf).
# `words` adds a dictionary, whose words are keys (experiments/frontier-strings.plan).
# `browser` adds Chromium, in which a test looks at the notebooks' pages; without it that test is skipped.
# `web` adds Node.js and npm, which fetch and bundle the libraries of the page of results (web/package-lock.json pins
# them); one that is there already, from wherever, will do.
# `peers` has other libraries' maps, as peers/*/peer.conf declare them, and the compilers for C++ and Rust;
# what each map is, its adapter says.  Rust's crates come as sources, which cargo builds without the network.
# `slurm` adds Slurm and MUNGE, for the tests of campaigns on a cluster of one node (tests/campaign).
# What cannot be installed is told in one line, with the command to run; the exit status is 1 then.
# `tools/packages.sh allocator DEBIAN HOMEBREW` is for that one package only (tools/allocator.sh).
# Debian 12 has xxHash 0.8.1, wyhash 0~2 (final version), Check 0.15.2, SQLite 3.40.1, Jansson 2.14,
# Nettle 3.8.1, pandas 1.5.3, scipy 1.10.1, statsmodels 0.13.5, Jinja2 3.1.2, valgrind 3.19, capstone 4.0.2,
# matplotlib 3.6.3, pandoc 2.17, nbconvert 6.5.3 and redis 7.0;
# of peers GLib 2.74, Judy 1.0.5, uthash 2.3.0, HAT-trie 0.1.2, Abseil 20220623, boost 1.81 (unpacked, see its
# peer.conf), robin-map 1.2.1, hopscotch-map 2.3.0, oneTBB 2021.8, libcuckoo 0.3.1, cargo 0.66 with rustc 1.63,
# hashbrown 0.12.3 and im-rc 15.1; liburcu 0.13.2; of words 2020.12.07, which are 348,454;
# clang and clang-format 14, cppcheck 2.10, shellcheck 0.9, pyflakes 2.5, codespell 2.2.2, gcovr 5.2 and coverage 6.5,
# PyYAML 6.0, Node.js 18.20, npm 9.2, Slurm 22.05 and MUNGE 0.5.15; nothing newer is used.
# Chromium is whatever the security updates have (156 was tried).
set -eu

debian="gcc make libc6-dev pkg-config libxxhash-dev libwyhash-dev check libsqlite3-dev libjansson-dev nettle-dev \
    python3 python3-pandas python3-scipy python3-statsmodels python3-jinja2"
homebrew="pkg-config xxhash check sqlite jansson nettle"
lean="" modules="pandas scipy statsmodels jinja2"
case "${1:-}" in
lint)
    debian="$debian clang clang-format shellcheck cppcheck pyflakes3 codespell"
    homebrew="$homebrew clang-format shellcheck cppcheck codespell" modules=pyflakes
    ;;
coverage) debian="$debian gcovr python3-coverage" homebrew="$homebrew gcovr" modules=coverage ;;
documents) debian="$debian python3-yaml groff-base mandoc" homebrew="$homebrew groff mandoc" modules=pyyaml ;;
editor) debian="$debian bear" homebrew="$homebrew bear" ;;
allocator) debian=$2 homebrew=$3 modules="" ;;
counts) debian="$debian valgrind libc6-dbg binutils python3-capstone" ;;
programs)
    # Debian names it by the version of its own Python, whichever the project uses.
    version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    debian="$debian git sqlite3 redis-server libpython$version-testsuite" homebrew="$homebrew redis"
    ;;
study) debian="$debian strace linux-perf" ;;
paper) debian="$debian pandoc" homebrew="$homebrew pandoc python-matplotlib" lean=--no-install-recommends ;;
figures) debian="$debian python3-matplotlib" homebrew="$homebrew python-matplotlib" ;;
notebooks)
    debian="$debian jupyter-nbconvert python3-ipykernel" homebrew="$homebrew python-matplotlib"
    modules="$modules nbconvert ipykernel"
    lean=--no-install-recommends # pandoc, which is not needed, is large
    ;;
peers) debian="$debian g++ $(sed -n 's/^package //p' peers/*/peer.conf | tr '\n' ' ')" homebrew="" ;;
threads) debian="$debian $(sed -n 's/^package //p' common/threads/*/way.conf | tr '\n' ' ')" homebrew="" modules="" ;;
words) debian="$debian wamerican-huge" homebrew="" modules="" lean=--no-install-recommends ;;
slurm) debian="$debian slurm-wlm munge" homebrew="" modules="" lean=--no-install-recommends ;;
browser) debian="$debian chromium" lean=--no-install-recommends ;;
web)
    command -v npm >/dev/null || debian="$debian nodejs npm"
    homebrew="$homebrew node" modules="" lean=--no-install-recommends
    ;;
esac

if [ "$(uname)" = Darwin ]; then
    missing=""
    for package in $homebrew; do
        brew list --versions "$package" >/dev/null 2>&1 || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        command -v brew >/dev/null || { echo "missing: Homebrew; then run: brew install$missing" >&2; exit 1; }
        # shellcheck disable=SC2086
        brew install $missing
    fi
    [ -z "$modules" ] && exit 0
    [ -e build/python ] || "$(brew --prefix)/bin/python3" -m venv --system-site-packages build/python
    # shellcheck disable=SC2086
    exec build/python/bin/python3 -m pip install -q $modules
fi

if ! command -v dpkg-query >/dev/null; then
    echo "not a Debian: install the equivalents of: $debian; then: mkdir -p build && touch build/packages${1:+-$1}" >&2
    exit 1
fi
missing=""
for package in $debian; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0

echo "installing:$missing"
root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "missing packages; run as root: apt-get install$missing" >&2
        exit 1
    }
    root=sudo
fi
# shellcheck disable=SC2086
install() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q $lean $missing >/dev/null 2>&1
}
# The list of packages may be older than the packages: refresh it only if they are not found.  What apt-get has to say
# of a failure, it says to whoever runs it again.
install || { $root apt-get update -q >/dev/null 2>&1 && install; } || {
    echo "could not install; run: ${root:+sudo }apt-get update && ${root:+sudo }apt-get install$missing" >&2
    exit 1
}
