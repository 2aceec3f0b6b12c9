"""Images made by independent tools. A tool that is absent fails the test and names its package."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGES = {"ewfacquire": "ewf-tools", "ewfverify": "ewf-tools", "qemu-img": "qemu-utils"}


def run(*command: object, ok: tuple[int, ...] = (0,)) -> str:
    words = [str(each) for each in command]
    if shutil.which(words[0]) is None:
        pytest.fail(f"{words[0]} is needed: install the package {PACKAGES[words[0]]}")
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode in ok, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def medium() -> bytes:
    """3 MiB and a bit: text that compresses, noise that does not, zeros; not a whole number of chunks."""
    generator = random.Random(20)
    words = [generator.randbytes(4).hex().encode() for _ in range(500)]
    text = b" ".join(generator.choices(words, k=170_000))[: 1 << 20]
    return text + generator.randbytes(1 << 20) + bytes(1 << 20) + generator.randbytes(512 * 21)


@pytest.fixture(scope="session")
def acquire(medium: bytes, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make an E01 of the medium with ewfacquire; returns its first segment."""

    def make(form: str, *options: str) -> Path:
        folder = tmp_path_factory.mktemp(form)
        source = folder / "source.raw"
        source.write_bytes(medium)
        run(
            "ewfacquire", "-u", "-q", "-t", folder / "A-01", "-f", form, "-C", "C-7", "-e", "Vale",
            "-N", "note", "-D", "laptop", "-E", "E1", *options, source,
        )  # fmt: skip
        source.unlink()
        return sorted(folder.iterdir())[0]

    return make


@pytest.fixture(scope="session")
def encase6(acquire: Callable[..., Path]) -> Path:
    return acquire("encase6", "-c", "deflate:fast", "-d", "sha1")


@pytest.fixture(scope="session")
def md5(medium: bytes) -> str:
    return hashlib.md5(medium).hexdigest()


@pytest.fixture(scope="session")
def ewfverify() -> Callable[[Path], str]:
    def verify(first: Path) -> str:
        return run("ewfverify", "-q", first, ok=(0, 1))

    return verify


@pytest.fixture(scope="session")
def qemu_img() -> Callable[..., str]:
    def call(*words: object) -> str:
        return run("qemu-img", *words)

    return call
