"""A shell script of stock tools that rebuilds the bytes of a finding and compares their SHA-256."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from forensics.commands import undoing

# What qemu-img calls the formats.
_QEMU = {"qcow": "qcow", "qcow2": "qcow2", "vmdk": "vmdk", "vhd": "vpc", "vhdx": "vhdx", "vdi": "vdi", "dmg": "dmg"}


def script(finding: Mapping[str, Any], exhibit: Mapping[str, Any]) -> str:
    """POSIX shell; `finding` and `exhibit` are rows of the case.

    The script needs `dd`, `cat` and `sha256sum`, `ewfexport` for an E01, `qemu-img` for the disk of a virtual
    machine. It exits with 0 when the
    rebuilt bytes have the recorded digest, and leaves them in a temporary folder.
    """
    runs = json.loads(finding["runs_json"])
    segments = [each["path"] for each in json.loads(exhibit["segments_json"])]
    media = json.loads(exhibit["computed_json"]).get("sha256", "")
    lines = [
        "#!/bin/sh",
        f"# Rebuilds the bytes of finding F{finding['id']} ({finding['kind']}) of exhibit {exhibit['number']}.",
        f"# Image: {exhibit['size']} bytes, SHA-256 of the media {media}",
        "# Needs only: dd, cat, sha256sum" + _more(exhibit) + ".",
        "# The evidence is only read. Give another path of the first segment as the first argument.",
        "set -eu",
        f"original={shlex.quote(segments[0])}",
        "image=${1:-$original}",
        'work=$(mktemp -d "${TMPDIR:-/tmp}/reproduce.XXXXXX")',
        'out="$work/bytes"',
        ': > "$out"',
    ]
    if _is_ewf(exhibit):
        lines += [
            "# ewfexport writes the range that is asked for as raw bytes.",
            "take() {  # image offset, length",
            '    rm -f "$work"/part.raw* "$work"/part.info',
            '    ewfexport -q -u -f raw -o "$1" -B "$2" -t "$work/part" "$image" >/dev/null',
            '    cat "$work/part.raw" >> "$out"',
            "}",
        ]
    elif exhibit["format"] in _QEMU:
        lines += [
            "# The whole medium is unpacked first; qemu-img finds backing files and extents by itself.",
            f'qemu-img convert -f {_QEMU[exhibit["format"]]} -O raw "$image" "$work/media"',
            "take() {  # image offset, length",
            '    dd if="$work/media" iflag=skip_bytes,count_bytes,fullblock \\',
            '        skip="$1" count="$2" bs=1M status=none >> "$out"',
            "}",
        ]
    elif len(segments) == 1:
        lines += [
            "take() {  # image offset, length",
            '    dd if="$image" iflag=skip_bytes,count_bytes,fullblock \\',
            '        skip="$1" count="$2" bs=1M status=none >> "$out"',
            "}",
        ]
    else:
        joined = " ".join(shlex.quote(path) for path in segments)
        lines += [
            "take() {  # image offset, length",
            f"    cat {joined} |",
            '        dd iflag=skip_bytes,count_bytes,fullblock skip="$1" count="$2" bs=1M status=none >> "$out"',
            "}",
        ]
    lines += _sealed(str(finding["locator"]))
    lines += [f"take {offset} {length}" for offset, length in runs]
    lines += [
        f"expected={finding['sha256']}",
        'found=$(sha256sum < "$out")',
        "found=${found%% *}",
        'echo "bytes    $out"',
        'echo "recorded $expected"',
        'echo "rebuilt  $found"',
        '[ "$found" = "$expected" ] && echo equal || { echo DIFFERENT; exit 1; }',
        *undoing.lines(finding),
    ]
    return "\n".join(lines) + "\n"


# What opens a volume with stock tools, at the same offsets of the volume as here.
_OPENERS = {
    "luks": "cryptsetup open --readonly --type luks VOLUME NAME; its plain bytes begin where `cryptsetup luksDump` says",
    "bitlocker": "dislocker-fuse -r -V VOLUME -u -- FOLDER; its plain bytes are at the offsets of the volume",
    "filevault": "cryptsetup open --readonly --type fvault2 VOLUME NAME; its plain bytes begin where "
    "`cryptsetup fvault2Dump` says",
    "veracrypt": "cryptsetup open --readonly --type tcrypt [--veracrypt] VOLUME NAME; its plain bytes begin in the header",
}

_APFS = re.compile(r" > apfs:\d+ > ")


def _sealed(locator: str) -> list[str]:
    """Lines for a finding in an encrypted volume: its bytes cannot be had from the image alone."""
    if _APFS.search(locator):
        return [
            "# These bytes lie in an encrypted APFS volume. The recorded SHA-256 is that of the encrypted bytes of the",
            "# file, as they are stored. A Mac, or apfs-fuse with `-r PASSWORD`, shows the file in plain.",
        ]
    kind = next((step for step in locator.split(" > ") if step in _OPENERS), None)
    if kind is None:
        return []
    return [
        f"# These bytes lie in an encrypted volume ({kind}): from the image alone they are noise, and the recorded",
        "# SHA-256 is that of the plain bytes. Open the volume first, with the key that you hold:",
        f"#     {_OPENERS[kind]}",
        "# and write the plain bytes over a copy of the image at the same places; give the copy as the first argument.",
        'if [ "$image" = ' + '"${original:-}" ]; then',
        '    echo "the volume is encrypted: give a copy of the image with its plain bytes (see this script)" >&2',
        "    exit 2",
        "fi",
    ]


def _more(exhibit: Mapping[str, Any]) -> str:
    """Tools besides those of every system."""
    if _is_ewf(exhibit):
        return ", ewfexport"
    return ", qemu-img" if exhibit["format"] in _QEMU else ""


def _is_ewf(exhibit: Mapping[str, Any]) -> bool:
    return str(exhibit["format"]).lower() in ("ewf", "e01")
