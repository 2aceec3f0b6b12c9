#!/usr/bin/env bash
# Sets up everything: system libraries where the package manager may, then .venv from the hash-locked files.
# Usage: installer/setup.sh run|dev
set -euo pipefail
cd "$(dirname "$0")/.."
mode="${1:-run}"

say() { printf '%s\n' "$*" >&2; }

# --- Python 3.11 or newer
python=""
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$candidate"; break; fi
done

# --- system libraries
runtime=(libmagic1 libgl1 libegl1 libdbus-1-3 libfontconfig1 libfreetype6 libxkbcommon0 libxkbcommon-x11-0
         libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
         libxcb-shape0 libxcb-sync1 libxcb-xkb1 libxcb-xfixes0 libx11-xcb1)
oracles=(fdisk sleuthkit ewf-tools ntfs-3g e2fsprogs dosfstools exfatprogs qemu-utils cryptsetup-bin xfsprogs btrfs-progs genisoimage udftools fuse3 libcups2 gpg gpg-agent softhsm2 sqlite3 openssl zip unzip bzip2 xz-utils zstd lz4 p7zip-full xvfb xauth)
packages=("${runtime[@]}")
[ "$mode" = dev ] && packages+=("${oracles[@]}")
if [ -z "$python" ]; then packages+=(python3 python3-venv); fi

have() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii' || dpkg-query -W -f '${db:Status-Abbrev}' "${1}t64" 2>/dev/null | grep -q '^ii'; }

if command -v dpkg-query >/dev/null 2>&1; then
    missing=()
    for package in "${packages[@]}"; do have "$package" || missing+=("$package"); done
    if [ -n "$python" ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        missing+=("python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv")
    fi
    if [ "${#missing[@]}" -gt 0 ]; then
        elevate=""
        if [ "$(id -u)" != 0 ]; then
            if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then elevate="sudo -n"; else
                say "These system packages are needed. Type this line, then run the same command again:"
                say "    sudo apt-get install -y ${missing[*]}"
                exit 1
            fi
        fi
        say "Installing system packages: ${missing[*]}"
        $elevate env DEBIAN_FRONTEND=noninteractive apt-get update -qq
        $elevate env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    fi
else
    say "This is not a Debian-like system; these libraries must be there: ${packages[*]}"
fi
if [ -z "$python" ]; then
    python=python3
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed."; exit 1; }
fi

# --- the environment
[ -x .venv/bin/python ] || "$python" -m venv .venv
lock=requirements.lock
[ "$mode" = dev ] && lock=requirements-dev.lock
say "Installing Python packages from $lock"
wheels=()
[ -d installer/wheelhouse ] && wheels=(--no-index --find-links installer/wheelhouse)
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: "${wheels[@]}" -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
touch .venv/ready
[ "$mode" = dev ] && touch .venv/ready-dev
say "Ready."
