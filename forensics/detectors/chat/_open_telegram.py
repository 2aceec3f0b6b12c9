"""Files of Telegram Desktop's `tdata`, opened: `key_datas` gives the local key, under a passcode if one was set.

The keys that are tried are whole files `key_datas`, and passcodes. Each file is opened with the empty passcode first,
which is how the program opens it by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from forensics.detectors.chat._telegram import (
    CACHE_MAGIC,
    NEW_FORM,
    Container,
    container,
    opened,
    opened_cache,
    passcode_key,
)
from forensics.detectors.wallet._opened import WrongSecretError
from forensics.errors import FormatError

MOST_PASSCODES = 4  # each takes 0.3 s for each file of keys


def telegram(data: bytes, held: Sequence[bytes]) -> tuple[bytes, int, str]:
    """The plain octets, which of `held` opened them, and what proves it.

    Raises:
        WrongSecretError: none does.
        FormatError: this is no file of Telegram Desktop.
    """
    attempt = _attempt(data)
    for key, number in _local_keys(held):
        plain = attempt(key)
        if plain:
            return plain, number, "the digest of what was opened"
    raise WrongSecretError("no key_datas among them whose local key, with these passcodes or none, opens it")


def _attempt(data: bytes) -> Callable[[bytes], bytes | None]:
    if data[:4] == CACHE_MAGIC:
        return lambda key: opened_cache(data, key)
    found = container(data)
    if found is None:
        raise FormatError("the MD5 of the file does not hold")
    if len(found.arrays) == 2 and len(found.arrays[0]) == 32:
        salted = passcode_key(b"", found.arrays[0], new=found.version >= NEW_FORM)
        return lambda key: opened(found.arrays[-1], salted)
    return lambda key: opened(found.arrays[-1], key)


def _local_keys(held: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Local keys, each with the number of what gave it: a passcode where it took one, the file where it did not."""
    files: list[tuple[Container, int]] = []
    passcodes: list[tuple[bytes, int]] = []
    for number, each in enumerate(held):
        found = container(each)
        if found is not None and list(map(len, found.arrays[:2])) == [32, 288]:
            files.append((found, number))
        elif len(passcodes) < MOST_PASSCODES and len(each) <= 1_024:
            passcodes.append((each.rstrip(b"\r\n"), number))
    for file, number in files:
        salt, locked, *_ = file.arrays
        for passcode, source in ((b"", number), *passcodes):
            key = opened(locked, passcode_key(passcode, salt, new=file.version >= NEW_FORM))
            if key:
                yield key, source
                break
