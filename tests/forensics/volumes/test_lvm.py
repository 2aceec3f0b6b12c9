"""LVM2: logical volumes in pieces and stripes, found through the group's text; damage ends in words."""

from __future__ import annotations

import itertools
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forensics.errors import FormatError
from forensics.evidence.base import Image
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.filesystems.tsk import open_filesystem
from forensics.model import ByteRun
from forensics.volumes import lvm
from forensics.volumes.joined import JoinedImage, content_of
from forensics.volumes.signatures import Holds
from forensics.volumes.table import unexamined_reason, volumes

MIB = 1 << 20
PV = "A" * 32
TEXT = """
vg0 {
id = "vvvvvv-vvvv"
seqno = 3
status = ["RESIZEABLE", "READ", "WRITE"]   # a note
extent_size = 2048
physical_volumes {
pv0 {
id = "AAAAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAAAA"
device = "/dev/sdq1"
pe_start = 2048
pe_count = 15
}
}
logical_volumes {
home { id = "h"
segment_count = 2
segment1 { start_extent = 0
extent_count = 2
type = "striped"
stripe_count = 1
stripes = [ "pv0", 4 ] }
segment2 { start_extent = 2
extent_count = 2
type = "striped"
stripe_count = 1
stripes = [ "pv0", 9 ] }
}
fast { segment_count = 1
segment1 { start_extent = 0
extent_count = 2
type = "striped"
stripe_count = 2
stripe_size = 128
stripes = [ "pv0", 0, "pv0", 12 ] }
}
thin { segment_count = 1
segment1 { start_extent = 0
extent_count = 1
type = "thin" }
}
away { segment_count = 1
segment1 { start_extent = 0
extent_count = 1
type = "striped"
stripe_count = 1
stripes = [ "pv1", 0 ] }
}
}
}
"""


def disk(tmp_path: Path, text: str = TEXT) -> bytearray:
    """A physical volume of 16 MiB as lvm2 writes it: label in sector 1, one metadata area, an ext4 in `home`."""
    out = bytearray(16 * MIB)
    raw = text.encode() + b"\0"
    out[512:544] = b"LABELONE" + struct.pack("<QII", 1, 0, 32) + b"LVM2 001"
    areas = struct.pack("<QQQQ", MIB, 0, 0, 0) + struct.pack("<QQQQ", 4096, MIB - 4096, 0, 0)
    out[544 : 544 + 40 + len(areas)] = PV.encode() + struct.pack("<Q", len(out)) + areas
    head = bytes(4) + b" LVM2 x[5A%r0N*>" + struct.pack("<IQQ", 1, 4096, MIB - 4096)
    place = MIB - 4096 - 700  # so near the end of the ring that the text goes on at its beginning
    head += struct.pack("<QQII", place, len(raw), 0, 0)
    out[4096 : 4096 + len(head)] = head
    out[4096 + place : MIB] = raw[:700]
    out[4096 + 512 : 4096 + 512 + len(raw) - 700] = raw[700:]
    (tmp_path / "tree").mkdir(exist_ok=True)
    (tmp_path / "tree" / "note.txt").write_bytes(b"blue folder\n" * 999)
    made = tmp_path / "home.raw"
    made.write_bytes(bytes(4 * MIB))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tmp_path / "tree", made], check=True, capture_output=True)
    content = made.read_bytes()
    out[5 * MIB : 7 * MIB], out[10 * MIB : 12 * MIB] = content[: 2 * MIB], content[2 * MIB :]
    return out


def opened(tmp_path: Path, content: bytes | bytearray) -> Image:
    path = tmp_path / "disk.raw"
    path.write_bytes(content)
    return open_image(open_segments([path]))


def test_logical_volumes_are_put_together(tmp_path: Path) -> None:
    content = disk(tmp_path)
    image = opened(tmp_path, content)
    table = volumes(image)
    physical, *logical = table.volumes
    assert physical.content is not None
    assert physical.content.holds is Holds.CONTAINER
    by_name = {each.type: each for each in logical}
    assert list(by_name) == ["lvm:vg0/away", "lvm:vg0/fast", "lvm:vg0/home", "lvm:vg0/thin"]
    home = by_name["lvm:vg0/home"]
    assert home.extents == (ByteRun(5 * MIB, 2 * MIB), ByteRun(10 * MIB, 2 * MIB))
    layer = content_of(image, home.index, home.offset, home.length, home.extents, home.steps)
    assert layer.read(0, layer.size) == (tmp_path / "home.raw").read_bytes()
    assert str(layer.locator).endswith("partition:4 > lvm:vg0/home")
    system = open_filesystem(layer)
    note = next(each for each in system.walk() if each.path == "/note.txt")
    joined = system.volume.image
    assert isinstance(joined, JoinedImage)
    stored = b"".join(image.read(run.offset, run.length) for run in joined.placed(note.runs))
    assert stored == b"blue folder\n" * 999
    fast = by_name["lvm:vg0/fast"]
    assert [run.offset for run in fast.extents[:4]] == [MIB, 13 * MIB, MIB + 65536, 13 * MIB + 65536]
    assert sum(run.length for run in fast.extents) == 2 * MIB
    assert "kind thin" in " ".join(by_name["lvm:vg0/thin"].caveats)
    assert "another medium" in " ".join(by_name["lvm:vg0/away"].caveats)
    covered = sorted((*physical.covers, *home.covers, *fast.covers))
    assert covered[0].offset == 0
    assert all(a.end == b.offset for a, b in itertools.pairwise(covered))
    assert covered[-1].end == image.size


def test_a_label_without_its_text_is_named(tmp_path: Path) -> None:
    content = disk(tmp_path)
    content[4096:8192] = bytes(4096)
    (volume,) = volumes(opened(tmp_path, content)).volumes
    assert unexamined_reason(volume.content) == "lvm is recognised but not supported"
    assert "none of its LVM2 metadata areas" in " ".join(volume.caveats)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 127)), min_size=1, max_size=6))
@example(changes=[(283, 48)])  # an extent count of 0
def test_changed_text_never_escapes(changes: list[tuple[int, int]]) -> None:
    text = bytearray(TEXT.encode())
    for at, value in changes:
        text[at] = value
    try:
        name, group = lvm._group(text.decode())
    except FormatError:
        return
    place = ByteRun(0, 16 * MIB)
    for each in lvm.logical([lvm.Physical(PV, place, group, name)]):
        assert each.extents or each.reason
        assert all(run.length > 0 for run in each.extents)


def test_text_nested_without_end_is_refused() -> None:
    with pytest.raises(FormatError, match="nested too deeply"):
        lvm._group("a { " * 500)
