#!/bin/sh
# Prints which Python to use: $PYTHON if that is set, or else the first of the candidates that can
# import most of what the project imports; macOS has one that knows nothing of Homebrew's packages.
# One that cannot be used, or none at all: a line on standard output that begins with "error:".
#     tools/python.sh [CANDIDATE ...]
modules="pandas scipy statsmodels jinja2 matplotlib nbconvert ipykernel capstone"
[ $# = 0 ] && set -- /usr/bin/python3 python3 build/python/bin/python3 /opt/homebrew/bin/python3 \
    /usr/local/bin/python3

# How many of the modules a Python has; nothing where it is too old, or is none.
having() {
    # shellcheck disable=SC2086
    "$1" -c 'import sys
from importlib.util import find_spec
if sys.version_info >= (3, 9):
    print(sum(find_spec(name) is not None for name in sys.argv[1:]))' $modules 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    [ -n "$(having "$PYTHON")" ] && echo "$PYTHON" ||
        echo "error: PYTHON=$PYTHON: it is no Python 3.9 or newer"
    exit
fi
most=-1 best=""
for candidate; do
    found=$(having "$candidate")
    [ "${found:--1}" -gt "$most" ] && most=$found best=$candidate
    [ "$most" = "$(echo "$modules" | wc -w)" ] && break
done
echo "${best:-error: none of $* is a Python 3.9 or newer; name one by PYTHON=path}"
