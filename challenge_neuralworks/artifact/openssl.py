"""Signatures by the OpenSSL that Python itself is linked with: nothing to install, imported only where a key is set.

ECDSA on P-256 with SHA-256 for seals (FIPS 186-5), Ed25519 for receipts (RFC 8032).
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import byref, c_char_p, c_int, c_long, c_size_t, c_void_p, create_string_buffer
from importlib.machinery import PathFinder

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKED = ("_hashlib", "_ssl")
"""Modules of Python's own that are linked with libcrypto: what they name need not be known here, nor where it is."""

NAMES = {
    "linux": ("libcrypto.so.3", "libcrypto.so.1.1"),
    # Never without a version: macOS ends a process that loads its own unversioned one.
    "darwin": (
        "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
        "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",
        "libcrypto.3.dylib",
    ),
}
"""Where Python has OpenSSL within itself: what else there may be. `ctypes.util.find_library` would run a compiler."""

ED25519 = 1087
"""OpenSSL's number of the algorithm (NID)."""

ED25519_BYTES = 32
SIGNATURE_BYTES = 64

_SIGNATURES = {
    "d2i_PUBKEY": (c_void_p, (c_void_p, c_void_p, c_long)),
    "EVP_sha256": (c_void_p, ()),
    "EVP_MD_CTX_new": (c_void_p, ()),
    "EVP_MD_CTX_free": (None, (c_void_p,)),
    "EVP_PKEY_free": (None, (c_void_p,)),
    "EVP_PKEY_new_raw_private_key": (c_void_p, (c_int, c_void_p, c_char_p, c_size_t)),
    "EVP_PKEY_new_raw_public_key": (c_void_p, (c_int, c_void_p, c_char_p, c_size_t)),
    "EVP_PKEY_get_raw_public_key": (c_int, (c_void_p, c_char_p, c_void_p)),
    "EVP_DigestSignInit": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
    "EVP_DigestSign": (c_int, (c_void_p, c_char_p, c_void_p, c_char_p, c_size_t)),
    "EVP_DigestVerifyInit": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)),
    "EVP_DigestVerify": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
    "ERR_clear_error": (None, ()),
}
"""Function -> what it returns and takes; all are in OpenSSL 1.1.1 and later."""


class NoCrypto(NeuralworksError):
    """There is no usable libcrypto here; nothing can be signed or verified."""

    code = "no-crypto"


class OpenSsl:
    """The functions of a libcrypto that are needed here.

    Raises
    ------
    NoCrypto : there is none; lists what was tried.
    """

    def __init__(self) -> None:
        self._lib = _library()

    def verifies_p256(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Return whether a signature (ASN.1) of a message, by ECDSA with SHA-256, is that of a public key (DER)."""
        return self._verifies(self._lib.d2i_PUBKEY(None, byref(c_char_p(key)), len(key)), "sha256", message, signature)

    def verifies_ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Return whether a signature, 64 bytes, of a message is that of a public key, 32 bytes."""
        public = self._lib.EVP_PKEY_new_raw_public_key(ED25519, None, key, len(key))
        return self._verifies(public, "", message, signature)

    def sign_ed25519(self, seed: bytes, message: bytes) -> bytes:
        """Return the signature, 64 bytes, of a message by a private key's seed, 32 bytes."""
        lib, made, size = self._lib, create_string_buffer(SIGNATURE_BYTES), c_size_t(SIGNATURE_BYTES)
        key, context = self._private(seed), lib.EVP_MD_CTX_new()
        try:
            if (
                lib.EVP_DigestSignInit(context, None, None, None, key) != 1
                or lib.EVP_DigestSign(context, made, byref(size), message, len(message)) != 1
            ):
                raise NoCrypto("libcrypto does not sign with Ed25519")
        finally:
            self._free(key, context)
        return made.raw

    def public_of(self, seed: bytes) -> bytes:
        """Return the public key, 32 bytes, of a private key's seed."""
        made, size, key = create_string_buffer(ED25519_BYTES), c_size_t(ED25519_BYTES), self._private(seed)
        try:
            if self._lib.EVP_PKEY_get_raw_public_key(key, made, byref(size)) != 1:
                raise NoCrypto("libcrypto does not tell an Ed25519 key")
        finally:
            self._free(key, None)
        return made.raw

    def _private(self, seed: bytes) -> object:
        key = self._lib.EVP_PKEY_new_raw_private_key(ED25519, None, seed, len(seed))
        if not key:
            self._lib.ERR_clear_error()
            raise NoCrypto("libcrypto does not take an Ed25519 key: is it in FIPS mode?")
        return key

    def _verifies(self, key: object, hashed: str, message: bytes, signature: bytes) -> bool:
        lib = self._lib
        context = lib.EVP_MD_CTX_new() if key else None
        try:
            if not context:
                return False
            # Ed25519 hashes by itself.
            how = lib.EVP_sha256() if hashed else None
            if lib.EVP_DigestVerifyInit(context, None, how, None, key) != 1:
                return False
            # 0 is no, below 0 an error: a signature that cannot even be read.
            found: int = lib.EVP_DigestVerify(context, signature, len(signature), message, len(message))
            return found == 1
        finally:
            self._free(key, context)

    def _free(self, key: object, context: object) -> None:
        self._lib.EVP_MD_CTX_free(context)
        self._lib.EVP_PKEY_free(key)
        # Python's own ssl module would find what is left of an error, and report it as its own.
        self._lib.ERR_clear_error()


def _library() -> ctypes.CDLL:
    tried = []
    for path in _candidates():
        tried.append(path or "the program itself")
        try:
            library = ctypes.CDLL(path)
            for name, (result, arguments) in _SIGNATURES.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError):
            continue
        return library
    raise NoCrypto(f"no OpenSSL to verify or sign with: tried {', '.join(map(str, tried))}")


def _candidates() -> Iterator[str | None]:
    for module in LINKED:
        # Symbols are looked for in what a library is linked with, too.
        spec = PathFinder.find_spec(module)
        if spec is not None and spec.origin is not None:
            yield spec.origin
    yield None
    yield from NAMES.get(sys.platform, ())
