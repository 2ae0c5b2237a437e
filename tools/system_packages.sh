#!/bin/sh
# Installs Debian packages, or names them in one sentence: what the twin and the build need, and with the word
# `test` the fonts that the tests draw boards with.
set -eu

case "${1-}" in
"") wanted="g++ python3-dev python3-venv libegl1 libegl-mesa0 libgl1-mesa-dri libosmesa6" ;;
test) wanted="fonts-arphic-ukai fonts-cns11643-kai fonts-lxgw-wenkai fonts-noto-cjk" ;;
*)
    echo "system_packages.sh knows no packages for '$1'; nothing or 'test' would be right" >&2
    exit 2
    ;;
esac
missing=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Qiyou needs these Debian packages or their like, please install them:$missing" >&2
    exit 2
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "Qiyou needs these Debian packages; please run: sudo apt-get install$missing" >&2
    exit 2
fi
echo "Installing system packages:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # one word a package is meant
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
