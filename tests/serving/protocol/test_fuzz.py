"""No body of an inference, whatever it holds, is answered 5xx or in another shape than the protocol's."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenge_neuralworks.serving import Application
from tests.making import INSTANCE
from tests.serving.protocol.asking import ask, inputs

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))
"""Bodies a test; FUZZ_EXAMPLES=25000 sends 100,000 in all."""

MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
DATATYPES = st.sampled_from(["BYTES", "INT64", "INT8", "UINT64", "FP64", "FP32", "FP16", "BOOL", "BF16"])
SIZES = st.integers(-1, 40) | st.integers()
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(sorted(INSTANCE)) | JSON,
    "shape": st.lists(st.integers(-1, 3), max_size=3) | st.lists(st.integers(), max_size=2) | JSON,
    "datatype": DATATYPES | JSON,
    "data": st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3) | JSON,
    "parameters": st.fixed_dictionaries({}, optional={"binary_data_size": SIZES, "content_type": JSON}) | JSON,
}
BESIDE: dict[str, st.SearchStrategy[Any]] = {
    "id": JSON,
    "parameters": st.dictionaries(st.sampled_from(["threshold", "explain", "timeout"]), JSON, max_size=2) | JSON,
    "outputs": st.lists(st.fixed_dictionaries({"name": st.sampled_from(["label", "base"]) | JSON})) | JSON,
    "inputs": JSON,
    "model_name": JSON,
}


def answers_well(handler: Application, body: Any, **changes: Any) -> int:
    """Return the status of an inference that must be answered in the protocol's shape, and never 5xx."""
    status, _ = ask(handler, body, **changes)
    assert status in (200, 400, 413, 415)
    return status


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a good request and change some of its entries."""
    tensors = inputs([INSTANCE] * draw(st.integers(1, 3)))
    for one in tensors:
        for entry in draw(st.lists(st.sampled_from(sorted(CHANGES)), max_size=1)):
            one[entry] = draw(CHANGES[entry])
    document: dict[str, Any] = {"inputs": tensors}
    for entry in draw(st.lists(st.sampled_from(sorted(BESIDE)), max_size=1)):
        document[entry] = draw(BESIDE[entry])
    return document


@MANY
@given(body=requests())
def test_requests_with_strange_entries(handler: Application, body: dict[str, Any]) -> None:
    """Real requests, some of whose entries hold something else."""
    answers_well(handler, body)


@MANY
@given(body=st.text(max_size=60) | JSON.map(json.dumps) | st.dictionaries(st.sampled_from(sorted(BESIDE)), JSON))
def test_bodies_of_any_kind(handler: Application, body: Any) -> None:
    """Texts and JSON that are no request."""
    answers_well(handler, body)


@MANY
@given(
    sizes=st.lists(st.none() | SIZES, min_size=4, max_size=4),
    datatypes=st.lists(DATATYPES, min_size=4, max_size=4),
    tail=st.binary(max_size=120) | st.integers(0, 5).map(lambda n: b"\1\0\0\0a" * n + b"\3\0\0\0"),
    off_by=st.sampled_from([0, 0, 0, 0, 1, -1, 10**6]),
    n=st.integers(1, 3),
)
def test_tails_of_any_kind(
    handler: Application, sizes: list[int | None], datatypes: list[str], tail: bytes, off_by: int, n: int
) -> None:
    """Sizes, datatypes and bytes that mostly do not agree, as base64 and, where they can be, as text."""
    tensors = inputs([INSTANCE] * n)
    for one, size, datatype in zip(tensors, sizes, datatypes, strict=True):
        if size is not None:
            del one["data"]
            one |= {"parameters": {"binary_data_size": size}, "datatype": datatype}
    send_all(handler, tensors, tail, off_by)


@MANY
@given(
    cuts=st.lists(st.binary(max_size=24), min_size=4, max_size=4),
    datatypes=st.tuples(st.just("BYTES"), st.just("BYTES"), *[st.sampled_from(["INT8", "UINT64", "FP16"])] * 2),
)
def test_tails_whose_sizes_agree(handler: Application, cuts: list[bytes], datatypes: tuple[str, ...]) -> None:
    """The lengths of the parts are right, what is in them is anything."""
    tensors = inputs([INSTANCE] * 2)
    for one, cut, datatype in zip(tensors, cuts, datatypes, strict=True):
        del one["data"]
        one |= {"parameters": {"binary_data_size": len(cut)}, "datatype": datatype}
    send_all(handler, tensors, b"".join(cuts), 0)


def send_all(handler: Application, tensors: list[dict[str, Any]], tail: bytes, off_by: int) -> None:
    """Send tensors with a tail as base64 and as text; both must be answered well."""
    head = json.dumps({"inputs": tensors}).encode()
    headers = {"Inference-Header-Content-Length": str(len(head) + off_by), "Content-Type": "application/octet-stream"}
    whole = head + tail
    answers_well(handler, b64encode(whole).decode(), isBase64Encoded=True, headers=headers)
    answers_well(handler, whole.decode(errors="surrogateescape"), headers=headers)
