"""Keys of onion services: what proves them, and what they must not show."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.onion import v2
from forensics.detectors.tor import client_auth, onion_key, text_key
from forensics.model import Finding, Grade, Locator, Secret, Sensitivity
from forensics.primitives import onion

SEED = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
NAME = onion.encode(PUBLIC)


def expanded() -> bytes:
    digest = bytearray(hashlib.sha512(SEED).digest())
    digest[0] &= 248
    digest[31] = digest[31] & 63 | 64
    return bytes(digest)


SECRET_FILE = b"== ed25519v1-secret: type0 ==\0\0\0" + expanded()
PUBLIC_FILE = b"== ed25519v1-public: type0 ==\0\0\0" + PUBLIC


def found(detector: Detector, data: bytes, at: int = 0, path: str = "image") -> list[Finding]:
    return list(detector.examine(BytesLayer(data, Locator(path)), at))


@pytest.mark.parametrize(
    ("path", "data", "grade"),
    [
        ("unallocated", SECRET_FILE, Grade.C2),
        ("ext4:/var/lib/tor/shop/hs_ed25519_secret_key", SECRET_FILE, Grade.C3),
        ("unallocated", SECRET_FILE + bytes(4000) + PUBLIC_FILE, Grade.C4),
        ("unallocated", SECRET_FILE + bytes(4000) + NAME.encode() + b"\n", Grade.C4),
        ("unallocated", SECRET_FILE + bytes(9000) + NAME.encode() + b"\n", Grade.C2),
    ],
)
def test_what_stands_near_proves_a_secret_key(path: str, data: bytes, grade: Grade) -> None:
    (key,) = found(onion_key.DETECTOR, data, path=path)
    assert key.value == NAME
    assert key.grade is grade
    assert key.sensitivity is Sensitivity.SECRET
    assert key.span.length == 96
    secret = key.fields["secret_key"].value
    assert isinstance(secret, Secret)
    assert base64.b64decode(secret.text) == expanded()
    assert secret.text not in repr(key)


def test_a_relays_key_is_said_to_be_one() -> None:
    (key,) = found(onion_key.DETECTOR, SECRET_FILE, path="ext4:/var/lib/tor/keys/ed25519_master_id_secret_key")
    assert key.caveats == (onion_key.RELAY,)
    (key,) = found(onion_key.DETECTOR, SECRET_FILE)
    assert key.caveats == (onion_key.EITHER,)


def test_a_public_key_is_no_possession() -> None:
    (key,) = found(onion_key.DETECTOR, PUBLIC_FILE, path="ext4:/x/hs_ed25519_public_key")
    assert key.value == NAME
    assert key.grade is Grade.C3
    assert key.sensitivity is Sensitivity.NORMAL
    assert onion_key.NO_SECRET in key.caveats


@pytest.fixture(scope="module")
def rsa(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """A key of version 2 and its name, both from the OpenSSL program and the standard library."""
    folder = tmp_path_factory.mktemp("v2")
    key, public = folder / "private_key", folder / "public.der"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "1024"], check=True, capture_output=True)
    command = ["openssl", "rsa", "-in", str(key), "-RSAPublicKey_out", "-outform", "DER", "-out", str(public)]
    subprocess.run(command, check=True, capture_output=True)
    digest = hashlib.sha1(Path(public).read_bytes(), usedforsecurity=False).digest()
    return key.read_bytes(), base64.b32encode(digest[:10]).decode().lower() + ".onion"


def test_a_key_of_version_2_by_its_file_or_its_name(rsa: tuple[bytes, str]) -> None:
    pem, name = rsa
    assert found(text_key.DETECTOR, pem) == []
    assert found(text_key.DETECTOR, pem, path="ext4:/etc/ssl/private/server.key") == []
    (by_file,) = found(text_key.DETECTOR, pem, path="ext4:/var/lib/tor/old/private_key")
    assert (by_file.value, by_file.grade) == (name, Grade.C2)
    (by_name,) = found(text_key.DETECTOR, pem + bytes(100) + name.encode())
    assert (by_name.value, by_name.grade) == (name, Grade.C4)
    assert by_name.sensitivity is Sensitivity.SECRET
    body = "".join(pem.decode().split("\n")[1:-2])
    (control,) = found(text_key.DETECTOR, b"RSA1024:" + body.encode() + b" Port=80")
    assert (control.value, control.grade) == (name, Grade.C3)


def test_a_key_file_of_onionbalance_is_known_by_its_name(tmp_path: Path) -> None:
    der = bytes.fromhex("302e020100300506032b657004220420") + SEED
    source, target = tmp_path / "der", tmp_path / "pem"
    source.write_bytes(der)
    subprocess.run(["openssl", "pkey", "-inform", "DER", "-in", source, "-out", target], check=True)
    pem = target.read_bytes()
    assert found(text_key.DETECTOR, pem, path="ext4:/etc/some.key") == []
    (key,) = found(text_key.DETECTOR, pem, path=f"ext4:/etc/onionbalance/{NAME[:56]}.key")
    assert (key.value, key.grade) == (NAME, Grade.C4)


def test_an_added_onion() -> None:
    data = b"ADD_ONION ED25519-V3:" + base64.b64encode(expanded()) + b" Port=80,127.0.0.1:8080\r\n"
    (key,) = found(text_key.DETECTOR, data, 10)
    assert (key.value, key.grade) == (NAME, Grade.C3)
    answered = data + b"250-ServiceID=" + NAME[:56].encode() + b"\r\n"
    (key,) = found(text_key.DETECTOR, answered, 10)
    assert key.grade is Grade.C4


def test_both_sides_of_a_permit_have_one_public_key() -> None:
    private = X25519PrivateKey.generate()
    public = base64.b32encode(private.public_key().public_bytes_raw()).strip(b"=")
    secret = base64.b32encode(private.private_bytes_raw()).strip(b"=")
    service = b"descriptor:x25519:" + public + b"\n"
    client = NAME[:56].encode() + b":descriptor:x25519:" + secret
    (one,) = found(client_auth.DETECTOR, service, len(service) - 1)
    (other,) = found(client_auth.DETECTOR, client, len(client))
    assert one.value == one.fields["public_key"].value == other.fields["public_key"].value == public.decode()
    assert other.value == NAME
    assert other.sensitivity is Sensitivity.SECRET
    assert secret.decode() not in repr(other)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"http://expyuzz4wqqyqhjn.onion/x", ["expyuzz4wqqyqhjn.onion"]),
        (b"https://expyuzz4wqqyqhjn.onion.to/", ["expyuzz4wqqyqhjn.onion"]),
        (b"aexpyuzz4wqqyqhjn.onion", []),
        (b"expyuzz4wqqyqhjn.onion_x", []),
    ],
)
def test_names_of_version_2(text: bytes, names: list[str]) -> None:
    told = found(v2.DETECTOR, text, text.index(b".onion") + 6)
    assert [each.value for each in told] == names
    assert all(each.grade is Grade.C1 for each in told)
