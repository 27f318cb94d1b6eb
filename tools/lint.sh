#!/bin/sh
# Formatting, warnings under gcc and clang for both kinds of keys, and the scripts' syntax.  Every
# complaint is shown; the exit status is that of the whole.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
python=${PYTHON:-$(sh tools/python.sh)}

sources=$(git ls-files -co --exclude-standard '*.c' '*.h')
# shellcheck disable=SC2086
clang-format --dry-run -Werror $sources || status=1

warnings="-std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Werror -fsyntax-only"
for compiler in gcc clang; do
    for name in $("$python" tools/compose.py variants; "$python" tools/compose.py cores; echo fix4); do
        for key in u64 str; do
            # shellcheck disable=SC2046,SC2086
            $compiler $warnings $("$python" tools/compose.py flags "$name" $key xxh3) \
                "$("$python" tools/compose.py source "$name")" || { echo "in: $name $key $compiler" >&2; status=1; }
        done
    done
    # What is no composition: delayed.c is one, which the instrument makes.
    for source in $(git ls-files -co --exclude-standard 'experiments/run*.c' 'experiments/superslab/*.c' \
        'experiments/instrument/*.c' 'common/superslab/*.c' | grep -v delayed.c); do
        # shellcheck disable=SC2046,SC2086
        $compiler $warnings -Iexperiments/run -Iexperiments/cell -Iexperiments/superslab \
            $(pkg-config --cflags sqlite3 jansson nettle) "$source" || status=1
    done
    for source in $(git ls-files -co --exclude-standard 'common/superslab/*.c'); do
        $compiler $warnings -DSUPERSLAB_DEBUG "$source" || status=1
    done
done

for script in $(git ls-files -co --exclude-standard '*.sh' '.ci/run'); do
    sh -n "$script" || status=1
done
# shellcheck disable=SC2046
"$python" -B -m py_compile $(git ls-files -co --exclude-standard '*.py') || status=1
[ $status = 0 ] && echo "lint: nothing to complain about"
exit $status
