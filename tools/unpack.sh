#!/bin/sh
# Unpacks a Debian package's headers below build/peers, for a peer whose package must not be installed:
#     tools/unpack.sh NAME
# Where there are no Debian packages nothing is done, and the peer is skipped.
set -eu
name=$1 place=build/peers/$1
[ ! -d "$place" ] && command -v apt-get >/dev/null || exit 0
part=$place.part.$$
trap 'rm -rf "$part"' EXIT
mkdir -p "$part"
root=$PWD
fetch() { (cd "$part" && apt-get download -q "$name" >/dev/null 2>&1); }
fetch || {
    if [ "$(id -u)" = 0 ]; then apt-get update -q >/dev/null; else sudo apt-get update -q >/dev/null; fi
    fetch
} || {
    echo "could not fetch $name; its peer is skipped" >&2
    exit 0
}
deb=$(ls "$part"/*.deb)
dpkg-deb -f "$deb" Version >"$part/version"
dpkg-deb -x "$deb" "$part"
rm "$deb"
cd "$root"
mv "$part" "$place"
