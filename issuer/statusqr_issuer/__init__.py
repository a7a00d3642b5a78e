"""Records in, credentials out: signing, QR codes, the printed certificate.

`statusqr_issuer.pdf` and the writer segno need the extra `statusqr[issuer]`; signing does not.
"""

from .issuing import Credential, issue, sign_claims
from .qr import QrSymbol, Writer, make_symbol

__all__ = ["Credential", "QrSymbol", "Writer", "issue", "make_symbol", "sign_claims"]
