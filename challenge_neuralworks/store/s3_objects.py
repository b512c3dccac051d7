"""Objects in S3, or whatever speaks as S3 does: conditional writes, short timeouts, one repetition."""

from __future__ import annotations

from time import monotonic

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.errors import (
    ObjectExists,
    ObjectMissing,
    ObjectMoved,
    ObjectTooLarge,
    StoreUnavailable,
)
from challenge_neuralworks.store.objects import LARGEST_OBJECT, S3, Found, Objects

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Answer = TypeVar("Answer")

CONNECT_S = 1.0
READ_S = 2.0
"""Longest silence of S3, which answers small objects in some 50 ms, before a call is given up."""

WHOLE_S = 60.0
"""Longest download of one object, as a whole."""

ATTEMPTS = 2
"""A function that was frozen wakes up with connections that are dead: the second call gets a new one."""

CHUNK = 2**16


class S3Objects(Objects):
    """The objects of a bucket below a prefix.

    Parameters
    ----------
    url : ``s3://bucket/prefix``, checked by `check_url`. Region, credentials and, of other makers' S3,
        ``AWS_ENDPOINT_URL_S3`` come from where AWS's own tools take them.
    """

    def __init__(self, url: str) -> None:
        bucket, _, prefix = url.removeprefix(S3).partition("/")
        prefix = prefix.strip("/")
        self.place = f"{S3}{bucket}/{prefix}"
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = _client()

    def read(self, key: str, etag: str | None = None, limit: int = LARGEST_OBJECT) -> Found | None:
        """Return an object, or None where it still has that etag."""
        given = {"IfNoneMatch": etag} if etag else {}

        def get() -> Found:
            answer = self._client.get_object(**self._of(key), **given)
            return Found(_content(answer, key, limit), answer["ETag"])

        try:
            return self._asked(key, get)
        except _NotModified:
            return None

    def create(self, key: str, content: bytes) -> str:
        """Write a new object and return its etag."""
        try:
            return self._put(key, content, {"IfNoneMatch": "*"})
        except ObjectMoved as error:
            raise ObjectExists(key) from error

    def replace(self, key: str, content: bytes, etag: str | None) -> str:
        """Write an object where the present one has that etag."""
        try:
            return self._put(key, content, {"IfMatch": etag} if etag else {"IfNoneMatch": "*"})
        except ObjectMissing as error:
            raise ObjectMoved(key) from error

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return every key that begins so, sorted."""
        found = (entry["Key"] for page in self._pages(prefix) for entry in page.get("Contents", ()))
        return tuple(sorted(key[len(self._prefix) :] for key in found))

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """Return what follows a prefix up to the next slash, sorted."""
        pages = self._pages(prefix, Delimiter="/")
        found = (entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", ()))
        return tuple(sorted(folder[len(self._prefix) + len(prefix) : -1] for folder in found))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _pages(self, prefix: str, **given: str) -> list[dict[str, Any]]:
        asked = {"Bucket": self._bucket, "Prefix": self._prefix + prefix, **given}
        pages: list[dict[str, Any]] = []
        while True:
            pages.append(self._asked(prefix, lambda: self._client.list_objects_v2(**asked)))
            if not pages[-1].get("IsTruncated"):
                return pages
            asked["ContinuationToken"] = pages[-1]["NextContinuationToken"]

    def _put(self, key: str, content: bytes, condition: dict[str, str]) -> str:
        def put() -> str:
            answer = self._client.put_object(**self._of(key), Body=content, **condition)
            return str(answer["ETag"])

        return self._asked(key, put)

    def _of(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _asked(self, key: str, call: Callable[[], Answer]) -> Answer:
        from botocore.exceptions import BotoCoreError, ClientError

        for attempt in range(1, ATTEMPTS + 1):
            try:
                return call()
            except (BotoCoreError, ClientError) as error:
                refusal, passing = self._refusal(error, key)
                if attempt == ATTEMPTS or not passing:
                    raise refusal from error
        raise AssertionError  # The last attempt returns or raises.

    def _refusal(self, error: Exception, key: str) -> tuple[Exception, bool]:
        # What an error means, and whether it may pass.
        answer = getattr(error, "response", None)
        if answer is None:
            from botocore.exceptions import HTTPClientError, IncompleteReadError

            passing = isinstance(error, HTTPClientError | IncompleteReadError)
            return StoreUnavailable(self.place, f"{type(error).__name__}: {error}"), passing
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = str(answer.get("Error", {}).get("Code", status))
        if status == 304:
            return _NotModified(), False
        if code == "NoSuchKey":
            return ObjectMissing(key), False
        if status in (409, 412):
            # 409 is said of two writes at once, of which either may yet win.
            return ObjectMoved(key), status == 409
        return StoreUnavailable(self.place, f"{code} ({status}) for {key!r}"), status >= 500 or status == 429


class _NotModified(Exception):
    """An object still has the etag that was given."""


def _client() -> Any:
    import botocore.session
    from botocore.config import Config

    # Repetitions are counted here: botocore's own wait longer than a call may take.
    config = Config(
        connect_timeout=CONNECT_S, read_timeout=READ_S, retries={"total_max_attempts": 1}, tcp_keepalive=True
    )
    return botocore.session.get_session().create_client("s3", config=config)


def _content(answer: dict[str, Any], key: str, limit: int) -> bytes:
    body, chunks, size = answer["Body"], [], 0
    ends = monotonic() + WHOLE_S
    try:
        if answer["ContentLength"] > limit:
            raise ObjectTooLarge(key, answer["ContentLength"], limit)
        while chunk := body.read(CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                raise ObjectTooLarge(key, size, limit)
            if monotonic() > ends:
                raise StoreUnavailable(key, f"{size:,} bytes in {WHOLE_S:.0f} s, and no end")
    finally:
        body.close()
    return b"".join(chunks)
