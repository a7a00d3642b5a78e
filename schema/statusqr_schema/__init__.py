"""What a StatusQR credential is: the record, its rules, its wire form. No I/O, no clock.

::

    record ── rules, register           what a register says, and what an issuer may sign
       │
    disclosure ── record_cbor ── claims ── compression ── envelope ── qrtext
                                 what stands in the code, from the inside out
"""

from .advice import advice
from .catalogue import Categories, Category, Subject, subjects
from .claims import Claims, Presentation, StatusReference
from .disclosure import Disclosure, Profile, SnilsPolicy
from .errors import (
    CatalogueRefused,
    ImageRefused,
    IssueRefused,
    KeyProblem,
    MalformedCredential,
    NewerVersion,
    PublicationFailed,
    RecordRefused,
    RegistryProblem,
    RuleViolation,
    SignatureRefused,
    StatusListRefused,
    StatusQRError,
    SyncFailed,
    TrustDataRefused,
    TrustListRefused,
)
from .record import Basis, FamilyMember, Period, Person, Region, StatusRecord
from .record_json import record_to_json
from .register import RegisterEntry, entry_to_json, read_entry, split_records
from .snils import Snils, SnilsTail

__all__ = [
    "Basis",
    "CatalogueRefused",
    "Categories",
    "Category",
    "Claims",
    "Disclosure",
    "FamilyMember",
    "ImageRefused",
    "IssueRefused",
    "KeyProblem",
    "MalformedCredential",
    "NewerVersion",
    "Period",
    "Person",
    "Presentation",
    "Profile",
    "PublicationFailed",
    "RecordRefused",
    "Region",
    "RegisterEntry",
    "RegistryProblem",
    "RuleViolation",
    "SignatureRefused",
    "Snils",
    "SnilsPolicy",
    "SnilsTail",
    "StatusListRefused",
    "StatusQRError",
    "StatusRecord",
    "StatusReference",
    "Subject",
    "SyncFailed",
    "TrustDataRefused",
    "TrustListRefused",
    "advice",
    "entry_to_json",
    "read_entry",
    "record_to_json",
    "split_records",
    "subjects",
]
