"""What a store needs of a place that keeps objects: read, create once, replace by compare-and-swap, list."""

from __future__ import annotations

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.records import NamedTuple
from challenge_neuralworks.settings import VARIABLES

S3 = "s3://"
FILE = "file://"

LARGEST_OBJECT = 128 * 2**20
"""Bytes of an object beyond which nothing is read: a quarter of the least /tmp that Lambda gives."""


class Found(NamedTuple):
    """An object's bytes, and the tag that these very bytes have in their place."""

    content: bytes
    etag: str


class Objects:
    """A place of objects under keys such as ``delay/aliases/production.json``.

    place : how messages name it; holds no secret.
    """

    place: str = ""

    def check(self) -> None:
        """Raise `StoreUnavailable` where reading would not show that the place is not there."""

    def read(self, key: str, etag: str | None = None, limit: int = LARGEST_OBJECT) -> Found | None:
        """Return an object, or None where it still has that etag.

        Raises
        ------
        ObjectMissing : there is none.
        ObjectTooLarge : it has more than ``limit`` bytes.
        StoreUnavailable : the place did not answer, refused, or broke off.
        """
        raise NotImplementedError

    def create(self, key: str, content: bytes) -> str:
        """Write a new object, whole or not at all, and return its etag.

        Raises
        ------
        ObjectExists : there is one; it stays as it is.
        StoreUnavailable : as `read`; the object may or may not have been written.
        """
        raise NotImplementedError

    def replace(self, key: str, content: bytes, etag: str | None) -> str:
        """Write an object, whole or not at all, where the present one has that etag (None: where there is none).

        Raises
        ------
        ObjectMoved : it has another.
        StoreUnavailable : as `create`.
        """
        raise NotImplementedError

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return every key that begins so, sorted."""
        raise NotImplementedError

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """Return what follows a prefix up to the next slash, sorted: ``delay`` of the key ``delay/a/b``."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back what it holds: connections, where it has any."""


def open_objects(url: str) -> Objects:
    """Return the objects of ``s3://bucket/prefix``, of a ``file://`` URL or of a folder.

    Raises
    ------
    ConfigurationError : as `check_url`.
    """
    check_url(url)
    if url.startswith(S3):
        from challenge_neuralworks.store.s3_objects import S3Objects

        return S3Objects(url)
    from challenge_neuralworks.store.folder_objects import FolderObjects

    return FolderObjects(url.removeprefix(FILE).removeprefix("localhost") if url.startswith(FILE) else url)


def check_url(url: str) -> None:
    """Raise unless `open_objects` can make something of a URL; nothing is opened, nobody asked.

    Raises
    ------
    ConfigurationError : it is no such URL, or S3 is asked for and boto3 is not installed.
    """
    scheme, separator, rest = url.partition("://")
    if scheme == "s3" and separator:
        _check_s3(url, rest)
    elif separator and scheme != "file":
        raise ConfigurationError(VARIABLES["store"], url, "s3://bucket/prefix, a folder, or file:///folder")
    elif separator and not rest.removeprefix("localhost").startswith("/"):
        raise ConfigurationError(VARIABLES["store"], url, "file:///folder, with three slashes")


def _check_s3(url: str, rest: str) -> None:
    from importlib.util import find_spec

    bucket = rest.partition("/")[0]
    if not bucket or set(rest) & set("?#\\ @"):
        raise ConfigurationError(VARIABLES["store"], url, "s3://bucket/prefix")
    if find_spec("botocore") is None:
        expected = "boto3 to be installed: pip install 'challenge-neuralworks[store]'"
        raise ConfigurationError(VARIABLES["store"], url, expected)
