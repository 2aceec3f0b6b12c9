"""Configuration, state, log and circuits of Tor: as files, as parts of files, and beside other text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.tor import circuit, consensus, log, state, torrc
from forensics.model import Absent, Clock, Finding, Grade, Locator, Secret, Sensitivity
from forensics.sweep.catalogue import build
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

DETECTORS = (circuit.DETECTOR, log.DETECTOR, state.DETECTOR, torrc.DETECTOR)


def swept(data: bytes, path: str = "unallocated") -> list[Finding]:
    """What the pass finds, with its own engine."""
    layer = BytesLayer(data, Locator(path))
    space = Space(build(DETECTORS), layer, [Segment(0, len(data), 0, 0)], lambda _: layer)
    space.sweep(0, len(data))
    assert not space.refused
    return [held.finding for held in space.found]


TORRC = b"""## Configuration
DataDirectory /var/lib/tor
SocksPort 9050 # local
HashedControlPassword 16:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789
%include /etc/torrc.d/
HiddenServiceDir "/var/lib/tor/shop"
HiddenServiceVersion 3
HiddenServicePort 80 127.0.0.1:8080
HiddenServicePort 22 unix:/run/ssh
#HiddenServiceDir /var/lib/tor/idle

HiddenServiceDir /var/lib/tor/forum
HiddenServicePort 80 127.0.0.1:8081
"""


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_configuration_with_two_services(newline: bytes) -> None:
    data = TORRC.replace(b"\n", newline)
    (found,) = swept(data, "ext4:/etc/tor/torrc")
    assert found.grade is Grade.C3
    assert found.value == "/var/lib/tor/shop, /var/lib/tor/forum"
    assert found.fields["services"].value == (
        {
            "directory": "/var/lib/tor/shop",
            "ports": ("80 127.0.0.1:8080", "22 unix:/run/ssh"),
            "HiddenServiceVersion": "3",
        },
        {"directory": "/var/lib/tor/forum", "ports": ("80 127.0.0.1:8081",)},
    )
    assert found.fields["socks_ports"].value == ("9050",)
    assert isinstance(found.fields["control_password_hash"].value, Secret)
    assert found.sensitivity is Sensitivity.SECRET
    assert data[found.span.offset :].startswith(b"DataDirectory")


def test_a_configuration_in_free_space_ends_where_its_lines_end() -> None:
    data = b"\xff\x00\x13noise\0" + TORRC + b"\x00\x00more\nSocksPort 1\n"
    (found,) = swept(data)
    assert found.grade is Grade.C2
    assert found.span.end == data.index(b"8081") + 4


def test_a_client_with_bridges() -> None:
    lines = b"UseBridges 1\nBridge obfs4 192.0.2.7:443 " + b"A" * 40 + b" cert=x iat-mode=0\nClientOnionAuthDir /a/b\n"
    (found,) = swept(lines)
    assert found.value is Absent.NONE_STORED
    assert found.fields["bridges"].value == ("obfs4 192.0.2.7:443 " + "A" * 40 + " cert=x iat-mode=0",)
    assert found.fields["client_auth_directory"].value == "/a/b"


@pytest.mark.parametrize(
    "text",
    [
        b"SocksPort 9050\n",
        b"HiddenServiceDir /var/lib/tor/x\n",
        b"#HiddenServiceDir /var/lib/tor/x\n#HiddenServicePort 80 127.0.0.1:80\n",
        b"Set SocksPort 9050 and ControlPort 9051 there.\n",
        b'torrc.add("HiddenServiceDir /x"); torrc.add("HiddenServicePort 80")\n',
    ],
)
def test_text_about_options_is_no_configuration(text: bytes) -> None:
    assert swept(text) == []


def test_a_long_row_of_options_costs_no_more_than_its_length() -> None:
    data = b"SocksPort 9050\n" * 40_000 + b"x SocksPort 9050\n" * 2_000
    assert 1 <= len(swept(data)) <= 20


STATE = b"""# Tor state file last generated on 2024-07-01 11:30:00 local time
# Other times below are in UTC
# You *do not* need to edit this file.

