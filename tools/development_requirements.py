"""Prints what the project and its development need, without the project itself, which is built from it later."""

import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text())


def requirements(project: dict[str, object]) -> list[str]:
    """List the dependencies of the project and of all its extras."""
    match project:
        case {"dependencies": [*always], "optional-dependencies": dict(extras)}:
            everything = [*always, *(each for extra in extras.values() for each in extra)]
            return [name for name in everything if not name.startswith("duly[")]
        case _:
            raise SystemExit("pyproject.toml lists no dependencies")


if __name__ == "__main__":
    print("\n".join(requirements(PROJECT["project"])))
