"""The settings of `duly lint` for a rule set: the table `[lint]` of the `duly.toml` nearest to it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duly.diagnostics import Severity
from duly.lint.selection import Selection, selection

FILE = "duly.toml"
_OFF = "off"


def lint_settings(root: Path | None) -> tuple[Selection, str]:
    """Which lint rules run; all of them, and why, when the settings make no sense. `root` is where to look, upwards."""
    path = _nearest(root)
    if path is None:
        return selection(), ""
    try:
        return _selection(tomllib.loads(path.read_text("utf-8")).get("lint", {})), ""
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        return selection(), f"the settings in {path} are not used: {error}"


def _nearest(root: Path | None) -> Path | None:
    folders = (root, *root.parents) if root is not None else ()
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def _selection(table: Mapping[str, Any]) -> Selection:
    levels = dict(table.get("severity", {}))
    off = [name for name, level in levels.items() if level == _OFF]
    severities = {name: Severity[str(level).upper()] for name, level in levels.items() if level != _OFF}
    options = {name: dict(settings) for name, settings in table.get("options", {}).items()}
    return selection(_names(table.get("select")), [*_names(table.get("ignore")), *off], severities, options)


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(name) for name in value]
    return [name.strip() for name in str(value or "").split(",") if name.strip()]
