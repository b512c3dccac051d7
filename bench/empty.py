"""The least a function can be: what any handler is measured against."""


def lambda_handler(_event: object, _context: object) -> dict[str, object]:
    """Answer 200, whatever the event."""
    return {"statusCode": 200, "body": "{}"}
