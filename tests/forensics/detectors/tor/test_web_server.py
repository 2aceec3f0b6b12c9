"""Sites that answer to onion names: which site a name belongs to, and what is behind it."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer
from forensics.detectors.tor import web_server
from forensics.model import Finding, Grade, Locator

ONE = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
TWO = "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd.onion"

NGINX = f"""http {{
  server {{
    listen 80 default_server;
    server_name example.org;
    root /srv/open;
  }}
  server {{
    listen unix:/run/shop.sock;
    server_name www.{ONE} {TWO} shop.example;
    # root /srv/old;
    location / {{
      proxy_pass http://127.0.0.1:3000;
      if ($request_method = POST) {{ return 405; }}
    }}
    access_log /var/log/nginx/shop.log;
    error_log /dev/null crit;
  }}
}}
"""
APACHE = f"""<VirtualHost *:80>
  ServerName example.org
  DocumentRoot /srv/open
</VirtualHost>
<VirtualHost 127.0.0.1:8081>
  ServerName {TWO}
  ServerAlias *.{TWO}
  DocumentRoot "/srv/forum"
  <Directory /srv/forum>
    AuthUserFile /etc/apache2/.htpasswd
  </Directory>
  CustomLog /var/log/apache2/forum.log combined
</VirtualHost>
"""


def found(text: str, name: str, path: str = "unallocated") -> list[Finding]:
    data = text.encode()
    return list(web_server.DETECTOR.examine(BytesLayer(data, Locator(path)), data.index(name.encode()) + len(name)))


def test_a_site_of_nginx() -> None:
    (site,) = found(NGINX, ONE, "ext4:/etc/nginx/nginx.conf")
    assert (site.value, site.grade) == (ONE, Grade.C3)
    assert site.fields["names"].value == (ONE, TWO)
    assert site.fields["listens"].value == ("unix:/run/shop.sock",)
    assert site.fields["passes_to"].value == ("http://127.0.0.1:3000",)
    assert site.fields["access_logs"].value == ("/var/log/nginx/shop.log",)
    assert "document_roots" not in site.fields
    text = NGINX.encode()[site.span.offset : site.span.end]
    assert text.strip().startswith(b"server {\n    listen unix")
    assert text.endswith(b"crit;\n  }")
    names = site.fields["names"].span
    assert names is not None
    assert NGINX.encode()[names.offset : names.end] == ONE.encode()


def test_a_site_of_apache() -> None:
    (site,) = found(APACHE, TWO)
    assert (site.value, site.grade) == (TWO, Grade.C2)
    assert site.fields["listens"].value == ("127.0.0.1:8081",)
    assert site.fields["document_roots"].value == ('"/srv/forum"',)
    assert site.fields["password_files"].value == ("/etc/apache2/.htpasswd",)
    assert [(link.rule, link.target) for link in site.links] == [("SERVES", TWO)]


def test_braces_that_never_close_end_the_search() -> None:
    assert found("server {\n" * 5000 + f"server_name {ONE};\n", ONE) == []
    assert found("server {\n}\n" * 1000 + f"server_name {ONE};\n", ONE) == []
    assert found(f"server {{\nserver_name {ONE};\n" + "{" * 100_000, ONE) == []
