"""Sites of web servers that answer to an onion name: nginx and Apache.

| nginx                            | Apache                          | content                                     |
|----------------------------------|---------------------------------|---------------------------------------------|
| `server {` … `}`                 | `<VirtualHost` … `</VirtualHost>` | one site                                  |
| `server_name`                    | `ServerName`, `ServerAlias`     | names that it answers to                    |
| `listen`                         | in `<VirtualHost …>`            | where Tor hands its visitors over           |
| `root`, `proxy_pass`, `fastcgi_pass` | `DocumentRoot`, `ProxyPass` | the pages or the program behind             |
| `access_log`, `error_log`        | `CustomLog`, `ErrorLog`         | where visits are written down               |

This computer, or the one that the file was copied from, was set up to serve that name; the key in the
service's folder says whether it could.

Not recorded: whether it ran, when it was set up, who visited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._near import named
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link
from forensics.primitives import onion

_REACH = 16 << 10
_MOST = 50  # values of one option
_ONION = re.compile(rb"(?<![A-Za-z0-9_])([a-z2-7]{56}|[a-z2-7]{16})\.onion(?![A-Za-z0-9_])")
_BLOCK = re.compile(rb"(?m)(?:^|(?<=\0))[ \t]*server[ \t\r\n]{0,8}\{")
_HOST = re.compile(rb"(?mi)(?:^|(?<=\0))[ \t]*<VirtualHost[ \t]{1,8}([^>\r\n]{1,200})>")
_HOST_END = re.compile(rb"(?i)</VirtualHost>")
_NAMES = re.compile(rb"(?mi)^[ \t]*(?:server_name|ServerName|ServerAlias)[ \t]{1,40}([^;\r\n#]{1,2000})")
_OPTIONS = re.compile(
    rb"(?mi)^[ \t]*(listen|root|alias|proxy_pass|fastcgi_pass|uwsgi_pass|access_log|error_log|auth_basic_user_file"
    rb"|DocumentRoot|ProxyPass|CustomLog|ErrorLog|AuthUserFile)[ \t]{1,40}([^;\r\n#]{1,400})"
)
_FIELDS = {
    b"listen": "listens",
    b"root": "document_roots",
    b"alias": "document_roots",
    b"documentroot": "document_roots",
    b"proxy_pass": "passes_to",
    b"fastcgi_pass": "passes_to",
    b"uwsgi_pass": "passes_to",
    b"proxypass": "passes_to",
    b"access_log": "access_logs",
    b"customlog": "access_logs",
    b"error_log": "error_logs",
    b"errorlog": "error_logs",
    b"auth_basic_user_file": "password_files",
    b"authuserfile": "password_files",
}
_NAME = b"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
_NGINX = (
    b"server {\n    listen 127.0.0.1:8080;\n    server_name " + _NAME + b";\n    root /srv/shop;\n    location /api {\n"
    b"        proxy_pass http://127.0.0.1:3000;\n    }\n    access_log /var/log/nginx/shop.log;\n}\n"
)
_APACHE = (
    b"<VirtualHost 127.0.0.1:8081>\n  ServerName " + _NAME + b"\n  DocumentRoot /srv/forum\n"
    b"  CustomLog /var/log/apache2/forum.log combined\n</VirtualHost>\n"
)


class WebServer:
    """One site."""

    kind: ClassVar[str] = "tor/web_server"
    title: ClassVar[str] = "Web server of an onion service"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"(?:server_name|ServerName|ServerAlias)[ \t][^;\r\n]{15,200}\.onion\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "nginx: ngx_http_core_module, ngx_http_proxy_module",
        "Apache HTTP Server: core directives, mod_proxy",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("nginx", _NGINX, (_NAME.decode(),), "made by hand"),
        Specimen("Apache", _APACHE, (_NAME.decode(),), "made by hand"),
        Specimen("truncated", _NGINX[:90], None, "made by hand"),
        Specimen("wrong checksum", _NGINX.replace(b"pg6", b"pg7"), None, "made by hand"),
        Specimen(
            "look-alike: a remark", _NGINX.replace(b"    server_name", b"    # server_name"), None, "made by hand"
        ),
        Specimen("look-alike: no site", b"server_name " + _NAME + b";\n", None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The site whose name ends at `at`."""
        base = max(0, at - _REACH)
        text = layer.read(base, at - base + _REACH)
        site = _nginx(text, at - base) or _apache(text, at - base)
        if site is None:
            return
        program, start, end = site
        names: dict[str, int] = {}
        for match in _NAMES.finditer(text, start, end):
            for name in _ONION.finditer(match[1]):
                if len(name[1]) == 16 or onion.decode(name[1]) is not None:
                    names.setdefault(name[0].decode("ascii"), base + match.start(1) + name.start())
        if not names:
            return
        listed: dict[str, list[str]] = {}
        if program == "Apache" and (host := _HOST.match(text, start)):
            listed["listens"] = [host[1].decode("utf-8", "replace").strip()]
        for match in _OPTIONS.finditer(text, start, end):
            values = listed.setdefault(_FIELDS[match[1].lower()], [])
            if len(values) < _MOST:
                values.append(match[2].decode("utf-8", "replace").strip())
        first, place = next(iter(names.items()))
        yield finding(
            self,
            layer,
            base + start,
            end - start,
            grade=Grade.C3 if named(layer, "nginx", "apache", "httpd", "sites-") else Grade.C2,
            value=first,
            checks=(passed("block of a site", 30), passed("onion name", 16 if len(first) > 22 else 1)),
            fields={
                "program": Field(program),
                "names": Field(tuple(names), ByteRun(place, len(first))),
                **{name: Field(tuple(values)) for name, values in listed.items()},
            },
            links=tuple(Link("SERVES", "onion", name) for name in names),
        )


def _nginx(text: bytes, at: int) -> tuple[str, int, int] | None:
    """The innermost `server { … }` around `at`; braces in remarks and strings count as others."""
    for opened in reversed(list(_BLOCK.finditer(text, 0, at))[-20:]):
        depth, position = 1, opened.end()
        while depth:
            close = text.find(b"}", position)
            if close < 0:
                break
            depth += text.count(b"{", position, close) - 1
            position = close + 1
        if not depth and position > at:
            return "nginx", opened.start(), position
    return None


def _apache(text: bytes, at: int) -> tuple[str, int, int] | None:
    """The `<VirtualHost>` around `at`."""
    opened = list(_HOST.finditer(text, 0, at))
    if not opened:
        return None
    close = _HOST_END.search(text, opened[-1].end())
    if close is None or close.start() < at:
        return None
    return "Apache", opened[-1].start(), close.end()


DETECTOR: Detector = WebServer()
