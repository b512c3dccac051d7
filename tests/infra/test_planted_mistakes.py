"""Ten mistakes that people make, each planted in a copy of infra/, and each named by Terraform before an apply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.infra.workshop import Workshop

DIGEST = "sha256:" + "a" * 64
KEY = '    "security": [\n     {\n      "api_key": []\n     }\n    ]'
HASHED = "      clients = var.clients\n"
IMAGE = '"${var.repository_url}@${var.image_digest}"'
KMS = "  kms_key_id        = var.kms_key_arn\n"
ARN = '"${aws_cloudwatch_log_group.function.arn}:log-stream:*"'
IGNORED = "ignore_changes = [description, function_version, routing_config]"
LAMBDA = 'Principal = { Service = "lambda.amazonaws.com" }'
ROLE = 'resource "aws_iam_role" "function" {\n  name = var.name'


class Mistake(NamedTuple):
    """A slip of the pen.

    module, file : where it is made; the file within the module.
    right, wrong : what is written, and what is written in its place.
    caught : the file of tests that finds it, or ``PLAN``.
    named : what is said of it.
    """

    module: str
    file: str
    right: str
    wrong: str
    caught: str
    named: str


PLAN = "plan"

MISTAKES = {
    "a route without a key": Mistake(
        ".", "openapi.json.tftpl", KEY, '    "security": []', "keys", "no API key, and only the pages"
    ),
    "a wildcard in a policy": Mistake("modules/lambda", "access.tf", ARN, '"*"', "access", "may be allowed on all"),
    "a tag for an image": Mistake(
        "modules/lambda", "main.tf", IMAGE, '"${var.repository_url}:latest"', "deploys", "a tag such as :latest"
    ),
    "an alias that Terraform moves": Mistake(
        "modules/lambda",
        "main.tf",
        IGNORED,
        "",
        "deploys",
        "must stay where neuralworks deploy put it",
    ),
    "a role that stages share": Mistake(
        "modules/lambda",
        "access.tf",
        ROLE,
        ROLE.replace("var.name", '"lambda-basic"'),
        "access",
        "a role of its own",
    ),
    "a trigger that misses the keys": Mistake(
        "modules/api-gateway", "main.tf", HASHED, "", "deployment", "another key must make another deployment"
    ),
    "a snapshot and provisioned concurrency": Mistake(
        ".",
        "stages/dev.tfvars",
        'stage = "dev"\n',
        'stage = "dev"\nfunction = { snap_start = true, provisioned_concurrency = 1 }\n',
        PLAN,
        "snap_start and provisioned_concurrency exclude each other",
    ),
    "a log that is not encrypted": Mistake(
        "modules/lambda", "main.tf", KMS, "", "access", "the log group must be encrypted with the given key"
    ),
    "a registry open to everybody": Mistake(
        "modules/ecr", "main.tf", LAMBDA, 'Principal = "*"', "ecr", "not to a principal of *"
    ),
    "a mistyped stage": Mistake(
        ".", "stages/dev.tfvars", 'stage = "dev"', 'stage = "dve"', PLAN, "stage must be dev or prd"
    ),
}


@contextmanager
def planted(path: Path, right: str, wrong: str) -> Iterator[None]:
    """Replace the first occurrence of a text, for as long as it takes."""
    written = path.read_text(encoding="utf-8")
    assert right in written, f"{path.name} no longer holds {right!r}: plant the mistake elsewhere"
    path.write_text(written.replace(right, wrong, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(written, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(workshop: Workshop, name: str) -> None:
    """Terraform refuses it and says what is wrong, so that whoever made it need not search."""
    mistake = MISTAKES[name]
    folder = workshop.start(mistake.module)
    with planted(folder / mistake.file, mistake.right, mistake.wrong):
        if mistake.caught == PLAN:
            told = workshop.plan("dev", f"-var=image_digest={DIGEST}")
        else:
            told = workshop.test(mistake.module, mistake.caught)
    assert told.returncode != 0, told.stdout
    assert mistake.named in told.stdout
