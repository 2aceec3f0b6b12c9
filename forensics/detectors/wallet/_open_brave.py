"""A keyring of Brave's wallet, opened with a given password."""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from forensics.detectors.wallet._held import tell_phrase, tell_private
from forensics.detectors.wallet._objects import mapping
from forensics.detectors.wallet._opened import Opened, WrongSecretError, pbkdf2
from forensics.detectors.wallet.brave import OLD_ROUNDS, ROUNDS, keyring_of
from forensics.errors import FormatError


def brave(data: bytes, secret: bytes) -> Opened:
    """The tag of AES-GCM-SIV proves the password."""
    try:
        keyring = keyring_of(mapping(json.loads(data)))
    except (ValueError, RecursionError) as error:
        raise FormatError("the keyring's own text is no JSON") from error
    if keyring is None:
        raise FormatError("a keyring that is not whole")
    for rounds in (ROUNDS, OLD_ROUNDS):
        cipher = AESGCMSIV(pbkdf2("sha256", secret, keyring.salt, rounds))
        try:
            phrase = cipher.decrypt(*keyring.phrase, None)
        except InvalidTag:
            continue
        opened = Opened("tag of AES-GCM-SIV", fields={"kdf_rounds": rounds})
        tell_phrase(opened, phrase.decode("utf-8", "replace"))
        for nonce, body in keyring.imported:
            try:
                tell_private(opened, cipher.decrypt(nonce, body, None).hex())
            except InvalidTag:
                opened.fields["imported_keys_not_opened"] = True
        return opened
    raise WrongSecretError("the tag of AES-GCM-SIV does not hold")
