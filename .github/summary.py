"""What a deploy's page on GitHub says of it: written to standard output, from the job's environment."""

import os
from collections.abc import Mapping

CONSOLE = "https://{region}.console.aws.amazon.com/{service}/home?region={region}#{place}"


def summary(job: Mapping[str, str]) -> str:
    """Return the page, in Markdown."""
    region, stage = job["AWS_REGION"], job["STAGE"]
    name = job["REPOSITORY_URL"].rpartition("/")[2]
    image = f"`{job['REPOSITORY_URL']}@{job['DIGEST']}`" if job["DIGEST"] else "none was pushed"
    api = job["API_URL"].rstrip("/")

    def console(service: str, place: str) -> str:
        return CONSOLE.format(region=region, service=service, place=place)

    links = {
        "API": api,
        "playground": f"{api}/",
        "reference": f"{api}/docs",
        "function": console("lambda", f"/functions/{name}"),
        "dashboard": console("cloudwatch", f"dashboards/dashboard/{name}"),
        "logs": console("cloudwatch", f"logsV2:log-groups/log-group/$252Faws$252Flambda$252F{name}"),
    }
    lines = [
        f"## {stage}: {job['STATUS']}",
        "",
        "| what | which |",
        "|---|---|",
        f"| commit | {job['GITHUB_SHA']} |",
        f"| image | {image} |",
        *(f"| {what} | <{link}> |" for what, link in links.items()),
        "",
        f"Live now: `neuralworks status --stage {stage}`. Back: `neuralworks rollback --stage {stage}`.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(summary(os.environ))
