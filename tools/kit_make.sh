#!/bin/sh
# make with a memory: asks make once, and from then on has the answer.
#     tools/kit_make.sh ARGUMENT ...     those of make; prints the path of what it has built
#
# A campaign's first job measures nothing, but has the runner build what it is to measure, with this in place of make
# (notebooks/lab/campaign/kit.py).  What was built is kept below build/kit, with make's answers.  Taken to another
# machine, it gives them again without a compiler, in a few milliseconds each.
set -eu
asked=$*
place=build/kit/$(printf %s "$asked" | cksum | tr ' ' -)
if [ ! -e "$place/answer" ]; then
    told=$(make "$@") # "path", or "NAME=value ... path"
    told=$(printf '%s\n' "$told" | tail -n 1)
    path=${told##* }
    mkdir -p "$place"
    if [ -f "$path" ]; then
        cp "$path" "$place/"
        told="${told%"$path"}./$place/${path##*/}"
    fi
    printf '%s\n' "$asked" >"$place/asked"
    printf '%s\n' "$told" >"$place/part"
    mv "$place/part" "$place/answer"
fi
[ "$(cat "$place/asked")" = "$asked" ] || { echo "$place: is the answer to another question: $asked" >&2; exit 1; }
cat "$place/answer"
