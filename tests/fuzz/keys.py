"""A ring of keys that are always the same, one for each way in which a key can be wrong.

Their signatures are always the same too: what is found once is found again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from world import NOON

from statusqr_keys import Alg, Issuer, KeyRecord, KeyState, KeyUse, PublicKey, Scope, TrustList
from statusqr_keys.signer import PrivateKey, to_raw

_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_SECOND = timedelta(seconds=1)
_LONG = timedelta(days=700)


@dataclass(frozen=True)
class FixedSigner:
    """A `Signer` that gives the same 64 bytes for the same message (RFC 6979, RFC 8032)."""

    private: PrivateKey
    public_key: PublicKey

    @classmethod
    def number(cls, number: int, alg: Alg) -> "FixedSigner":
        private: PrivateKey
        if alg is Alg.ED25519:
            private = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32))
        else:
            private = ec.derive_private_key(number, ec.SECP256R1())
        return cls(private, PublicKey(private.public_key()))

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(message)
        return to_raw(self.private.sign(message, _DETERMINISTIC))


@dataclass(frozen=True)
class FixedKey:
    """A signer and what the trust list says of its key."""

    name: str
    signer: FixedSigner
    record: KeyRecord
    trusted: bool = True


def _key(
    number: int,
    name: str,
    alg: Alg,
    use: KeyUse,
    *,
    term: tuple[datetime, datetime] = (NOON - _LONG, NOON + _LONG),
    state: KeyState = KeyState.ACTIVE,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    trusted: bool = True,
) -> FixedKey:
    signer = FixedSigner.number(number, alg)
    return FixedKey(
        name, signer, KeyRecord(signer.public_key, use, *term, state, scope), trusted=trusted
    )


@cache
def ring() -> tuple[FixedKey, ...]:
    """Good keys first, two of each algorithm; then one for each thing that can be wrong."""
    es256, ed25519 = Alg.ES256, Alg.ED25519
    paper, live = KeyUse.PRINT, KeyUse.LIVE
    families = Scope(categories=frozenset({"large_family"}))
    yaroslavl = Scope(regions=frozenset({"76", "02"}))
    nobody = Scope(authorities=frozenset({"Другой вымышленный орган"}))
    return (
        _key(1, "print", es256, paper),
        _key(2, "print Ed25519", ed25519, paper),
        _key(3, "live", ed25519, live),
        _key(4, "live ES256", es256, live),
        _key(5, "retired", es256, paper, state=KeyState.RETIRED),
        _key(6, "compromised", ed25519, paper, state=KeyState.COMPROMISED),
        _key(7, "for status lists", ed25519, KeyUse.STATUS),
        _key(8, "until a second ago", ed25519, paper, term=(NOON - _LONG, NOON - _SECOND)),
        _key(9, "in a second", ed25519, paper, term=(NOON + _SECOND, NOON + _LONG)),
        _key(10, "this second", ed25519, paper, term=(NOON, NOON)),
        _key(11, "some categories", ed25519, paper, scope=families),
        _key(12, "some regions", ed25519, paper, scope=yaroslavl),
        _key(13, "another authority", ed25519, paper, scope=nobody),
        _key(14, "not in the list", ed25519, paper, trusted=False),
    )


@cache
def trust() -> TrustList:
    """The list of the keys that are in it."""
    keys = tuple(key.record for key in ring() if key.trusted)
    return TrustList.of([Issuer("fuzz", "Вымышленный орган", keys)])
