"""AWS's own sample events, as `sam local generate-event` fills them in: read out of the pinned wheel, never copied.

The wheel is the one that bench/ takes the Lambda emulator from; it is not installed. What is kept, under bench's cache,
are the templates and the file that names their parameters.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from bench import fetching
from bench.command import CACHE

SAMPLES = "samcli/lib/generated_sample_events/"
PARAMETER = re.compile(r"\{\{\{(\w+)\}\}\}")


class Templates:
    """The templates of one version.

    folder : holds ``event-mapping.json`` and ``events/``.
    names : (service, event) of each.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mapping = json.loads((folder / "event-mapping.json").read_text(encoding="utf-8"))
        self.names = [(service, event) for service, events in self._mapping.items() for event in events]

    def fill(self, service: str, event: str, **values: str) -> dict[str, Any]:
        """Return an event; a parameter that no value is given for has its default."""
        declared = self._mapping[service][event]
        parameters: dict[str, Any] = {}
        for name, properties in declared["tags"].items():
            for parameter, about in {name: properties, **properties.get("children", {})}.items():
                parameters[parameter.replace("-", "_")] = _encoded(values.get(name, about.get("default", "")), about)
        content = json.loads((self.folder / "events" / service / f"{declared['filename']}.json").read_text("utf-8"))
        filled: dict[str, Any] = _filled(content, parameters)
        return filled


def fetch_templates(cache: Path = CACHE) -> Templates:
    """Return the templates, downloaded the first time; the wheel's digest is checked.

    Raises
    ------
    EmulatorMissing : the index cannot be reached or does not have the wheel.
    """
    folder = cache / f"{fetching.emulator_version()}-events"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            with zipfile.ZipFile(fetching._download(Path(temporary))) as wheel:
                members = [name for name in wheel.namelist() if name.startswith(SAMPLES) and name.endswith(".json")]
                wheel.extractall(temporary, members)
            # Whole or not at all, as bench's own files.
            Path(temporary, SAMPLES).replace(folder)
    return Templates(folder)


def _encoded(value: str, about: dict[str, Any]) -> Any:
    if about.get("type") == "dict":
        return json.loads(value)
    return b64encode(value.encode()).decode() if about.get("encoding") == "base64" else value


def _filled(content: Any, parameters: dict[str, Any]) -> Any:
    if isinstance(content, dict):
        return {name: _filled(value, parameters) for name, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, parameters) for value in content]
    if not isinstance(content, str):
        return content
    alone = PARAMETER.fullmatch(content)
    if alone:
        return parameters.get(alone[1], "")
    return PARAMETER.sub(lambda found: str(parameters.get(found[1], "")), content)
