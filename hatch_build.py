"""
Compiles `native/*.cc` to the extension `duly._native`, the compiled core, where there is a C++ compiler.

Hatchling asks for it whenever it makes a wheel; `python hatch_build.py` compiles without one. Where that fails the
wheel is pure Python: the same verdicts, more slowly. DULY_NATIVE=require makes that an error, and DULY_NATIVE=off
leaves the core out.
"""

import argparse
import hashlib
import importlib.metadata
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
NAME = f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
ZIG = "ziglang>=0.14"
# Nothing is fused to one operation that rounds once where Python rounds twice. Warnings fail `make check` and nothing
# else, since other compilers have others.
COMPILE = shlex.split(
    "-std=c++17 -O2 -g0 -DNDEBUG -fPIC -fvisibility=hidden -ffp-contract=off -Wall -Wextra -Wconversion -c"
)
LINK = shlex.split("-shared -undefined dynamic_lookup" if sys.platform == "darwin" else "-shared")
STRIP = "" if sys.platform == "darwin" else "-s"


class Unavailable(Exception):
    """Why there can be no compiled core, with the way out: one line."""


class Core(NamedTuple):
    """What was compiled, and what the compiler remarked."""

    file: Path
    compiler: str
    warnings: str


def build() -> Core:
    """Compile what has changed since the last time; raises `Unavailable`."""
    if os.environ.get("DULY_NATIVE") == "off":
        raise Unavailable("DULY_NATIVE is off")
    command, headers = compiler(), includes()
    flags = [*COMPILE, *(f"-isystem{header}" for header in headers), *shlex.split(os.environ.get("CXXFLAGS", ""))]
    folder = ROOT / "build" / "native" / digest(*command, *flags, *versions(command))
    folder.mkdir(parents=True, exist_ok=True)
    # Those of modules are included by `module.cc`.
    sources = sorted(set((ROOT / "native").glob("*.cc")) - set((ROOT / "native").glob("*_module.cc")))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(lambda source: compiled([*command, *flags], source, folder), sources))
    file = linked(command, objects, folder)
    for old in set(folder.iterdir()) - {file, *objects, *map(remarks, objects)}:
        old.unlink(missing_ok=True)
    return Core(file, shlex.join(command), "".join(remarks(each).read_text("utf-8") for each in objects))


def versions(command: list[str]) -> list[str]:
    """What objects depend on beside their sources."""
    of_compiler = run([*command, "--version"]).stdout
    return [of_compiler, importlib.metadata.version("pybind11"), sys.version, sysconfig.get_platform()]


def compiler() -> list[str]:
    """The command of a C++ compiler: the one that CXX names, or the machine's, or zig's from PyPI."""
    if named := shlex.split(os.environ.get("CXX", "")):
        if not shutil.which(named[0]):
            raise Unavailable(f"CXX names {named[0]}, which is not there: name another compiler, or none")
        return named
    for name in ("c++", "g++", "clang++"):
        if path := shutil.which(name):
            return [path]
    if find_spec("ziglang"):
        # Without being told so, zig uses all that the processor of this machine can do; wheels are taken elsewhere.
        return [sys.executable, "-m", "ziglang", "c++", "-mcpu=baseline"]
    raise Unavailable(f"there is no C++ compiler: install g++ or clang++, or `pip install '{ZIG}'`")


def includes() -> list[str]:
    """The folders with the headers of Python and of pybind11."""
    folders = [sysconfig.get_path("include"), sysconfig.get_path("platinclude")]
    if not any(Path(folder, "Python.h").exists() for folder in folders):
        raise Unavailable("Python.h is not there: install the headers of Python (python3-dev or python3-devel)")
    if not find_spec("pybind11"):
        raise Unavailable("pybind11 is not there: `pip install pybind11`")
    import pybind11

    return [*dict.fromkeys(folders), pybind11.get_include()]


def requirements() -> list[str]:
    """What to install from PyPI in order to compile: zig, where nothing is missing but a compiler."""
    if os.environ.get("DULY_NATIVE") == "off" or os.environ.get("CXX"):
        return []
    if sys.platform not in {"linux", "darwin"} or platform.machine() not in {"x86_64", "aarch64", "arm64"}:
        return []  # there may be no zig for it
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return []
    try:
        compiler()
    except Unavailable:
        return [ZIG]
    return []


