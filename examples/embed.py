"""Check a status code in ten lines: a picture in, a decision out."""

import sys
from datetime import UTC, datetime

from statusqr_verifier import TrustList, Verifier, read_codes

verifier = Verifier(TrustList.load(sys.argv[1]))
for text in read_codes(sys.argv[2]):
    report = verifier.verify(text, datetime.now(UTC))
    name = report.record.holder.surname_and_initials if report.record else "—"
    print(report.verdict.value, "open" if report.accepted else "closed", name)
