#!/bin/sh
# Runs a compiler on a composition.  If it fails, one line says where, and which setting is at fault,
# instead of the page that a compiler makes of an error in a header; V=1 shows that page.
#     tools/compile.sh COMPOSITION KEY HASH CC [ARG ...]
composition=$(echo "$1" | tr @ /) key=$2 hash=$3
shift 3

said=$("$@" 2>&1) && exit
status=$?
line=$(echo "$said" | grep -m 1 -E '(: |^)(fatal )?error: |undefined (reference|symbol)|multiple definition') ||
    line=$(echo "$said" | head -n 1)
line=${line#"$PWD"/}
case $line in
common/hash/*) setting=HASH=$hash ;;
common/key/*) setting=KEY=$key ;;
*) setting=VARIANT=$composition ;;
esac
echo "$setting: ${line:-$1 failed with status $status}; V=1 shows all" >&2
exit $status
