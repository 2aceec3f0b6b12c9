"""Nothing a confined worker runs imports a module late: it could not be opened any more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# Imports within functions that no worker reaches, by the module that has them.
IDLE = {
    "Crypto.Cipher",  # modes of block ciphers; Salsa20 has none
    "Crypto.PublicKey.ECC",  # keys as PEM or OpenSSH text
    "Crypto.Protocol.KDF",  # bcrypt
    "Crypto.Util._cpu_features",
    "PIL.Image",  # show, colour profiles
    "PIL.SpiderImagePlugin",  # a window of its own
    "_frozen_importlib_external",
    "_sitebuiltins",
    "ast",
    "cffi.api",  # building extensions
    "dis",
    "encodings",  # of Windows
    "forensics.sweep.patterns",  # the engine of other systems
    "inspect",
    "numpy",  # parts imported by attribute
    "numpy._pytesttester",
    "numpy.lib._npyio_impl",
    "numpy.lib._utils_impl",
    "pickle",  # its own tests
    "pickletools",
    "random",
    "site",
    "tokenize",
    "urllib.request",  # the network, which a worker has not
    "warnings",
    "zipfile",  # compiling modules
}

SCAN = """
import ast, importlib.util, json, sys
from forensics.confinement import tasks
tasks.preload()

def named(module, node):
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    base = node.module or ""
    if node.level:
        parts = (module.__package__ or module.__name__).split(".")
        base = ".".join(parts[: len(parts) - node.level + 1] + ([node.module] if node.module else []))
    return [base, *(f"{base}.{each.name}" for each in node.names)]

def exists(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False

late = {}
for name, module in list(sys.modules.items()):
    source = getattr(module, "__file__", None) or ""
    if not source.endswith(".py"):
        continue
    with open(source, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    for each in named(module, node):
                        if each not in sys.modules and each not in sys.builtin_module_names and exists(each):
                            late.setdefault(name, set()).add(each)
print(json.dumps({name: sorted(each) for name, each in late.items()}))
"""
# Modules of the standard library that are found loaded under another name, or are written in C and built in
# on some systems and files on others; each is imported by name where a worker needs it.
# `argparse` and `getopt` are for modules that are started as programs, `_ios_support` for another system.
HARMLESS = {
    "_ios_support",
    "argparse",
    "_md5",
    "_sha1",
    "_sha256",
    "_sha3",
    "gc",
    "getopt",
    "grp",
    "pwd",
    "readline",
    "rlcompleter",
}


def test_no_module_is_left_to_be_imported_late() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCAN], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    late = {
        name: left
        for name, each in json.loads(done.stdout).items()
        if name not in IDLE and (left := set(each) - HARMLESS)
    }
    assert not late
