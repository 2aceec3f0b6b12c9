"""What the detectors of this family say about a key or a message, as fields, events and links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from forensics.detectors.openpgp._keys import CURVES, Certificate, Key
from forensics.detectors.openpgp._messages import HIDDEN, Message
from forensics.detectors.openpgp._signatures import Signature
from forensics.model import Absent, Clock, Event, Link, Outcome, Value

MOST_LINKS = 200
MOST_SIGNATURE_EVENTS = 50
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}")
FIRST_YEAR = 662_688_000  # 1991-01-01: the first release of PGP
_SECOND = timedelta(seconds=1)
_REVOKED = (0x20, 0x28, 0x30)


@dataclass(slots=True)
class Story:
    """Fields, events, links and caveats in the making."""

    fields: dict[str, Value] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)

    def link(self, rule: str, kind: str, target: str) -> None:
        """Add a link once, up to a bound."""
        link = Link(rule, kind, target)
        if len(self.links) < MOST_LINKS and link not in self.links:
            self.links.append(link)


def text(data: bytes) -> str:
    """A user id as text: UTF-8, else Latin-1, which older programs wrote."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def moment(seconds: int) -> str:
    """Seconds since 1970 in words."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event(seconds: int, meaning: str) -> Event:
    """A moment by the clock of whoever made the packet, stored as seconds since 1970."""
    return Event(datetime.fromtimestamp(seconds, UTC), _SECOND, meaning, str(seconds), Clock.SENDER)


def tell_key(certificate: Certificate, self_signed: Outcome) -> Story:
    """Everything about a transferable key."""
    key = certificate.primary
    story = Story()
    say = story.fields
    say["fingerprint"] = key.fingerprint
    say |= _describe(key)
    say["user_ids"] = tuple(text(each) for each in certificate.user_ids)
    say["photos"] = certificate.photos
    say["subkeys"] = tuple({"fingerprint": each.fingerprint, **_describe(each)} for each in certificate.subkeys)
    if certificate.secret:
        say["protection"] = key.protection
    if key.created:
        story.events.append(event(key.created, "key created"))
    if key.created < FIRST_YEAR:
        story.caveats.append("The creation time stored in the key is before OpenPGP existed.")
    for subkey in certificate.subkeys[:MOST_SIGNATURE_EVENTS]:
        if subkey.created != key.created:
            story.events.append(event(subkey.created, "subkey created"))
        story.link("HAS_SUBKEY", "openpgp", subkey.fingerprint)
    _tell_signatures(certificate, story)
    for each in certificate.user_ids:
        for address in _EMAIL.findall(text(each))[:3]:
            story.link("USER_ID_EMAIL", "contact/email", address.lower())
    if not story.fields["own_signatures"]:
        story.caveats.append("The key holds no signature of its own: nothing binds its user ids to it.")
    elif self_signed is Outcome.FAIL:
        story.caveats.append("No self-signature of this key holds: key or signature was altered or damaged.")
    if certificate.broken_subkeys:
        story.caveats.append(f"{certificate.broken_subkeys} subkey packets could not be read.")
    if not certificate.complete:
        story.caveats.append("The key is cut off; what follows its last whole packet is missing.")
    return story


def _describe(key: Key) -> dict[str, Value]:
    said: dict[str, Value] = {
        "key_id": key.key_id,
        "key_version": key.version,
        "algorithm": key.algorithm_name,
        "key_bits": key.bits,
        "created": moment(key.created) if key.created else Absent.NONE_STORED,
    }
    if key.curve_id:
        said["curve"] = CURVES.get(key.curve_id, (key.curve_id, 0))[0]
    return said


def _tell_signatures(certificate: Certificate, story: Story) -> None:
    key = certificate.primary
    own = [each for each, _ in certificate.signatures if each.issuer in ("", key.key_id)]
    foreign = [each for each, _ in certificate.signatures if each.issuer not in ("", key.key_id)]
    story.fields["own_signatures"] = len(own)
    story.fields["signatures_by_others"] = len(foreign)
    certifiers = tuple(dict.fromkeys(each.issuer_fingerprint or each.issuer for each in foreign))
    story.fields["certifiers"] = certifiers[:MOST_LINKS]
    for each in certifiers[: MOST_LINKS // 2]:
        story.link("CERTIFIED_BY", "openpgp", each)
    times = sorted({each.created for each in own if each.created > 0})
    certifying = sorted({each.created for each in own if each.created > 0 and 0x10 <= each.type <= 0x13})
    for seconds in certifying[:MOST_SIGNATURE_EVENTS]:
        if seconds != key.created:
            story.events.append(event(seconds, "key self-signed"))
    if times:
        story.fields["last_self_signature"] = moment(times[-1])
    for signature in own:
        if signature.type in _REVOKED and signature.created > 0:
            meaning = {0x20: "key revoked", 0x28: "subkey revoked", 0x30: "user id revoked"}[signature.type]
            story.events.append(event(signature.created, meaning))
            if len(story.events) > 4 * MOST_SIGNATURE_EVENTS:
                break
    story.fields["revoked"] = any(each.type == 0x20 for each in own)
    expires = _expiry(key, certificate.signatures)
    story.fields["expires"] = moment(expires) if expires else Absent.NONE_STORED
    if expires:
        story.events.append(event(expires, "key expires"))


def _expiry(key: Key, signatures: list[tuple[Signature, int]]) -> int:
    """Seconds since 1970 at which the primary expires by its newest own statement; 0 for never."""
    if key.version < 4:
        return key.created + 86_400 * key.valid_days if key.valid_days else 0
    newest = max(
        (
            each
            for each, component in signatures
            if component != -2 and each.issuer in ("", key.key_id) and (0x10 <= each.type <= 0x13 or each.type == 0x1F)
        ),
        key=lambda each: each.created,
        default=None,
    )
    return key.created + newest.key_lifetime if newest and newest.key_lifetime > 0 else 0


def tell_message(message: Message) -> Story:
    """Everything that a message or a row of signatures says without a key."""
    story = Story()
    say = story.fields
    if message.recipients or message.encryption or message.passwords:
        say["recipients"] = tuple(each for each in message.recipients if each != HIDDEN)
        say["hidden_recipients"] = sum(each == HIDDEN for each in message.recipients)
        say["passwords"] = message.passwords
        say["encryption"] = message.encryption or Absent.NOT_PARSED
        say["encrypted_octets"] = message.encrypted_octets
    for recipient in message.recipients:
        if recipient != HIDDEN:
            story.link("ENCRYPTED_TO", "openpgp", recipient)
    say["signers"] = tuple(message.signers)
    for signer in message.signers:
        story.link("SIGNED_BY", "openpgp", signer)
    users = tuple(dict.fromkeys(each.signer_user_id for each in message.signatures if each.signer_user_id))
    if users:
        say["signer_user_ids"] = users
    for signature in message.signatures[:MOST_SIGNATURE_EVENTS]:
        if signature.created > 0:
            story.events.append(event(signature.created, "signature made"))
    if message.literal:
        say["file_name"] = message.name or Absent.NONE_STORED
        if message.literal_time:
            story.events.append(event(message.literal_time, "literal data dated"))
    if message.compressed:
        say["compressed"] = True
    if message.strange:
        story.caveats.append(f"{message.strange} packets could not be read.")
    return story
