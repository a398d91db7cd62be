"""The build of the compiled core: which compiler it takes, what it makes anew, and the wheel without one."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")
ROOT = Path(__file__).parents[2]
# It notes what it is called for, warns of `careful`, fails at `wrong`, and otherwise makes a file of its sources.
COMPILER = """#!{python}
import sys
from pathlib import Path

Path(__file__).with_name("calls").open("a").write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1:] == ["--version"]:
    sys.exit()
sources = [Path(each) for each in sys.argv if each.endswith((".cc", ".o"))]
text = "".join(each.read_text() for each in sources)
if "careful" in text and "-c" in sys.argv:
    print("warning: careful", file=sys.stderr)
if "wrong" in text:
    sys.exit("one.cc:1: error: that is wrong")
Path(sys.argv[sys.argv.index("-o") + 1]).write_text(text)
"""


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """The build, of sources and on a PATH of the test's own."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "find_spec", {"pybind11"}.__contains__)
    monkeypatch.setattr(module, "includes", lambda: ["/headers"])
    monkeypatch.setattr(module.importlib.metadata, "version", lambda _: "3.1")
    for name in ("CXX", "CXXFLAGS", "LDFLAGS", "DULY_NATIVE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    write(tmp_path, "one.cc", '#include "shared.h"\n')
    write(tmp_path, "two.cc", "")
    write(tmp_path, "shared.h", "")
    return module


def write(folder, name, text):
    (folder / "native").mkdir(exist_ok=True)
    (folder / "native" / name).write_text(text)


def install(folder, name):
    path = folder / "bin" / name
    path.write_text(COMPILER.format(python=sys.executable))
    path.chmod(0o755)
    return str(path)


def compiled(folder):
    """Which sources have been compiled since the last time."""
    calls = folder / "bin" / "calls"
    lines = calls.read_text().splitlines()
    calls.write_text("")
    return {Path(word).name for line in lines for word in line.split() if word.endswith(".cc")}


def test_the_compiler_that_cxx_names_comes_first(tool, tmp_path, monkeypatch):
    install(tmp_path, "c++")
    monkeypatch.setenv("CXX", install(tmp_path, "mine") + " -pipe")
    assert tool.compiler() == [str(tmp_path / "bin" / "mine"), "-pipe"]


@pytest.mark.parametrize("name", ["c++", "g++", "clang++"])
def test_without_cxx_it_is_that_of_the_machine(tool, tmp_path, monkeypatch, name):
    monkeypatch.setattr(tool, "find_spec", lambda _: True)
    path = install(tmp_path, name)
    assert tool.compiler() == [path]


def test_where_the_machine_has_none_it_is_zigs(tool, monkeypatch):
    with pytest.raises(tool.Unavailable, match="no C\\+\\+ compiler: install"):
        tool.compiler()
    monkeypatch.setattr(tool, "find_spec", {"pybind11", "ziglang"}.__contains__)
    assert tool.compiler() == [sys.executable, "-m", "ziglang", "c++", "-mcpu=baseline"]


def test_a_compiler_that_is_named_and_not_there_is_not_replaced_by_another(tool, tmp_path, monkeypatch):
    install(tmp_path, "c++")
    monkeypatch.setenv("CXX", "/nonexistent")
    with pytest.raises(tool.Unavailable, match="/nonexistent"):
        tool.compiler()


def test_zig_is_asked_for_only_where_nothing_but_a_compiler_is_missing(tool, tmp_path, monkeypatch):
    monkeypatch.setattr(tool.sys, "platform", "linux")
    monkeypatch.setattr(tool.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(tool.sysconfig, "get_path", lambda _: str(tmp_path))
    assert tool.requirements() == []
    (tmp_path / "Python.h").touch()
    assert tool.requirements() == [tool.ZIG]
    for name, value in (("DULY_NATIVE", "off"), ("CXX", "mine")):
        with monkeypatch.context() as here:
            here.setenv(name, value)
            assert tool.requirements() == []
    with monkeypatch.context() as here:
        here.setattr(tool.platform, "machine", lambda: "mips")
        assert tool.requirements() == []
    install(tmp_path, "g++")
    assert tool.requirements() == []


def test_only_what_has_changed_is_compiled_again(tool, tmp_path):
    install(tmp_path, "c++")
    first = tool.build().file
    assert compiled(tmp_path) == {"one.cc", "two.cc"}
    assert tool.build().file == first
    assert compiled(tmp_path) == set()
    write(tmp_path, "shared.h", "// changed\n")
    second = tool.build().file
    assert compiled(tmp_path) == {"one.cc"}
    assert second != first and second.exists() and not first.exists()
    assert len(list(second.parent.glob("*.o"))) == 2


def test_a_warning_is_remembered_with_what_was_compiled(tool, tmp_path, monkeypatch, capsys):
    install(tmp_path, "c++")
    write(tmp_path, "two.cc", "careful")
    monkeypatch.setattr(sys, "argv", ["hatch_build.py", "--check"])
    for _ in range(2):
        assert tool.main() == 1
        assert "warning: careful" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["hatch_build.py"])
    assert tool.main() == 0
    write(tmp_path, "two.cc", "")
    monkeypatch.setattr(sys, "argv", ["hatch_build.py", "--check"])
    assert tool.main() == 0


def test_why_there_is_no_core_is_told_on_one_line(tool, tmp_path, monkeypatch, capsys):
    install(tmp_path, "c++")
    write(tmp_path, "one.cc", "wrong")
    assert tool.told() is None
    (line,) = capsys.readouterr().err.splitlines()
    assert "pure Python" in line and "one.cc:1: error: that is wrong" in line and "CXX" in line
    monkeypatch.setenv("DULY_NATIVE", "require")
    with pytest.raises(SystemExit, match=r"DULY_NATIVE=require.*that is wrong"):
        tool.told()


def test_headers_that_are_missing_are_named(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool.sysconfig, "get_path", lambda _: str(tmp_path))
    with pytest.raises(tool.Unavailable, match=r"Python\.h.*python3-dev"):
        tool.includes()
    (tmp_path / "Python.h").touch()
    monkeypatch.setattr(tool, "find_spec", lambda _: None)
    with pytest.raises(tool.Unavailable, match="pip install pybind11"):
        tool.includes()


def wheel(folder, **environment):
    """Build a wheel of the repository as it is."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    inherited = {name: value for name, value in os.environ.items() if name != "DULY_NATIVE"}
    return subprocess.run(command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, check=False)


def test_without_a_compiler_the_wheel_is_pure_python_and_works(tmp_path):
    done = wheel(tmp_path, CXX="/nonexistent")
    assert done.returncode == 0 and "pure Python" in done.stderr, done.stderr
    (file,) = tmp_path.glob("*.whl")
    assert file.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".so")]
        archive.extractall(tmp_path / "installed")
    script = "import duly.native, duly.__main__; print(duly.native.LOADED, duly.native.__file__)"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    said = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", str(tmp_path / "installed" / "duly" / "native" / "__init__.py")]


def test_a_wheel_that_has_to_have_the_core_is_not_made_without(tmp_path):
    done = wheel(tmp_path, CXX="/nonexistent", DULY_NATIVE="require")
    assert done.returncode != 0 and "/nonexistent" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_wheel_with_the_core_says_for_which_machine_it_is(tmp_path):
    done = wheel(tmp_path)
    if "no compiled core" in done.stderr:
        pytest.skip(done.stderr)
    (file,) = tmp_path.glob("*.whl")
    version = f"cp{sys.version_info.major}{sys.version_info.minor}"
    assert f"-{version}-{version}-" in file.name and not file.name.endswith("-any.whl")
    with zipfile.ZipFile(file) as archive:
        assert f"duly/_native{sysconfig.get_config_var('EXT_SUFFIX')}" in archive.namelist()
