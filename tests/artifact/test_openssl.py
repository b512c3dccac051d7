"""Python's own OpenSSL, reached through ctypes: the standards' own examples."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from challenge_neuralworks.artifact import openssl
from challenge_neuralworks.artifact.openssl import NoCrypto, OpenSsl

# RFC 8032, section 7.1, tests 1, 2 and 3: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
            "655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
            "b00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
            "c027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_ed25519_is_that_of_the_standard(seed: str, public: str, message: str, signature: str) -> None:
    """Key, signature and verification are those of RFC 8032; a changed message or signature is none."""
    made, text, signed = OpenSsl(), bytes.fromhex(message), bytes.fromhex(signature)
    assert made.public_of(bytes.fromhex(seed)).hex() == public
    assert made.sign_ed25519(bytes.fromhex(seed), text) == signed
    assert made.verifies_ed25519(bytes.fromhex(public), text, signed)
    assert not made.verifies_ed25519(bytes.fromhex(public), text + b"\0", signed)
    assert not made.verifies_ed25519(bytes.fromhex(public), text, bytes([signed[0] ^ 1]) + signed[1:])
    assert not made.verifies_ed25519(bytes.fromhex(public)[:-1], text, signed)


def test_p256_is_verified_and_nothing_else() -> None:
    """The signature of another library holds; of another message, by another key, or cut short it does not."""
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    der, theirs = (
        one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for one in (key, other)
    )
    made, signature = OpenSsl(), key.sign(b"text", ec.ECDSA(hashes.SHA256()))
    found = [
        made.verifies_p256(*given)
        for given in (
            (der, b"text", signature),
            (der, b"texts", signature),
            (theirs, b"text", signature),
            (der, b"text", signature[:-1]),
            (der, b"text", b""),
            (der[:-1], b"text", signature),
            (b"", b"text", signature),
            (der, b"text", key.sign(b"text", ec.ECDSA(hashes.SHA512()))),
        )
    ]
    assert found == [True] + [False] * 7


def test_no_error_is_left_for_python_s_own_ssl_module() -> None:
    """OpenSSL keeps errors a thread; ssl would report ours as its own."""
    made = OpenSsl()
    assert not made.verifies_p256(b"garbage", b"", b"")
    assert not made.verifies_ed25519(b"short", b"", b"")
    with pytest.raises(NoCrypto):
        made.sign_ed25519(b"short", b"")
    made._lib.ERR_peek_error.restype = ctypes.c_ulong
    assert made._lib.ERR_peek_error() == 0


def test_nothing_is_run_to_find_it() -> None:
    """`ctypes.util.find_library` would start a compiler and a linker: a function has neither, nor the time."""
    code = """
import sys
from challenge_neuralworks.artifact.openssl import OpenSsl
starts = ("subprocess", "os.posix_spawn", "os.exec", "os.fork", "os.system")
sys.addaudithook(lambda event, args: event.startswith(starts) and sys.exit(event))
OpenSsl()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_is_the_library_that_python_is_linked_with() -> None:
    """Found by what Python's own module needs, whatever that is called and wherever it is."""
    import ssl

    library = ctypes.CDLL(next(openssl._candidates()))
    library.OpenSSL_version.restype = ctypes.c_char_p
    assert library.OpenSSL_version(0).decode() == ssl.OPENSSL_VERSION


def test_where_there_is_none_it_says_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator can see what to install."""
    monkeypatch.setattr(openssl, "LINKED", ())
    monkeypatch.setattr(openssl, "NAMES", {sys.platform: ("libone.so.1", "libtwo.so.2")})
    with pytest.raises(NoCrypto, match=r"the program itself, libone\.so\.1, libtwo\.so\.2"):
        OpenSsl()
