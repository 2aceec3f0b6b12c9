"""Known answers: a tab that the settings class of onionshare-cli 2.7 saved, with the key of RFC 8032's first test."""

from __future__ import annotations

from forensics.detectors.base import Specimen

TAB = b"""{
  "onion": {
    "private_key": "MHyDhk8oM8tCei7xwAoBPP3/J2jZgMCjpSDwBpBN6U+bTwr+KAt0aneGhOdUQlAgV7dHOgPwj5b1o46Sh+Afjw==",
    "client_auth_priv_key": null,
    "client_auth_pub_key": null
  },
  "persistent": {
    "mode": "website",
    "enabled": true,
    "autostart_on_launch": false
  },
  "general": {
    "title": "kiln",
    "public": false,
    "autostart_timer": false,
    "autostop_timer": false,
    "service_id": "abc",
    "qr": false
  },
  "share": {
    "autostop_sharing": true,
    "filenames": [],
    "log_filenames": false
  },
  "receive": {
    "data_dir": "/home/v/OnionShare",
    "webhook_url": null,
    "disable_text": false,
    "disable_files": false,
    "max_upload_size": 0,
    "max_upload_size_total": false,
    "total_upload_size": 0
  },
  "website": {
    "disable_csp": false,
    "custom_csp": null,
    "log_filenames": false,
    "filenames": [
      "/home/v/site/index.html"
    ]
  },
  "download": {
    "data_dir": "/home/v/OnionShare",
    "poll": 0
  },
  "chat": {}
}"""
NAME = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion"
_MADE = "onionshare-cli 2.7"
ONIONSHARE = (
    Specimen("a website", TAB, (NAME,), _MADE),
    Specimen("never started", TAB.replace(TAB[34:124], b"null"), ("none stored",), _MADE + ", without its key"),
    Specimen("cut", TAB[:700], None, _MADE + ", cut"),
    Specimen("another mode", TAB.replace(b'"website",', b'"other",'), None, "by hand, changed"),
    Specimen("look-alike: of another program", b'{"onion": {"private_key": "x"}, "a": 1}', None, "by hand"),
)
