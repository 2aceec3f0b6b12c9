"""The examiner's key on a token: Ed25519 by PKCS#11 (CKM_EDDSA, version 3.0 of the standard), never leaving it.

The key file of such a case is the one of :mod:`forensics.custody.keys` with ``protection`` ``pkcs11``; ``sealed`` holds
no seed, but where the key is: ``{"key":"<CKA_LABEL>","serial":"<of the token>","token":"<its label>"}``. The module, a
library that is loaded into this process, is *not* in it: a case folder may come from anybody, so the module is always
named by who works. The PIN is kept in memory for as long as the ledger is open, because a token that was pulled out and
put in again wants it again.

Any failure is a :class:`LedgerError` in plain words; the ledger's transaction is then rolled back, and the next
signature tries the token anew.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forensics.custody import keys, mj1
from forensics.custody.note import ED25519, Signature, Signer, VerifierKey, check_name
from forensics.errors import FormatError, LedgerError

_SENTENCES = {
    "NoSuchToken": "it is not plugged in",
    "TokenNotPresent": "it is not plugged in",
    "SlotIDInvalid": "it is not plugged in",
    "MultipleTokensReturned": "several tokens bear this label",
    "PinIncorrect": "the PIN is wrong; most tokens lock themselves after a few wrong ones",
    "PinInvalid": "the PIN is wrong; most tokens lock themselves after a few wrong ones",
    "PinLenRange": "the PIN is too short or too long for it",
    "PinExpired": "its PIN has expired and must be changed with the maker's program",
    "PinLocked": "it is locked after too many wrong PINs; its security officer can unlock it",
    "UserPinNotInitialized": "it has no user PIN yet",
    "NoSuchKey": "it holds no such key",
    "MultipleObjectsReturned": "it holds several keys with this label",
    "MechanismInvalid": "it does not sign with Ed25519 (CKM_EDDSA)",
    "DeviceRemoved": "it was removed",
    "KeyHandleInvalid": "it was removed, or the key on it was deleted",
    "ObjectHandleInvalid": "it was removed, or the key on it was deleted",
    "SessionHandleInvalid": "it was removed",
    "SessionClosed": "it was removed",
    "GeneralError": "it does not answer as it should; perhaps it was removed",
    "DeviceError": "it does not answer as it should; perhaps it was removed",
    "FunctionFailed": "it does not answer as it should; perhaps it was removed",
}
"""What the standard's return values mean for who reads them (PKCS#11 v3.0, section 5.1)."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a key: the PKCS#11 library, the PIN, and on first use the labels of token and key."""

    module: str
    pin: str = field(repr=False)
    token: str = ""
    key: str = ""


