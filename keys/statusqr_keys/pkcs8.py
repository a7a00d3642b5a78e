"""Encrypted PKCS#8 (RFC 5958) with scrypt (RFC 7914) and AES-256-CBC, under PBES2 (RFC 8018 §6.2).

The library that signs writes PKCS#8 with 2,048 rounds of PBKDF2 and offers no other choice: a
guessed passphrase would cost less than a millisecond. The container here is the standard one, so
`openssl pkey -in KID.pem` and any other reader of PKCS#8 opens it.
"""

import base64
import os
import textwrap

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .signer import PrivateKey

# 16 MB and about 50 ms a guess; OpenSSL refuses to open keys that want more memory.
COST, BLOCK, PARALLEL = 2**14, 8, 1

_PBES2 = bytes.fromhex("06092a864886f70d01050d")  # 1.2.840.113549.1.5.13
_SCRYPT = bytes.fromhex("06092b06010401da47040b")  # 1.3.6.1.4.1.11591.4.11
_AES256_CBC = bytes.fromhex("060960864801650304012a")  # 2.16.840.1.101.3.4.1.42


def encrypted_pem(private: PrivateKey, passphrase: bytes) -> bytes:
    """The key as `ENCRYPTED PRIVATE KEY`, with fresh salt and IV."""
    salt, iv = os.urandom(16), os.urandom(16)
    plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = Scrypt(salt, 32, COST, BLOCK, PARALLEL).derive(passphrase)
    padder, encryptor = PKCS7(128).padder(), Cipher(AES256(key), CBC(iv)).encryptor()
    padded = padder.update(plain) + padder.finalize()
    secret = encryptor.update(padded) + encryptor.finalize()
    cost = b"".join(_integer(number) for number in (COST, BLOCK, PARALLEL))
    derivation = _sequence(_SCRYPT, _sequence(_octets(salt), cost))
    cipher = _sequence(_AES256_CBC, _octets(iv))
    algorithm = _sequence(_PBES2, _sequence(derivation, cipher))
    body = base64.b64encode(_sequence(algorithm, _octets(secret))).decode("ascii")
    label = "ENCRYPTED PRIVATE KEY"
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode("ascii")


def _der(tag: int, content: bytes) -> bytes:
    """One DER element (X.690 §8.1); lengths up to 65535."""
    length = len(content)
    if length < 0x80:
        head = bytes([tag, length])
    elif length < 0x100:
        head = bytes([tag, 0x81, length])
    else:
        head = bytes([tag, 0x82]) + length.to_bytes(2)
    return head + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _octets(data: bytes) -> bytes:
    return _der(0x04, data)


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1))
