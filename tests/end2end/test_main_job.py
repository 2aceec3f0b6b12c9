"""The main job from an image made by independent tools to findings, ledger and reproduction."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
BROKEN = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"
ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
ETHEREUM = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
GAP_ADDRESS = "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"


def impound(*arguments: object, code: int = 0) -> str:
    command = [sys.executable, "-P", "-B", "-m", "forensics.commands.main", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=250, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout


def lines(*arguments: object, code: int = 0) -> list[dict[str, object]]:
    return [json.loads(line) for line in impound(*arguments, "--json", code=code).splitlines()]


def run(*arguments: object) -> None:
    subprocess.run(
        [str(each) for each in arguments], check=True, capture_output=True, env={**os.environ, "LC_ALL": "C"}
    )


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MBR with an ext4 and a FAT16 volume, a gap between them, and planted text; made by sfdisk and mkfs."""
    folder = tmp_path_factory.mktemp("disk")
    tree = folder / "tree"
    (tree / "home").mkdir(parents=True)
    (tree / "home" / "notes.txt").write_text(f"pay to {ADDRESS} and not {BROKEN}\n")
    (tree / "home" / "wide.txt").write_bytes(f"mirror {ONION} soon".encode("utf-16-le"))
    (tree / "home" / "end.txt").write_text(ETHEREUM)
    (tree / "home" / "filler.bin").write_bytes(hashlib.shake_256(b"filler").digest(9_000_000))
    image = folder / "disk.raw"
    image.write_bytes(bytes(48 << 20))
    subprocess.run(
        ["sfdisk", "-q", str(image)],
        input="label: dos\nstart=2048, size=49152, type=83\nstart=61440, size=32768, type=6\n",
        text=True,
        check=True,
        capture_output=True,
    )
    run("mkfs.ext4", "-q", "-F", "-d", tree, "-E", "offset=1048576", image, "24576k")
    fat = folder / "fat.raw"
    fat.write_bytes(bytes(16 << 20))
    run("mkfs.fat", "-F", "16", fat)
    with image.open("r+b") as file:
        file.seek(61440 * 512)
        file.write(fat.read_bytes())
        file.seek((2048 + 49152) * 512 + 5000)
        file.write(f" {GAP_ADDRESS} ".encode())
    return image


def new_case(folder: Path, image: Path) -> Path:
    case = folder / "case"
    impound("case", "new", case, "--number", "T-1", "--examiner", "Test Examiner")
    impound("add", case, image)
    return case


