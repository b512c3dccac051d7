"""The branch of the error tree that only a store beyond models/ needs: a function without one does not load it."""

from __future__ import annotations

from challenge_neuralworks.errors import NeuralworksError


class StoreError(NeuralworksError):
    """Base of what a store of models refuses or cannot do."""

    code = "store-error"


class ObjectMissing(StoreError):
    """A store has no object of this key."""

    code = "object-missing"

    def __init__(self, key: str) -> None:
        super().__init__(f"the store has no object {key!r}")
        self.key = key


class ObjectExists(StoreError):
    """An object of this key is there already, and none is ever overwritten."""

    code = "object-exists"

    def __init__(self, key: str) -> None:
        super().__init__(f"the store has an object {key!r} already")
        self.key = key


class ObjectMoved(StoreError):
    """An object is not the one that was to be replaced: somebody else was first."""

    code = "object-moved"

    def __init__(self, key: str) -> None:
        super().__init__(f"the object {key!r} is not the one that was to be replaced; read it again")
        self.key = key


class ObjectTooLarge(StoreError):
    """An object has more bytes than are read; nothing of it was kept."""

    code = "object-too-large"

    def __init__(self, key: str, actual: int, limit: int) -> None:
        super().__init__(f"the object {key!r} has {actual:,} bytes or more, expected at most {limit:,}")
        self.key = key
        self.actual = actual
        self.limit = limit


class StoreUnavailable(StoreError):
    """The store did not answer, refused, or broke off; ``reason`` says which."""

    code = "store-unavailable"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"the store cannot be used at {place}: {reason}")
        self.place = place
        self.reason = reason


class VersionExists(StoreError):
    """A version is there with other bytes; it is never rewritten."""

    code = "version-exists"

    def __init__(self, name: str, version: str, key: str, *, finished: bool = True) -> None:
        remedy = (
            "a version is never rewritten: what is there stays"
            if finished
            else "it was begun by somebody and has no manifest yet: publish what was begun, or remove that object first"
        )
        super().__init__(f"version {version!r} of model {name!r} is in the store with another {key!r}; {remedy}")
        self.name = name
        self.version = version
        self.key = key
        self.finished = finished


class AliasMoved(StoreError):
    """An alias is not where it was when the move was planned; names both."""

    code = "alias-moved"

    def __init__(self, name: str, alias: str, expected: str, found: str) -> None:
        super().__init__(f"alias {alias!r} of model {name!r} was expected at {expected}, but is at {found}; look again")
        self.name = name
        self.alias = alias
        self.expected = expected
        self.found = found


class UnknownAlias(StoreError):
    """A model has no such alias in the store."""

    code = "unknown-alias"

    def __init__(self, name: str, alias: str) -> None:
        super().__init__(f"model {name!r} has no alias {alias!r} in the store; promote a version to make one")
        self.name = name
        self.alias = alias


class AliasInvalid(StoreError):
    """An alias's document is not one that this version of the package reads."""

    code = "invalid-alias"

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(f"{key}: {detail}")
        self.key = key
        self.detail = detail
