"""Generates `src/duly/v1` from `protos`, or checks with `--check` that it is what would be generated."""

import filecmp
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
GENERATED = ROOT / "src" / "duly" / "v1"
INIT = '"""Generated from `protos/duly/v1` by `make protos`; not to be edited."""\n'
IGNORED = ["__pycache__"]


def main(arguments: list[str]) -> int:
    """Write the generated package, or with `--check` compare it; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = generated(Path(folder))
        if arguments == ["--check"]:
            return check(fresh)
        replace(fresh)
    return 0


def generated(folder: Path) -> Path:
    """Generate everything into `folder` and return the package in it."""
    sources = sorted(PROTOS.rglob("*.proto"))
    services = [path for path in sources if path.stem.endswith("_service")]
    compile_protos(sources, f"--python_out={folder}", f"--mypy_out=quiet:{folder}")
    compile_protos(services, f"--grpc_python_out={folder}", f"--mypy_grpc_out=quiet:{folder}")
    package = folder / "duly" / "v1"
    (package / "__init__.py").write_text(INIT)
    return package


def compile_protos(sources: list[Path], *outputs: str) -> None:
    """Run protoc over `sources`; ends the program if it fails, as it has said why."""
    includes = [f"-I{PROTOS}", f"-I{files('grpc_tools') / '_proto'}"]
    if protoc.main(["protoc", *plugins(), *includes, *outputs, *map(str, sources)]) != 0:
        raise SystemExit("protoc failed")


def plugins() -> list[str]:
    """Name the plugins beside this interpreter, so that the environment need not be activated."""
    scripts = Path(sys.executable).parent
    return [f"--plugin={scripts / name}" for name in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")]


def check(fresh: Path) -> int:
    """Tell which generated files are stale, missing or left over."""
    stale = differences(fresh, GENERATED)
    for name in stale:
        print(f"src/duly/v1/{name} is stale: run `make protos`", file=sys.stderr)
    return 1 if stale else 0


def differences(one: Path, other: Path) -> list[str]:
    """Name the files that are not the same, byte by byte, in both folders."""
    names = {path.name for folder in (one, other) if folder.is_dir() for path in folder.iterdir()}
    _, mismatches, errors = filecmp.cmpfiles(one, other, names.difference(IGNORED), shallow=False)
    return sorted([*mismatches, *errors])


def replace(fresh: Path) -> None:
    """Put the generated package where the old one was."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    shutil.copytree(fresh, GENERATED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
