"""Links: what findings state, met and not, and keys that are named by a number."""

from __future__ import annotations

from forensics.links.corroborate import Edge, Stated, corroborate
from forensics.scenarios.content import coins

KEY, SUBKEY = "1d" * 12 + "76cd564b314f39aa", "0e" * 12 + "99eb93a62eb3ad54"
NEWER = "c7" * 32


def stated(name: str, kind: str, value: str, *links: tuple[str, str, str]) -> Stated:
    return Stated(name, kind, 3, value, f"E1/1:/{name}", ((0, 1),), links)


def links(*findings: Stated) -> list[tuple[str, str, str, bool]]:
    return sorted((each.source, each.rule, each.target, each.met) for each in corroborate(findings))


def test_a_message_meets_the_certificate_of_the_subkey_that_it_is_encrypted_to() -> None:
    certificate = stated("F1", "openpgp/armor", KEY, ("HAS_SUBKEY", "openpgp", SUBKEY))
    message = stated("F2", "openpgp/armor", "F2", ("ENCRYPTED_TO", "openpgp", SUBKEY[-16:]))
    signed = stated("F3", "openpgp/packets", "F3", ("SIGNED_BY", "openpgp", KEY[-16:]))
    by_subkey = stated("F4", "openpgp/packets", "F4", ("SIGNED_BY", "openpgp", SUBKEY))
    hidden = stated("F5", "openpgp/packets", "F5", ("ENCRYPTED_TO", "openpgp", "00" * 8))
    name = f"openpgp/armor:{KEY}"
    assert links(certificate, message, signed, by_subkey, hidden) == [
        (name, "HAS_SUBKEY", f"openpgp:{SUBKEY}", False),
        ("openpgp/armor:F2", "ENCRYPTED_TO", name, True),
        ("openpgp/packets:F3", "SIGNED_BY", name, True),
        ("openpgp/packets:F4", "SIGNED_BY", name, True),
        ("openpgp/packets:F5", "ENCRYPTED_TO", f"openpgp:{'00' * 8}", False),
    ]


def test_a_key_of_version_6_is_numbered_by_its_first_octets() -> None:
    certificate = stated("F1", "openpgp/armor", NEWER)
    message = stated("F2", "openpgp/armor", "F2", ("ENCRYPTED_TO", "openpgp", NEWER[:16]))
    assert links(certificate, message) == [("openpgp/armor:F2", "ENCRYPTED_TO", f"openpgp/armor:{NEWER}", True)]


def test_only_fingerprints_of_certificates_number_keys() -> None:
    other = stated("F1", "contact/email", KEY)
    message = stated("F2", "openpgp/armor", "F2", ("ENCRYPTED_TO", "openpgp", KEY[-16:]))
    assert links(other, message) == [("openpgp/armor:F2", "ENCRYPTED_TO", f"openpgp:{KEY[-16:]}", False)]


def test_a_family_is_met_by_any_of_its_kinds_and_never_by_the_finding_itself() -> None:
    wallet = stated("F1", "wallet/electrum", "xpub", ("WALLET_HAS_ADDRESS", "address", "1a"), ("X", "wallet", "xpub"))
    found = list(
        corroborate([wallet, stated("F2", "address/bitcoin", "1a"), stated("F3", "address/bitcoin_cash", "1a")])
    )
    assert sorted(each.target for each in found if each.met) == ["address/bitcoin:1a", "address/bitcoin_cash:1a"]
    assert [each.target for each in found if not each.met] == ["wallet:xpub"]
    assert all(isinstance(each, Edge) and each.grade == 3 for each in found)


def test_an_account_key_is_met_in_any_of_its_forms() -> None:
    account = coins.Node.master(coins.phrase_seed(coins.phrase(bytes(16)))).at("49'/0'/0'")
    seed = stated("F1", "seed/bip39", "mark", ("DERIVES", "key/extended", account.extended("zpub")))
    same, other = account.extended("xpub"), account.child(0).extended("xpub")
    found = links(seed, stated("F2", "key/extended", same), stated("F3", "key/extended", other))
    assert found == [("seed/bip39:mark", "DERIVES", f"key/extended:{same}", True)]
