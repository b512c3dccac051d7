"""Tensors as bytes behind the JSON object: read right, or refused with what is wrong."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from typing import Any

import pytest

from challenge_neuralworks.serving import Application
from challenge_neuralworks.serving.protocol.envelope import LENGTH
from tests.making import INSTANCE, TOY_SCORER
from tests.serving.protocol.asking import ask, inputs, outputs

ROWS = [INSTANCE, {**INSTANCE, "colour": "Málaga", "place": "", "age": 0, "weight": -0.1}]
OCTETS = "application/octet-stream"


def strings(*values: str) -> bytes:
    """Return strings, each behind its length."""
    return b"".join(struct.pack("<I", len(value.encode())) + value.encode() for value in values)


PARTS = {
    "colour": strings("red", "Málaga"),
    "place": strings("here", ""),
    "age": struct.pack("<2q", 3, 0),
    "weight": struct.pack("<2d", 1.5, -0.1),
}


def body_of(parts: dict[str, bytes], **changes: dict[str, Any]) -> tuple[bytes, int]:
    """Return a whole body and the length of its JSON part; ``age={...}`` changes the tensor of that name."""
    tensors = []
    for one in inputs(ROWS):
        name = one["name"]
        if name in parts:
            del one["data"]
            one["parameters"] = {"binary_data_size": len(parts[name])}
        tensors.append({**one, **changes.get(name, {})})
    head = json.dumps({"inputs": tensors}).encode()
    return head + b"".join(parts.values()), len(head)


def send(handler: Application, body: bytes, length: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
    """Send bytes as API Gateway hands them over."""
    stated = {} if length is None else {LENGTH: str(length)}
    declared = {"Content-Type": OCTETS, **stated, **headers}
    return ask(handler, b64encode(body).decode(), isBase64Encoded=True, headers=declared)


def test_bytes_say_what_json_says(handler: Application) -> None:
    """All tensors as bytes, or only some: the same answer, and it is JSON."""
    status, document = ask(handler, {"inputs": inputs(ROWS)})
    assert status == 200
    assert outputs(document)["prediction"][2:] == list(TOY_SCORER.predict(ROWS[1]))
    for names in (list(PARTS), ["age"], ["colour", "weight"]):
        assert send(handler, *body_of({name: PARTS[name] for name in names})) == (200, document)


@pytest.mark.parametrize(
    ("datatype", "letter"), [("INT8", "b"), ("INT16", "h"), ("INT32", "i"), ("UINT8", "B"), ("UINT64", "Q")]
)
def test_integers_of_any_width(handler: Application, datatype: str, letter: str) -> None:
    """Little-endian, in their native size."""
    parts = {**PARTS, "age": struct.pack(f"<2{letter}", 3, 0)}
    expected = ask(handler, {"inputs": inputs(ROWS)})
    assert send(handler, *body_of(parts, age={"datatype": datatype})) == expected


@pytest.mark.parametrize(("datatype", "letter"), [("FP16", "e"), ("FP32", "f")])
def test_a_narrow_float_is_the_number_it_holds(handler: Application, datatype: str, letter: str) -> None:
    """0.1 in 32 bits is 0.10000000149..., and that is what is scored."""
    raw = struct.pack(f"<2{letter}", 1.5, -0.1)
    status, document = send(handler, *body_of({**PARTS, "weight": raw}, weight={"datatype": datatype}))
    held = struct.unpack(f"<2{letter}", raw)[1]
    assert (status, held != -0.1) == (200, True)
    assert outputs(document)["prediction"][2:] == list(TOY_SCORER.predict({**ROWS[1], "weight": held}))


def test_bytes_that_are_text_may_come_as_text(handler: Application) -> None:
    """A gateway that finds valid UTF-8 hands it over as it is."""
    body, length = body_of({"age": PARTS["age"]})
    headers = {LENGTH: str(length)}
    assert ask(handler, body.decode(), headers=headers) == ask(handler, {"inputs": inputs(ROWS)})


def test_bytes_lost_on_the_way_are_explained(handler: Application) -> None:
    """A gateway that is not told of the media type replaces what is no text."""
    body, length = body_of({"weight": PARTS["weight"]})
    status, document = ask(handler, body.decode(errors="replace"), headers={LENGTH: str(length)})
    assert status == 400
    assert document["error"].endswith("the body came as text, which loses bytes; send Content-Type: " + OCTETS)


@pytest.mark.parametrize(
    ("parts", "changes", "said"),
    [
        ({"age": b"\0" * 15}, {}, "input 'age': 2 values of INT64 take 16 bytes, but binary_data_size is 15"),
        ({"age": b""}, {}, "input 'age': 2 values of INT64 take 16 bytes, but binary_data_size is 0"),
        ({"colour": b""}, {}, "input 'colour': 0 bytes do not hold 2 strings, each behind its length in 4 bytes"),
        ({"colour": strings("red")}, {}, "input 'colour': 7 bytes do not hold 2 strings"),
        ({"colour": strings("red", "red", "red")}, {}, "input 'colour': 21 bytes do not hold 2 strings"),
        ({"colour": strings("red", "red")[:-1]}, {}, "input 'colour': 13 bytes do not hold 2 strings"),
        ({"colour": strings("red") + b"\0\0"}, {}, "input 'colour': 9 bytes do not hold 2 strings"),
        ({"colour": strings("red") + b"\xff" * 4}, {}, "input 'colour': 11 bytes do not hold 2 strings"),
        ({"colour": strings("red") + b"\1\0\0\0\xff"}, {}, "input 'colour', row 1: the string is not UTF-8"),
        ({"colour": strings("red", "rad")}, {}, "input 'colour', row 1: 'rad' is unknown; did you mean 'red'?"),
        ({"age": struct.pack("<2q", 3, -1)}, {}, "input 'age', row 1: -1 is out of range"),
        ({"weight": struct.pack("<2d", 1, float("nan"))}, {}, "input 'weight', row 1: nan is out of range"),
        ({"age": b"\0" * 16}, {"age": {"datatype": "FP64"}}, "input 'age': datatype 'FP64' is not accepted"),
        ({"age": b"\0\0"}, {"age": {"datatype": "BOOL"}}, "input 'age': datatype 'BOOL' is not accepted"),
        ({"age": PARTS["age"]}, {"age": {"data": [1, 2]}}, "input 'age': the values come twice"),
        (
            {"age": PARTS["age"]},
            {"age": {"parameters": {"binary_data_size": 8}}},
            "binary_data_size of all inputs is 8 bytes, but 16 follow the JSON object",
        ),
        (
            {"age": PARTS["age"]},
            {"weight": {"parameters": {"binary_data_size": 2**62}}},
            f"binary_data_size of all inputs is {2**62 + 16} bytes, but 16 follow the JSON object",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bytes_that_do_not_fit(
    handler: Application, parts: dict[str, bytes], changes: dict[str, Any], said: str
) -> None:
    """Every length is checked before anything is read."""
    status, document = send(handler, *body_of(parts, **changes))
    assert status == 400
    assert document["error"].startswith(said)


@pytest.mark.parametrize("length", ["", "0", "-1", "x", "1_0", " 9", "٣", "1" * 9, "9" * 5000, "1.0"])
def test_a_length_that_is_none(handler: Application, length: str) -> None:
    """The header is a number of bytes that the body has."""
    body, _ = body_of(PARTS)
    status, document = send(handler, body, length)
    assert status == 400
    assert document["error"].startswith(f"{LENGTH} is {length[:20]!r}: expected a number from 1 to {len(body)}")


def test_without_the_header_all_is_json(handler: Application) -> None:
    """Sizes without bytes are told of the header that is missing."""
    body, length = body_of(PARTS)
    assert send(handler, body)[1]["error"].startswith("the body is not UTF-8")
    status, document = send(handler, body[:length])
    assert status == 400
    assert document["error"].endswith(f"0 follow the JSON object; the header {LENGTH} says where it ends")


def test_a_header_that_cuts_the_json_in_two(handler: Application) -> None:
    """The rest of it is no tensor, and what is before it no JSON."""
    body, length = body_of(PARTS)
    for wrong in (length - 1, length + 1):
        assert send(handler, body, wrong)[0] == 400


def test_a_compressed_body_is_refused_as_such(handler: Application) -> None:
    """The client can send gzip; API Gateway unpacks it only where it was told to."""
    import gzip

    body, length = body_of(PARTS)
    status, document = send(handler, gzip.compress(body), length, **{"Content-Encoding": "gzip"})
    assert (status, document["error"]) == (400, "Content-Encoding 'gzip' is not read: send the body as it is")
