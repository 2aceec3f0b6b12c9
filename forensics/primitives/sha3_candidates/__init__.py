"""Four finalists of the SHA-3 competition, of 256 bits, as CryptoNote uses one of them to end its slow hash.

They are written for clearness: each is asked once for each password that an examiner tries.
"""

from __future__ import annotations
