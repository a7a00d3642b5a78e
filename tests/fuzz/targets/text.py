"""The text decoder: digits to bytes, bytes to the parts of an envelope, and the version.

Every input is read as a text and as the number of a text. What is accepted must have one form only:
the bytes give the same digits, the parts the same bytes.
"""

from contextlib import suppress

from statusqr_schema import MalformedCredential, NewerVersion, envelope, qrtext

LONGEST = 1_700


def one_input(data: bytes) -> None:
    _cut(data)
    _read(data.decode("utf-8", "surrogateescape"))
    if len(data) <= LONGEST:  # Python writes no longer numbers in digits
        _read(str(int.from_bytes(data)))


def _read(text: str) -> None:
    with suppress(MalformedCredential):
        data = qrtext.decode(text)
        assert qrtext.is_ours(text)
        assert qrtext.encode(data) == text
        _cut(data)


def _cut(data: bytes) -> None:
    try:
        parts = envelope.parse(data)
    except NewerVersion:
        assert data[{0x58: 19, 0x59: 20}[data[17]]] > envelope.VERSION
        return
    except MalformedCredential:
        return
    length = len(parts.payload)
    assert 24 <= length < 2**16
    assert parts.payload[0] == envelope.VERSION
    head = b"\x58" + bytes([length]) if length < 256 else b"\x59" + length.to_bytes(2)
    signed = b"\xd2\x84\x4d" + parts.protected + b"\xa0" + head + parts.payload
    assert signed + b"\x58\x40" + parts.signature == data
    assert parts.protected[2] == {-7: 0x26, -19: 0x32}[parts.alg]
    assert parts.kid == parts.protected[-8:]
