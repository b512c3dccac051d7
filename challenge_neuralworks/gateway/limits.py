"""The sizes and numbers that API Gateway and Lambda allow.

Source: AWS, "Quotas for configuring and running a REST API" and "Lambda quotas".
"""

BODY_BYTES = 10 * 1024 * 1024
"""Largest body of a request to API Gateway."""

PAYLOAD_BYTES = 6 * 1024 * 1024
"""Largest event, and largest answer, of a synchronous invocation."""

ENVIRONMENTS = 1_000
"""Most execution environments of an account that has not asked for more."""
