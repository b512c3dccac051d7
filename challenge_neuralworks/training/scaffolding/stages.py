"""The stages of dvc.yaml, filled in for one model: the commands that `make train` would run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "neuralworks"


class Stage(NamedTuple):
    """One stage of a model.

    name : as DVC has it, e.g. ``train@delay``.
    commands : the words of each command after ``neuralworks``.
    outs : paths that it writes.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    outs: tuple[str, ...]


def stages_of(root: Path, name: str) -> list[Stage]:
    """Return the stages of a model that params.yaml lists, in their order.

    Raises
    ------
    ConfigurationError : what reads YAML is not installed.
    """
    pipeline, params = _read(root / "dvc.yaml"), _read(root / "params.yaml")
    known = {f"item.{key}": str(value) for key, value in params["models"][name].items()}
    known |= {"key": name, "seed": str(params["seed"])}
    for variables in pipeline["vars"]:
        known |= {key: str(value) for key, value in variables.items()}
    return [_stage(stage, content["do"], name, known) for stage, content in pipeline["stages"].items()]


def _stage(stage: str, content: dict[str, Any], name: str, known: dict[str, str]) -> Stage:
    commands = content["cmd"] if isinstance(content["cmd"], list) else [content["cmd"]]
    words = [shlex.split(_filled(command, known)) for command in commands]
    outs = [*content.get("outs", []), *content.get("metrics", [])]
    paths = [_filled(next(iter(out)) if isinstance(out, dict) else out, known) for out in outs]
    return Stage(f"{stage}@{name}", tuple(tuple(one[1:]) for one in words if one[0] == PROGRAM), tuple(paths))


def _filled(text: str, known: dict[str, str]) -> str:
    for key, value in known.items():
        text = text.replace(f"${{{key}}}", value)
    return text


def _read(path: Path) -> Any:
    try:
        from ruamel.yaml import YAML
    except ImportError as error:
        expected = "the extra 'pipeline', which is not installed: pip install '.[pipeline]' in the project's folder"
        raise ConfigurationError("new", path.name, expected) from error
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
