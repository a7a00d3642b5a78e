"""The classes of python-tuf and its signers, handed on so that type checkers know them.

Both packages export them without saying so in a way that strict checking accepts.
"""

from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]
from securesystemslib.signer import Signer as TufSigner  # type: ignore[attr-defined]
from tuf.api.metadata import (  # type: ignore[attr-defined]
    DelegatedRole,
    Delegations,
    Key,
    Metadata,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    T,
    TargetFile,
    Targets,
    Timestamp,
)

__all__ = [
    "CryptoSigner",
    "DelegatedRole",
    "Delegations",
    "Key",
    "MetaFile",
    "Metadata",
    "Role",
    "Root",
    "SSlibKey",
    "Signed",
    "Snapshot",
    "T",
    "TargetFile",
    "Targets",
    "Timestamp",
    "TufSigner",
]
