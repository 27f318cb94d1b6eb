#!/bin/sh
# The instruction sets of this processor, as the compiler names them.  What is timed is built for the
# very processor; valgrind does not know the newest instructions, so that what is counted is built for
# a set that it does know, the same on all processors that have it.
#     tools/instruction_set.sh counted CC [ARG ...]        the option to count with
#     tools/instruction_set.sh lacks OPTION CC [ARG ...]   why a program built with OPTION does not
#                                                          run here, in one line; nothing if it does
set -eu
command=$1
shift
[ "$command" = lacks ] && option=$1 && shift

# Sets that valgrind knows (3.19 does), the best first; none where the compiler's default has to do.
machine=$("$@" -dumpmachine)
native=-march=native
case $machine in
x86_64*) sets="-march=x86-64-v3 -march=x86-64-v2 -march=x86-64" ;;
aarch64* | arm64*) sets="-march=armv8-a" native=-mcpu=native ;;
*) sets="" ;;
esac

# The macros by which the compiler tells what it may use.
features() {
    "$@" -dM -E -x c /dev/null 2>/dev/null | sed -n 's/^#define \(__[A-Z0-9_]*\) 1$/\1/p'
}

lacks() {
    option=$1
    shift
    wanted=$(features "$@" "$option")
    [ -n "$wanted" ] || { echo "$*: does not know $option"; return; }
    missing=$(echo "$wanted" | grep -vxF "$(features "$@" $native)" | tr '\n' ' ')
    [ -z "$missing" ] || echo "$option: this processor lacks ${missing% }"
}

case $command in
counted)
    for set in $sets; do
        [ -z "$(lacks "$set" "$@")" ] && echo "$set" && exit
    done
    echo "${set:-}" # a compiler for another machine than this: the set that all of its kind have
    ;;
lacks) lacks "$option" "$@" ;;
esac
