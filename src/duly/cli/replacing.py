"""Files written so that nobody sees half of one."""

from __future__ import annotations

from pathlib import Path

from duly.cli.failure import Failure, reason


def replace_file(path: Path, content: bytes) -> None:
    """Put other content into a file; a link stays a link, permissions stay. Raises `Failure`."""
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.new")
    try:
        temporary.write_bytes(content)
        temporary.chmod(target.stat().st_mode)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Failure(f"cannot write {path}: {reason(error)}") from error