@pytest.fixture(scope="module")
def case(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    before = hashlib.sha256(disk.read_bytes()).hexdigest()
    folder = new_case(tmp_path_factory.mktemp("case"), disk)
    impound("examine", folder, "--workers", 2)
    assert hashlib.sha256(disk.read_bytes()).hexdigest() == before
    return folder


def test_findings_and_their_places(case: Path) -> None:
    found = {(each["kind"], each["value"]): each for each in lines("findings", case)}
    assert found["address/bitcoin", ADDRESS]["path"] == "/home/notes.txt"
    assert found["onion/v3", ONION]["path"] == "/home/wide.txt"
    assert found["address/ethereum", ETHEREUM]["path"] == "/home/end.txt"
    assert found["address/bitcoin", GAP_ADDRESS]["allocation"] == "gap"
    assert all(value != BROKEN for _, value in found)


def test_every_file_has_the_digest_of_its_bytes(case: Path, disk: Path) -> None:
    listed = {each["path"]: each for each in lines("tree", case)}
    for path in (disk.parent / "tree" / "home").iterdir():
        entry = listed[f"/home/{path.name}"]
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_unexamined_adds_up(case: Path, disk: Path) -> None:
    sums = lines("unexamined", case)[-1]
    assert sums["total"] == disk.stat().st_size == int(str(sums["examined"])) + int(str(sums["unexamined"]))


def test_scripts_rebuild_the_bytes(case: Path) -> None:
    for each in lines("findings", case):
        script = impound("reproduce", case, each["id"])
        done = subprocess.run(["sh", "-s"], input=script, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_ledger_holds_for_the_product_and_for_plain_python(case: Path) -> None:
    (result,) = lines("ledger", "verify", case)
    assert result["faults"] == []
    assert result["level"] == "L1"
    plain = subprocess.run(
        ["python3", "-I", "-S", str(ROOT / "resources" / "verify.py"), str(case)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 0, plain.stdout + plain.stderr


def test_reports_are_written_and_entered(case: Path, tmp_path: Path) -> None:
    for kind in ("html", "csv", "bodyfile"):
        path = tmp_path / kind
        impound("report", case, "--format", kind, "--out", path)
        assert ADDRESS in path.read_text() or kind == "bodyfile"
    assert "/home/notes.txt|" in (tmp_path / "bodyfile").read_text()


def test_linked_data_conforms_to_the_ontology(case: Path, tmp_path: Path) -> None:
    """The validator of the CASE community agrees; each finding lies in its bytes of the image and in its file."""
    out = tmp_path / "case.jsonld"
    impound("report", case, "--format", "case", "--out", out)
    validator = Path(sys.executable).with_name("case_validate")
    told = subprocess.run([validator, out], capture_output=True, text=True, check=False)
    assert told.stdout.splitlines()[:2] == ["Validation Report", "Conforms: True"], told.stdout + told.stderr
    graph = json.loads(out.read_text())["@graph"]
    assert len({node["@id"] for node in graph}) == len(graph)
    by_id = {node["@id"]: node for node in graph}
    (address,) = (node for node in graph if ADDRESS in node.get("uco-core:description", ()))
    holders = [
        (by_id[node["uco-core:target"]["@id"]]["@type"], node.get("uco-core:hasFacet", []))
        for node in graph
        if node["@type"].endswith("Relationship") and node["uco-core:source"]["@id"] == address["@id"]
    ]
    assert [kind for kind, _ in holders] == ["uco-observable:Image", "uco-observable:File"]
    (range_,) = holders[0][1]
    (finding,) = (each for each in lines("findings", case) if each["value"] == ADDRESS)
    assert [[range_["uco-observable:rangeOffset"], range_["uco-observable:rangeSize"]]] == finding["runs"]
    broken = json.loads(out.read_text())
    for node in broken["@graph"]:
        node.pop("uco-core:isDirectional", None)
    out.write_text(json.dumps(broken))
    assert subprocess.run([validator, out], capture_output=True, check=False).returncode == 1


def test_an_auditor_sees_no_path_value_or_digest_of_the_evidence(case: Path, tmp_path: Path) -> None:
    (told,) = lines("audit", "export", case, tmp_path / "a.impound", "--no-bodies")
    assert (told["level"], told["faults"]) == ("L1", [])
    with zipfile.ZipFile(tmp_path / "a.impound") as archive:
        data = b"\n".join(archive.read(name) for name in archive.namelist() if name != "verify.py")
    entries, found = lines("tree", case), lines("findings", case)
    secret = {each["path"] for each in entries} | {str(each["path"]).rpartition("/")[2] for each in entries}
    secret |= {each["value"] for each in found} | {each["locator"] for each in found}
    secret |= {each.get("sha256") for each in (*entries, *found)}
    words = sorted(str(each) for each in secret if each and len(str(each)) > 3)
    assert len(words) > 20
    assert [word for word in words if word.encode() in data] == []


def canonical(case: Path) -> tuple[str, str, str]:
    return (impound("findings", case, "--json"), impound("tree", case, "--json"), impound("timeline", case, "--json"))


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_leaves_no_trace(case: Path, disk: Path, tmp_path: Path, workers: int) -> None:
    other = new_case(tmp_path, disk)
    impound("examine", other, "--workers", workers)
    assert canonical(other) == canonical(case)


def test_bad_input_is_said_in_words(tmp_path: Path) -> None:
    case = tmp_path / "case"
    impound("case", "new", case, "--number", "T-2", "--examiner", "Test Examiner")
    empty = tmp_path / "empty.dd"
    empty.write_bytes(b"")
    impound("add", case, empty, code=1)
    impound("add", case, tmp_path / "missing.E01", code=1)
    text = tmp_path / "text.dd"
    text.write_text("no partition table here, but an address: " + ADDRESS + "\n" * 2000)
    impound("add", case, text)
    impound("examine", case)
    assert [each["value"] for each in lines("findings", case)] == [ADDRESS]


def test_two_programs_on_one_case_are_refused(case: Path) -> None:
    command = [sys.executable, "-P", "-B", "-m", "forensics.commands.main", "session", str(case)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as held:
        assert held.stdin is not None
        assert held.stdout is not None
        held.stdin.write('{"id": 1, "verb": "status"}\n')
        held.stdin.flush()
        assert json.loads(held.stdout.readline())["ok"]
        impound("ledger", "checkpoint", case, code=4)
        held.stdin.write('{"id": 2, "verb": "tag", "args": {"finding": "F1", "name": "look"}}\n')
        held.stdin.flush()
        assert json.loads(held.stdout.readline())["ok"]
        held.stdin.close()


def test_the_demonstration_never_takes_the_place_of_another_case(tmp_path: Path) -> None:
    case = tmp_path / "case"
    impound("case", "new", case, "--number", "T-3", "--examiner", "Test Examiner")
    impound("demo", "--case", case, code=2)
    assert (case / "ledger.db").exists()
    other = tmp_path / "folder"
    other.mkdir()
    (other / "mine.txt").write_text("kept")
    impound("demo", "--case", other, code=4)
    assert (other / "mine.txt").read_text() == "kept"


def test_the_process_that_supervises_loads_no_parser(disk: Path, tmp_path: Path) -> None:
    case = new_case(tmp_path, disk)
    program = (
        "import sys\nfrom forensics.commands.main import main\n"
        f"code = main(['examine', {str(case)!r}, '--progress', 'none'])\n"
        "parsers = ('pytsk3', 'pyewf', 'exifread', 'PIL', 'magic', 'forensics.detectors.media')\n"
        "print([name for name in parsers if name in sys.modules], code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines()[-1] == "[] 0"


def test_an_image_without_a_table_says_so(tmp_path: Path) -> None:
    noise = tmp_path / "noise.dd"
    noise.write_bytes(hashlib.shake_256(b"noise").digest(1 << 20))
    case = new_case(tmp_path, noise)
    impound("examine", case)
    listed = lines("unexamined", case)
    assert [each["reason"] for each in listed[:-1]] == ["partition table"]
    assert listed[-1]["examined"] == 1 << 20


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path) -> None:
    """The block of the root folder is overwritten: no entry is left, and that is not "nothing found"."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "notes.txt").write_text(f"pay to {ADDRESS}\n")
    image = tmp_path / "root.raw"
    image.write_bytes(bytes(4 << 20))
    run("mkfs.ext2", "-q", "-F", "-b", "1024", "-d", tree, image)
    answer = subprocess.run(["debugfs", "-R", "blocks <2>", image], check=True, capture_output=True, text=True)
    block = int(answer.stdout.split()[0])
    disk = bytearray(image.read_bytes())
    disk[block * 1024 : (block + 1) * 1024] = b"\xff" * 1024
    image.write_bytes(disk)
    case = tmp_path / "case"
    impound("case", "new", case, "--number", "R-1", "--examiner", "A. Examiner")
    impound("add", case, image)
    impound("examine", case, "--progress", "none", code=3)
    listed = [each for each in lines("unexamined", case) if each.get("reason") == "part of a file system"]
    assert [each["detail"] for each in listed] == ["folder 2 cannot be listed to its end"]
    assert any(each["value"] == ADDRESS for each in lines("findings", case)), "its raw bytes are searched"