class TokenSigner:
    """An Ed25519 key on a token; signs any note text (type 0x01)."""

    def __init__(self, name: str, access: Access) -> None:
        """Log in and find the key; :class:`LedgerError` when it is not there or could be copied off the token."""
        self.access = access
        self._session: Any = None
        self._key: Any = None
        self._lost = self._barred = False
        with self._plainly():
            session = self._login()
            self.serial = _text(session.token.serial)
            public = self._public(session)
        self._verifier = VerifierKey(check_name(name), ED25519, public)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return self._verifier

    def sign(self, text: str) -> Signature:
        """The signature line over ``text``; :class:`LedgerError` when the token does not sign."""
        import pkcs11  # noqa: PLC0415 - an optional extra

        with self._plainly():
            if self._barred:  # each further try would bring the token nearer to locking itself
                raise LedgerError("the token refused the PIN; open the case again with the right one")
            if self._session is None:
                self._login()
            value = bytes(self._key.sign(text.encode(), mechanism=pkcs11.Mechanism.EDDSA))
        if not self._verifier.verifies(text, value):
            self.close()
            raise LedgerError(f"the token {self.access.token} signed with another key than this case's")
        return Signature(self._verifier.name, self._verifier.id, value)

    def close(self) -> None:
        """Log out; the next signature logs in again."""
        session, self._session, self._key = self._session, None, None
        if session is None:
            return
        import pkcs11  # noqa: PLC0415

        try:
            session.close()
        except pkcs11.exceptions.PKCS11Error:
            return  # it was pulled out: the session ended with it

    def _login(self) -> Any:
        import pkcs11  # noqa: PLC0415

        library = pkcs11.lib(self.access.module)
        if self._lost:  # some libraries see a token that was put in again only after C_Finalize and C_Initialize
            library.reinitialize()
            self._lost = False
        token = library.get_token(token_label=self.access.token)
        self._session = session = token.open(user_pin=self.access.pin)
        self._key = session.get_key(
            object_class=pkcs11.ObjectClass.PRIVATE_KEY, key_type=pkcs11.KeyType.EC_EDWARDS, label=self.access.key
        )
        if self._key[pkcs11.Attribute.EXTRACTABLE] or not self._key[pkcs11.Attribute.SENSITIVE]:
            raise LedgerError(
                f"the key {self.access.key} can be copied off the token {self.access.token}; make one that cannot"
            )
        return session

    def _public(self, session: Any) -> bytes:
        """The 32 bytes out of CKA_EC_POINT: bare, or as an OCTET STRING (both are met; RFC 8410 has them bare)."""
        import pkcs11  # noqa: PLC0415

        half = session.get_key(
            object_class=pkcs11.ObjectClass.PUBLIC_KEY, key_type=pkcs11.KeyType.EC_EDWARDS, label=self.access.key
        )
        point = bytes(half[pkcs11.Attribute.EC_POINT])
        if len(point) == 34 and point.startswith(b"\x04\x20"):
            point = point[2:]
        if len(point) != 32:
            raise LedgerError(f"the public key {self.access.key} on the token is not one of Ed25519")
        return point

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """The library's errors in plain words; after any of them the next signature starts anew."""
        try:
            import pkcs11  # noqa: PLC0415
        except ImportError as error:
            raise LedgerError("a key on a token needs the package python-pkcs11: pip install impound[token]") from error
        try:
            yield
        except LedgerError:
            self.close()
            raise
        except (pkcs11.exceptions.PKCS11Error, RuntimeError) as error:
            self.close()
            kind = type(error).__name__
            self._lost, self._barred = True, kind in ("PinIncorrect", "PinInvalid", "PinLenRange")
            reason = _SENTENCES.get(kind) or f"{kind} {error}".strip()
            where = f"the key {self.access.key} on the token {self.access.token}"
            raise LedgerError(f"{where} cannot be used: {reason}. Nothing was entered.") from error


def keep(path: Path, signer: TokenSigner) -> None:
    """Write the key file that says on which token the examiner's key is."""
    place = {"key": signer.access.key, "serial": signer.serial, "token": signer.access.token}
    record = {
        "format": keys.FORMAT,
        "name": signer.verifier.name,
        "protection": keys.TOKEN,
        "kdf": None,
        "nonce": "",
        "vkeys": [str(signer.verifier)],
        "sealed": base64.b64encode(mj1.dumps(place)).decode(),
    }
    keys.write_once(path, mj1.dumps(record) + b"\n", 0o600)


def load(path: Path, passphrase: str | None, access: Access | None) -> Signer:
    """The examiner's key of a case, in its file or on its token.

    Raises :class:`LedgerError` when the token is needed and ``access`` is None, is another one, or holds another key.
    """
    if not keys.on_token(path):
        return keys.load(path, passphrase).ed25519
    record = keys.read(path)
    try:
        place = mj1.loads(base64.b64decode(str(record["sealed"]), validate=True))
    except (ValueError, FormatError) as error:
        raise LedgerError(f"{path.name} does not say where its key is") from error
    if not isinstance(place, dict) or not {"key", "serial", "token"} <= set(place):
        raise LedgerError(f"{path.name} does not say where its key is")
    label = f"the token {place['token']} with the serial number {place['serial']}"
    if access is None:
        raise LedgerError(
            f"the examiner's key is on {label}: set IMPOUND_TOKEN to the token's PKCS#11 library, and IMPOUND_PIN or "
            "IMPOUND_PIN_FILE"
        )
    signer = TokenSigner(str(record["name"]), Access(access.module, access.pin, str(place["token"]), str(place["key"])))
    if [str(signer.verifier)] != record["vkeys"]:
        signer.close()
        raise LedgerError(f"the key on this token is another than the one of the case, which is on {label}")
    return signer


def _text(value: object) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\0 ")