def compiled(command: list[str], source: Path, folder: Path) -> Path:
    """The object file of a source; it is made anew when the source or a header that it includes has changed."""
    content = digest(*(path.read_text("utf-8") for path in closure(source)))
    result = folder / f"{source.stem}-{content}.o"
    if not result.exists():
        made = made_by(command, [str(source)], result)
        remarks(result).write_text(made.stderr, "utf-8")
        Path(made.args[-1]).replace(result)
    return result


def linked(command: list[str], objects: list[Path], folder: Path) -> Path:
    """The extension that the objects make."""
    options = [*LINK, *shlex.split(os.environ.get("CXXFLAGS", "")), *shlex.split(os.environ.get("LDFLAGS", STRIP))]
    result = folder / f"{digest(*options, *(path.name for path in objects))}.so"
    if not result.exists():
        made = made_by(command, [*options, *map(str, objects)], result)
        Path(made.args[-1]).replace(result)
    return result


def made_by(command: list[str], arguments: list[str], result: Path) -> "subprocess.CompletedProcess[str]":
    """Run the compiler to a file beside `result`, so that nobody meets a half of it; raises `Unavailable`."""
    done = run([*command, *arguments, "-o", f"{result}.{os.getpid()}"])
    if done.returncode:
        said = (done.stderr or done.stdout).splitlines()
        error = next((line for line in said if "error" in line), said[-1] if said else f"exit code {done.returncode}")
        raise Unavailable(f"{command[0]} does not compile it ({error.strip()}): name another compiler in CXX")
    return done


def run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, without any of its output on the screen."""
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    except OSError as error:
        raise Unavailable(f"{command[0]} does not run ({error.strerror}): name another compiler in CXX") from error


def remarks(compiled_file: Path) -> Path:
    """The file with what the compiler said about an object."""
    return compiled_file.with_suffix(".txt")


def closure(source: Path) -> list[Path]:
    """A source, and the headers of the same folder that it includes, and those that they include."""
    found = {source: None}
    waiting = [source]
    while waiting:
        for name in re.findall(r'^#include "(.+)"', waiting.pop().read_text("utf-8"), re.MULTILINE):
            header = source.parent / name
            if header not in found and header.exists():
                found[header] = None
                waiting.append(header)
    return list(found)


def digest(*parts: str) -> str:
    """A name for content: the same for the same."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def told() -> Core | None:
    """Build, and say on one line what came of it; ends the program where the core is required."""
    began = time.monotonic()
    try:
        core = build()
    except (Unavailable, OSError) as reason:
        if os.environ.get("DULY_NATIVE") == "require":
            raise SystemExit(f"no compiled core, which DULY_NATIVE=require asks for: {reason}") from None
        print(f"duly: no compiled core, so pure Python, as right and slower: {reason}", file=sys.stderr)
        return None
    size = core.file.stat().st_size // 1024
    print(f"duly: compiled core by {core.compiler}, {size} KB, {time.monotonic() - began:.1f} s", file=sys.stderr)
    return core


class NativeHook(BuildHookInterface[BuilderConfig]):
    """Adds the compiled core to a wheel."""

    def dependencies(self) -> list[str]:
        """Ask for zig where there is no other compiler; no marker of a requirement could know."""
        return requirements()

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are collected."""
        core = told()
        if not core:
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version == "editable":
            put_in_place(core)
        else:
            build_data["force_include"][str(core.file)] = f"duly/{NAME}"


def put_in_place(core: Core) -> None:
    """Put the extension among the sources; a process that runs keeps the one it has."""
    place = ROOT / "src" / "duly" / NAME
    fresh = place.with_suffix(".fresh")
    shutil.copy(core.file, fresh)
    fresh.replace(place)


def main() -> int:
    """Do what the arguments ask for; the exit code."""
    parser = argparse.ArgumentParser(description="Compile native/*.cc to the extension duly._native.")
    parser.add_argument("--in-place", action="store_true", help="put it into src/duly")
    parser.add_argument("--check", action="store_true", help="fail if the compiler warns")
    parser.add_argument("--requirements", action="store_true", help="print what to install first, and do nothing")
    wanted = parser.parse_args()
    if wanted.requirements:
        print(*requirements(), sep="\n", end="")
        return 0
    core = told()
    if core and wanted.in_place:
        put_in_place(core)
    if core and wanted.check and core.warnings:
        print(core.warnings, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
