#!/bin/sh
# Prints the path of the library of an allocator in experiments/allocators.conf, so that it can be
# preloaded, after the environment variables that set it if it has any; / where nothing is preloaded.
# Installs its package if it is missing, or builds it.  A failure is told in one line.
#     tools/allocator.sh NAME
set -eu
cd "$(dirname "$0")/.."
table=experiments/allocators.conf
name=$1
system=glibc suffix=''
[ "$(uname)" = Darwin ] && system=system suffix=.dylib

fail() {
    echo "ALLOC=$name: $1" >&2
    exit 1
}

# A variable that nobody reads, or a tunable that the C library does not know, sets nothing, and nobody would tell.
# tell LIBRARY: prints it after the variables, if they do something.
tell() {
    for setting in $variables; do
        case $setting in
        GLIBC_TUNABLES=*) check_tunables "${setting#*=}" ;;
        *) [ "$1" = / ] || check_variable "${setting%%=*}" "$1" ;;
        esac
    done
    echo "$variables$1"
}
check_variable() { # mimalloc puts the names of its variables together
    grep -aqi -e "$1" -e "${1#MIMALLOC_}" "$2" || fail "${2##*/} knows no variable $1"
}
check_tunables() {
    for loader in /lib*/ld-linux*.so.*; do :; done
    plain=$("$loader" --list-tunables 2>/dev/null) || return 0
    IFS=:
    for tunable in $1; do
        [ "$(GLIBC_TUNABLES=$tunable "$loader" --list-tunables)" != "$plain" ] ||
            fail "GLIBC_TUNABLES=$tunable changes no tunable of this C library"
    done
    unset IFS
}
# The table's lines without comments; the line of this name.
lines() {
    sed 's/#.*//' "$table"
}
# A name for another one with variables: NAME =OTHER VARIABLE=value ...  The name's own come first, and
# hold against those of the other, which may be such a name itself.
told=$(lines | awk -v name="$name" '
    $2 ~ /^=/ { base[$1] = substr($2, 2); for (i = 3; i <= NF; i++) set[$1] = set[$1] " " $i }
    END {
        for (steps = 0; name in base && steps < 10; steps++) {
            count = split(set[name], settings, " ")
            for (i = 1; i <= count; i++) {
                variable = settings[i]
                sub(/=.*/, "", variable)
                if (!(variable in seen))
                    printf "%s ", settings[i]
                seen[variable]
            }
            name = base[name]
        }
        print name
    }')
of=${told##* } variables=${told%"${told##* }"}
[ "$of" != "$system" ] || [ "$of" = "$name" ] || { tell / && exit; }
# shellcheck disable=SC2046
set -- $(lines | awk -v name="$of" '$1 == name')
[ $# = 4 ] || fail "not known; one of: $system$(lines |
    awk 'NF { list = list ", " $1 } END { print list }'), or the path of a library"
debian=$2 homebrew=$3 library=$4
[ -n "$suffix" ] && library=${library%%.so*}$suffix

# Where the package has put the library; nothing where there is none.
installed() {
    if [ "$system" = system ]; then
        path=$(brew --prefix "$homebrew" 2>/dev/null)/lib/$library
    elif command -v dpkg-query >/dev/null; then
        path=$(dpkg-query -L "$debian" 2>/dev/null | grep "/$library\$")
    else
        path=$(ldconfig -p 2>/dev/null | awk -v library="$library" '$1 == library { print $NF; exit }')
    fi
    [ -r "$path" ] && tell "$path"
}

if [ "$debian" = - ]; then
    said=$(${MAKE:-make} -s --no-print-directory "$of-lib" 2>&1) ||
        fail "it cannot be built: $(echo "$said" | grep -v '^make.*\*\*\* \[' | tail -n 1)"
    path=$PWD/build/$of/$library
    [ -r "$path" ] || fail "make $of-lib has not made $path"
    tell "$path"
    exit
fi
installed && exit
package=$debian
[ "$system" = system ] && package=$homebrew
said=$(sh tools/packages.sh allocator "$debian" "$homebrew" 2>&1) ||
    fail "package $package cannot be installed: $(echo "$said" | tail -n 1)"
installed || fail "package $package has no $library"