Guard in=default rsa_id=0123456789ABCDEF0123456789ABCDEF01234567 nickname=Quokka sampled_on=2024-06-20T01:02:03 listed=1
Guard in=bridges rsa_id=89ABCDEF0123456789ABCDEF0123456789ABCDEF bridge_addr=192.0.2.7:443 \
sampled_on=2024-06-21T00:00:00 confirmed_on=2024-06-22T00:00:00
BWHistoryReadEnds 2024-07-01 06:00:00
Dormant 0
LastWritten 2024-07-01 06:00:00
TorVersion Tor 0.4.8.10
"""


def test_a_state_file() -> None:
    (found,) = swept(STATE + bytes(3000), "ext4:/var/lib/tor/state")
    assert (found.value, found.grade) == ("Tor 0.4.8.10", Grade.C3)
    assert found.span.length == len(STATE) - 1
    assert found.fields["zone"].value == "+05:30"
    assert found.fields["ran_as"].value == ("relay or bridge",)
    written = found.events[0]
    assert written.when == datetime(2024, 7, 1, 6, tzinfo=UTC)
    assert written.clock is Clock.DEVICE
    assert [event.precision.days for event in found.events[1:]] == [12, 12, 12]
    assert [(link.rule, link.target) for link in found.links] == [("USED_BRIDGE", "192.0.2.7:443")]
    assert found.caveats == (state.SMEARED,)


def test_a_state_file_that_lost_its_beginning_is_one_finding() -> None:
    (found,) = swept(b"\0" * 512 + STATE[STATE.index(b"Guard") :])
    assert found.grade is Grade.C2
    assert found.caveats == (state.CARVED, state.SMEARED)


def test_two_state_files_side_by_side() -> None:
    assert len(swept(STATE + STATE)) == 2


def test_many_guards_are_read_once() -> None:
    line = STATE.split(b"\n")[4] + b"\n"
    (found,) = swept(line * 20_000 + b"TorVersion Tor 0.4.8.10\n")
    guards = found.fields["guards"].value
    assert isinstance(guards, tuple)
    assert len(guards) == 200


LOG = b"""Nov 24 03:24:56.000 [notice] Tor 0.4.8.10 opening new log file.
Nov 24 03:24:56.639 [notice] Tor 0.4.8.10 running on Linux with Libevent 2.1.12-stable and OpenSSL 3.0.11 as libc.
Nov 24 03:24:56.640 [notice] Read configuration file "/etc/tor/torrc".
Nov 24 03:24:57.000 [warn] You are running Tor as root.
Nov 24 03:24:58.000 [notice] Bootstrapped 15% (handshake_done): Handshake with a relay done
Nov 24 03:24:59.000 [notice] Bootstrapped 100% (done): Done
"""


def test_each_opening_of_a_log_is_a_finding() -> None:
    first, second = swept(LOG + LOG.replace(b"Nov 24", b"Dec 01"))
    assert first.value == second.value == "Tor 0.4.8.10"
    assert first.fields["opened"].value == "Nov 24 03:24:56.000"
    assert second.fields["opened"].value == "Dec 01 03:24:56.000"
    assert first.fields["last_line"].value == "Nov 24 03:24:59.000"
    assert first.fields["system"].value == "Linux"
    assert first.fields["configuration"].value == "/etc/tor/torrc"
    assert first.fields["bootstrapped_percent"].value == 100
    assert first.fields["warnings"].value == 1
    assert first.events == ()
    assert first.caveats == (log.NO_YEAR,)


def test_a_circuit_dates_a_visit() -> None:
    name = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
    line = (
        f"650 CIRC 7 BUILT ${'AB' * 20}~one,${'CD' * 20} BUILD_FLAGS=IS_INTERNAL PURPOSE=HS_CLIENT_REND "
        f'HS_STATE=HSCR_JOINED REND_QUERY={name} TIME_CREATED=2023-07-03T17:05:24.214215 SOCKS_USERNAME="x.example"\r\n'
    ).encode()
    (found,) = swept(b"\0\0" + line)
    assert (found.value, found.grade) == (name + ".onion", Grade.C3)
    assert [event.when for event in found.events] == [datetime(2023, 7, 3, 17, 5, 24, 214215, tzinfo=UTC)]
    assert found.fields["address_bar"].value == "x.example"
    assert found.fields["side"].value == "visitor"
    wrong = line.replace(b"pg6mm", b"pg7mm")
    assert swept(wrong) == []


def test_a_consensus_dates_the_last_run_by_the_networks_clock() -> None:
    head = consensus.DETECTOR.specimens[0].data
    relays = b"dir-source x\nr one AAAA BBBB 2024-02-01 00:00:00 192.0.2.1 443 0\n" * 100
    data = b"\0" * 512 + head + relays
    (found,) = consensus.DETECTOR.examine(BytesLayer(data, Locator("ext4:/x/cached-microdesc-consensus")), 512)
    assert found.grade is Grade.C3
    assert found.span.end == 512 + len(head) - 1
    (event,) = found.events
    assert (event.when, event.clock) == (datetime(2024, 3, 1, 13, tzinfo=UTC), Clock.SERVER)
    assert found.fields["flavour"].value == "microdesc"
