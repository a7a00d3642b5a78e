"""Who may sign and how: keys, signers, COSE_Sign1, the key store, trust and status lists."""

from .keys import Alg, PublicKey
from .signer import KeySigner, Signer
from .status_index import SqliteStatusIndex, StatusIndex
from .status_list import StatusList
from .store import KeyStore, StoredKey
from .trust import Issuer, KeyRecord, KeyState, KeyUse, Scope
from .trust_list import TrustList

__all__ = [
    "Alg",
    "Issuer",
    "KeyRecord",
    "KeySigner",
    "KeyState",
    "KeyStore",
    "KeyUse",
    "PublicKey",
    "Scope",
    "Signer",
    "SqliteStatusIndex",
    "StatusIndex",
    "StatusList",
    "StoredKey",
    "TrustList",
]
