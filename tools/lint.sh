#!/bin/sh
# Formatting, lines of code over 120 columns, warnings under gcc and clang for both kinds of keys, what
# cppcheck, shellcheck and pyflakes find, and the spelling of what people read (.codespellrc).  Every
# complaint is shown; the exit status is that of the whole.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
python=${PYTHON:-$(sh tools/python.sh)}
jobs=$(getconf _NPROCESSORS_ONLN)

# files PATTERN ...: those that git has, or would take, all on one line.
files() {
    git ls-files -co --exclude-standard -- "$@" | while read -r name; do [ -e "$name" ] && printf '%s ' "$name"; done
}

# Runs the commands that it reads, one on each line, several at once; what a failed one says is shown whole.
each() {
    # shellcheck disable=SC2016
    tr '\n' '\0' | xargs -0 -n 1 -P "$jobs" sh -c '
        told=$(sh -c "$0" 2>&1) || { printf "%s\nin: %s\n" "$told" "$0"; exit 1; }'
}
compose() {
    "$python" tools/compose.py "$@" || echo "compose.py failed: $*" # which is no command, and fails as one
}

files '*.c' '*.h' | xargs clang-format --dry-run -Werror || status=1

# Of code; not of prose, tables, plans (a grid is one line), markup (*.jsx), notebooks and stored results, nor of a line
# with an address.
long=$(files Makefile .ci/run '*.mk' '*.sh' '*.py' '*.c' '*.h' '*.cc' '*.hh' '*.rs' '*.js' '*.mjs' '*.cjs' '*.css' |
    LC_ALL=C.UTF-8 xargs grep -nHE '^.{121,}' | grep -v '://')
[ -z "$long" ] || { echo "$long" | sed 's/^\([^:]*:[0-9]*\):.*/\1: it has more than 120 columns/'; status=1; }

compositions="$(compose variants) $(compose cores) fix4"
# Programs that are no compositions; some of the others are built with one.
programs=$(files 'experiments/*.c' 'common/superslab/*.c' ':!experiments/cell*' ':!experiments/versions.c' \
    ':!experiments/request/*' ':!experiments/threads*' ':!experiments/flooding/*' ':!*/delayed.c' ':!*/calibrate.c')

warnings="-std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Werror -fsyntax-only"
includes="-Iexperiments/run -Iexperiments/cell -Iexperiments/superslab"
# cppcheck knows no system headers, but their libraries.  It would have readdir_r, which is deprecated.
cppcheck="cppcheck -q --std=c17 --enable=warning,performance,portability --inline-suppr --error-exitcode=1"
cppcheck="$cppcheck --library=posix --library=gnu --library=tools/jansson.cfg --suppress=readdirCalled"
cppcheck="$cppcheck -DNDEBUG -D__linux__ -D__x86_64__"
{
    for name in $compositions; do
        source="$(compose source "$name") $(compose versions "$name")"
        for key in $(compose keys "$name"); do
            flags=$(compose flags "$name" "$key" xxh3)
            echo "gcc $warnings $flags $source"
            echo "clang $warnings $flags $source"
            # The rest is the same for both kinds of keys.
            [ "$key" = u64 ] && echo "$cppcheck $flags $source"
        done
    done
    libraries=$(pkg-config --cflags sqlite3 jansson nettle)
    for source in $programs; do
        for compiler in gcc clang; do
            echo "$compiler $warnings $includes $libraries $source"
        done
    done
    for source in $(files 'common/superslab/*.c'); do
        echo "gcc $warnings -DSUPERSLAB_DEBUG $source"
        echo "clang $warnings -DSUPERSLAB_DEBUG $source"
    done
    for source in $(files '*/delayed.c' '*/calibrate.c'); do
        for compiler in gcc clang; do
            echo "$compiler $warnings -I. -Iexperiments/cell -DCORE=\\\"$(compose source reference)\\\"" \
                "$(compose flags reference u64 xxh3) $source"
        done
    done
    [ -e common/threads ] && ways=$(make -s sharing | grep -v :)
    for way in ${ways:-}; do
        for source in common/threads/shared_map.c tests/threads/history_test.c tests/threads/stress_test.c; do
            flags="-Icommon/threads/$way -Icommon/threads -Itests/map -Itests/map/u64 $(compose flags list u64 xxh3)"
            flags="$flags -idirafter tests/seams"
            echo "gcc $warnings $flags $source"
            echo "clang $warnings $flags $source"
        done
        echo "$cppcheck -Icommon/threads/$way -Icommon/threads -Icommon -Icommon/key/u64 common/threads/shared_map.c"
    done
    echo "$cppcheck -DCELL_FLAGS=__FILE__ $includes -Icommon $programs" \
        "$(files 'experiments/cell*.c' '*/calibrate.c')"
    asking=$(files 'experiments/versions.c' 'experiments/request/*.c' 'experiments/threads*.c')
    [ -n "$asking" ] && echo "$cppcheck -DTHREADS_PROGRAM=__FILE__ $includes" \
        "-Iexperiments/request -Iexperiments/threads -Icommon $asking"
    echo "$cppcheck -Itests/seams -Itests/map/u64 -Icommon -Icommon/key/u64 $(files 'tests/*.c')"
} | each || status=1

files '*.sh' .ci/run | xargs shellcheck || status=1
# Debian has it as a program of its own Python, whichever the project uses.
pyflakes=$(command -v pyflakes3 || echo "$python -m pyflakes")
# shellcheck disable=SC2086
files '*.py' | xargs $pyflakes || status=1
files . | xargs codespell || status=1

[ $status = 0 ] && echo "lint: nothing to complain about"
exit $status
