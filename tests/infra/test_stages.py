"""A first apply of each stage, planned from nothing."""

from __future__ import annotations

import re

import pytest

from tests.infra.workshop import Workshop

DIGEST = "sha256:" + "a" * 64
KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
DOMAIN = '{name="api.example.com",certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/one"}'
ROLE = "arn:aws:iam::123456789012:role/one"
STORE = f'{{publishers=["{ROLE}"],promoters=["{ROLE}"]}}'
OPTIONS = {
    "module.api_gateway.aws_wafv2_web_acl.this[0]",
    'module.api_gateway.aws_api_gateway_domain_name.this["api.example.com"]',
    "module.budget[0].aws_budgets_budget.monthly",
    "module.ci[0].aws_iam_role.ci",
    "module.lambda[0].aws_lambda_function_url.live[0]",
    "module.lambda[0].aws_lambda_provisioned_concurrency_config.live[0]",
    "module.observability.aws_sns_topic.alarms[0]",
    "module.store[0].aws_s3_bucket.this",
}


def planned(workshop: Workshop, stage: str, *arguments: str) -> str:
    """Return the plan of a first apply."""
    workshop.start(".")
    told = workshop.plan(stage, *arguments)
    assert told.returncode == 0, told.stdout
    return told.stdout


def addresses(plan: str) -> list[str]:
    """Return what a plan creates."""
    return sorted(re.findall(r"# (\S+) will be created", plan))


@pytest.mark.slow
def test_stages_differ_by_variables_alone(workshop: Workshop) -> None:
    """What works in dev is what gets to prd; and neither plan mentions the other's name."""
    dev, prd = (planned(workshop, stage, f"-var=image_digest={DIGEST}") for stage in ("dev", "prd"))
    assert addresses(dev) == addresses(prd)
    assert "module.lambda[0].aws_lambda_alias.live" in addresses(dev)
    assert "neuralworks-prd" not in dev
    assert "neuralworks-dev" not in prd


@pytest.mark.slow
def test_every_option_reaches_its_module(workshop: Workshop) -> None:
    """What the root is told gets to where it is needed, and a given key encrypts every log."""
    plan = planned(
        workshop,
        "dev",
        f"-var=image_digest={DIGEST}",
        f'-var=logs={{kms_key_arn="{KEY}"}}',
        f"-var=function={{url=true,provisioned_concurrency=2,reserved_concurrency=10,store={STORE}}}",
        '-var=alerts={emails=["ops@example.com"]}',
        '-var=budget={limit_usd=20,emails=["ops@example.com"]}',
        '-var=github={repository="acme/neural",environment="dev"}',
        f"-var=gateway={{throttle={{rate=50,burst=100}},firewall={{requests_per_5_min=1000}},domain={DOMAIN}}}",
    )
    assert set(addresses(plan)) >= OPTIONS
    groups = re.findall(r'resource "aws_cloudwatch_log_group" "(\w+)" {(.*?)}', plan)
    assert {name for name, _ in groups} == {"access", "execution", "firewall", "function"}
    assert [name for name, body in groups if f'kms_key_id = "{KEY}"' not in body] == []
    assert "repo:acme/neural:environment:dev" in plan


@pytest.mark.slow
def test_a_first_apply_takes_no_image(workshop: Workshop) -> None:
    """Registry, API and keys come first; the function, which needs an image out of the registry, does not."""
    first = addresses(planned(workshop, "dev"))
    assert "module.ecr.aws_ecr_repository.this" in first
    assert 'module.api_gateway.aws_api_gateway_api_key.client["team"]' in first
    assert [address for address in first if "aws_lambda_" in address] == []
