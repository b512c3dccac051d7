"""What is deployed: an image by its digest, or a zip file by its SHA-256. Never a tag."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from challenge_neuralworks.deploy.release.refusing import Refused

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
LARGEST_ZIP = 50 * 1000 * 1000
"""Bytes that one call carries. Source: AWS, "Lambda quotas"."""


class Code(Protocol):
    """What a version may run."""

    @property
    def package(self) -> str:
        """``Image`` or ``Zip``, as the function must be."""
        ...

    @property
    def digest(self) -> str:
        """What a version that runs it shows."""
        ...

    def parameters(self) -> dict[str, Any]:
        """Return what UpdateFunctionCode takes."""
        ...


class Image(NamedTuple):
    """An image in a registry."""

    repository: str
    digest: str

    @property
    def package(self) -> str:
        """What the function must be."""
        return "Image"

    def parameters(self) -> dict[str, Any]:
        """Return what UpdateFunctionCode takes."""
        return {"ImageUri": f"{self.repository}@{self.digest}"}


class Zip(NamedTuple):
    """A zip file."""

    content: bytes

    @property
    def package(self) -> str:
        """What the function must be."""
        return "Zip"

    @property
    def digest(self) -> str:
        """The SHA-256 as Lambda writes it, in base64."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()

    def parameters(self) -> dict[str, Any]:
        """Return what UpdateFunctionCode takes."""
        return {"ZipFile": self.content}


def read_image(text: str, repository: str) -> Image:
    """Return the image that ``REPOSITORY@sha256:...`` or ``sha256:...`` names.

    Parameters
    ----------
    repository : where a digest alone is looked for; "" where nobody said.

    Raises
    ------
    Refused : it is named by a tag, or is no image at all.
    """
    before, _, digest = text.rpartition("@")
    if not DIGEST.fullmatch(digest):
        tag = text.rpartition("/")[2].partition(":")[2]
        if tag and not digest.startswith("sha256:"):
            raise Refused(
                f"{text!r} names an image by the tag {tag!r}, which may mean another image tomorrow, and an update to "
                "the same tag changes nothing: name it by its digest, REPOSITORY@sha256:..."
            )
        raise Refused(f"{text!r} is no image: expected REPOSITORY@sha256: and 64 hexadecimal digits")
    if not (before or repository):
        raise Refused(f"{digest} alone says no repository: write REPOSITORY@{digest}, or give --repository")
    return Image(before or repository, digest)


def read_zip(path: Path) -> Zip:
    """Return a zip file.

    Raises
    ------
    Refused : it cannot be read, or is more than one call carries.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_ZIP:
        raise Refused(f"{path}: {len(content):,} bytes are over the {LARGEST_ZIP:,} that Lambda takes in one call")
    return Zip(content)
