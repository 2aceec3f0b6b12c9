"""The report as one page that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

from forensics.links.assets import Assets
from forensics.reports.assets_section import write_assets
from forensics.reports.limits import LIMITS
from forensics.reports.markup import table, text

STYLE = (
    "body{font:14px/1.45 sans-serif;margin:2em auto;max-width:70em;color:#15202b}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "td,th{border-bottom:1px solid #d3dae1;padding:4px 6px;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}code{font:12px monospace}h2{margin-top:2em}"
)


def write_html(
    file: IO[str],
    facts: Mapping[str, Any],
    findings: Iterable[Mapping[str, Any]],
    unexamined: Iterable[Mapping[str, Any]],
    assets: Assets,
) -> None:
    """Case, exhibits with both digests, assets, findings, what could not be examined, limits."""
    title = f"Case {facts['number']}"
    file.write(
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{text(title)}</title><style>{STYLE}</style><h1>{text(title)} {text(facts['title'])}</h1>\n"
    )
    file.write(f"<p>Examiner {text(facts['examiner'])}. Ledger level {text(facts['level'])}, ")
    file.write(f"{facts['entries']:,} entries. Times are UTC.</p>\n<h2>Exhibits</h2>\n")
    for each in facts["exhibits"]:
        names = sorted({*each["stored"], *each["computed"]})
        file.write(f"<p>{text(each['number'])}: {text(each['format'])}, {each['size']:,} bytes, ")
        file.write(f"{text(each['verdict'])}</p>\n")
        table(
            file,
            ("digest", "stored in the container", "computed"),
            [(name, each["stored"].get(name, "none stored"), each["computed"].get(name, "")) for name in names],
        )
    write_assets(file, assets)
    file.write("<h2>Findings</h2>\n")
    table(
        file,
        ("id", "kind", "grade", "value", "where", "SHA-256 of its bytes", "caveats"),
        (
            (
                each["id"],
                each["kind"],
                each["grade"],
                each["value"] or "",
                f"{each['locator']} {each['runs']}",
                each["sha256"],
                " ".join(each["caveats"]),
            )
            for each in findings
        ),
    )
    file.write("<h2>Could not be examined</h2>\n")
    table(
        file,
        ("exhibit", "place", "reason", "what happened", "tried", "bytes"),
        (
            (*(each[key] for key in ("exhibit", "place", "reason", "detail", "tried")), f"{each['bytes']:,}")
            for each in unexamined
        ),
    )
    file.write(f"<h2>Limits</h2><p>{text(LIMITS)}</p></html>\n")
