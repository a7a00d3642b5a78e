"""Verify and issue beside a bare P-256 operation and beside the peers.

A rate of 1 would be a program that does nothing but the signature. Ours does the whole of it: from
the digits to a full Report, and from a record to the digits, every rule judged on the way.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.peers import environment
from bench.records import generate
from bench.table import Aim, Cell, Section
from bench.timing import Operation, take_turns
from statusqr_issuer import issue
from statusqr_keys import Issuer, KeyRecord, KeySigner, KeyUse, TrustList
from statusqr_keys.cose import to_be_signed
from statusqr_keys.signer import to_der
from statusqr_schema import StatusRecord, StatusReference, envelope, qrtext, read_entry
from statusqr_verifier import Verdict, Verifier

ALG = ec.ECDSA(hashes.SHA256())
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COUNT = 200


def measure() -> Section:
    """Ratios of rates, larger is better; each in its own process with the bare operation."""
    documents = generate(COUNT)
    times = take_turns(operations([read_entry(document).record for document in documents]))
    verify, sign = times["bare verify"], times["bare sign"]
    ours: dict[str, dict[str, float | None]] = {
        "bare P-256": {"verify": 1.0, "sign": 1.0},
        "StatusQR": {"verify": verify / times["verify"], "sign": sign / times["issue"]},
    }
    peers = environment.run(Path(__file__).parent / "peers" / "speed.py", documents)
    rows: list[Sequence[Cell]] = [
        (name, ratios["verify"], ratios["sign"]) for name, ratios in (ours | peers).items()
    ]
    seconds = (verify, times["verify"], sign, times["issue"])
    figures = " / ".join(f"{taken * 1e6:.0f}" for taken in seconds)
    return Section(
        "Speed",
        f"Rate ÷ rate of a bare P-256 operation, CPU, {COUNT} synthetic records in turn. Verify: "
        "QR text → full Report. Issue: record → QR text, every rule judged. Peers decode and "
        "verify, or encode and sign, the same records without judging them. In this run, in "
        f"microseconds: bare verify / verify / bare sign / issue {figures}.",
        ("program", "verify, × bare", "issue, × bare"),
        rows,
        (
            Aim("verify ÷ bare verify", verify / times["verify"], least=0.65),
            Aim("issue ÷ bare sign", sign / times["issue"], least=0.2),
        ),
    )


def operations(records: Sequence[StatusRecord]) -> dict[str, Operation]:
    """What is timed: each call takes the next of the records."""
    signer = KeySigner.generate()
    term = timedelta(days=700)
    key = KeyRecord(signer.public_key, KeyUse.PRINT, NOW - term, NOW + term)
    verifier = Verifier(TrustList.of([Issuer("bench", "Bench", (key,))]))
    entry = StatusReference(0, 4711)

    def issued(record: StatusRecord) -> str:
        return issue(record, signer, key=key, issued_at=NOW, status=entry, allow_ended=True).text

    texts = [issued(record) for record in records]
    judged = [verifier.check(text, NOW).verdict for text in texts]
    if judged.count(Verdict.VALID) < len(records) * 0.9:
        raise AssertionError("the bench would time the reports of refusals")
    waiting, shown = cycle(records), cycle(texts)
    cut = [envelope.parse(qrtext.decode(text)) for text in texts]
    messages = [to_be_signed(c.protected, c.payload, envelope.EXTERNAL_AAD) for c in cut]
    signed = cycle(list(zip((to_der(c.signature) for c in cut), messages, strict=True)))
    unsigned = cycle(messages)
    private = signer.private_key
    public = signer.public_key.key
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("P-256 is the measure")
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError("P-256 is the measure")
    return {
        "bare verify": lambda: public.verify(*next(signed), ALG),
        "verify": lambda: verifier.verify(next(shown), NOW),
        "bare sign": lambda: private.sign(next(unsigned), ALG),
        "issue": lambda: issued(next(waiting)),
    }
