"""MJ1: the JSON of the ledger, a subset of RFC 8785 that the standard library emits exactly, and `orjson` too.

Objects have ASCII keys of ``A-Z a-z 0-9 _ . -``; numbers are integers of at most 53 bits; strings hold no
lone surrogate; there are no floats. Inside this subset ``json.dumps`` with sorted keys and no spaces *is* the
canonical form of RFC 8785; outside it is not (floats are written differently, and keys beyond the basic
multilingual plane sort differently), hence the limits.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

import orjson

from forensics.errors import FormatError

MAX_INTEGER = 2**53 - 1
"""Largest magnitude of a number: what an IEEE 754 double holds exactly (RFC 8785 §3.2.2.3, RFC 7493 §2.2)."""

MAX_DEPTH = 64
"""Nesting accepted; deeper input is refused rather than left to the interpreter's recursion limit."""

_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_KNOWN_KEYS: set[str] = set()
_KNOWN_KEYS_CAP = 4096

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def check(value: object) -> None:
    """Raise :class:`FormatError` unless ``value`` can be written in MJ1.

    Strings are not searched for lone surrogates here: writing them refuses them.
    """
    level: list[object] = [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[object] = []
        for node in level:
            kind = type(node)
            if kind is str or kind is bool or node is None:
                continue
            if isinstance(node, int):
                if not -MAX_INTEGER <= node <= MAX_INTEGER:
                    raise FormatError(f"the integer {node} does not fit 53 bits; write it as a decimal string")
            elif isinstance(node, dict):
                for key in node:
                    if key not in _KNOWN_KEYS:
                        _check_key(key)
                inner.extend(node.values())
            elif isinstance(node, list | tuple):
                inner.extend(node)
            elif not isinstance(node, str):
                raise FormatError(f"MJ1 has no {kind.__name__}")
        if not inner:
            return
        level = inner
    raise FormatError(f"nested deeper than {MAX_DEPTH}")


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise FormatError(f"{key!r} cannot be a key in MJ1")
    if len(_KNOWN_KEYS) < _KNOWN_KEYS_CAP:
        _KNOWN_KEYS.add(key)


def dumps(value: object) -> bytes:
    """The MJ1 bytes (UTF-8) of ``value``; raises :class:`FormatError` if it is outside MJ1."""
    check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a key of a class below `str`, which the standard library writes; or a lone surrogate
        text = _encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise FormatError("a string holds a lone surrogate; keep such a name as raw bytes") from error


def loads(data: bytes) -> object:
    """Parse MJ1 strictly: ``data`` must be exactly what :func:`dumps` writes, byte for byte.

    Raises :class:`FormatError` for anything else: other spacing or order, duplicate keys, floats, bad UTF-8.
    """
    try:
        value: object = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not MJ1: {error}") from error
    if dumps(value) != data:
        raise FormatError("JSON, but not as MJ1 writes it")
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not an integer")
