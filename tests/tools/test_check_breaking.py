"""The check that protos keep their promises, in a repository of the test's own."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROTO = 'syntax = "proto3";\n\npackage shop.v1;\n\nmessage Order {\n  string order_id = 1;\n  int64 total = 2;\n}\n'


@pytest.fixture
def check(tmp_path, monkeypatch):
    """The tool, about a repository whose first commit has one proto."""
    if not shutil.which("git") or not Path(sys.executable).with_name("buf").exists():
        pytest.skip("this needs git and buf")
    spec = importlib.util.spec_from_file_location("check_breaking", ROOT / "tools" / "check_breaking.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "protos" / "shop" / "v1").mkdir(parents=True)
    shutil.copy(ROOT / "protos" / "buf.yaml", tmp_path / "protos")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, PROTO)
    return tool


def git(folder, *arguments):
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def write(folder, text):
    (folder / "protos" / "shop" / "v1" / "shop.proto").write_text(text)


def commit(folder, text):
    write(folder, text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")


def test_what_is_added_breaks_nobody(check, tmp_path):
    write(tmp_path, PROTO.replace("}", "  string note = 3;\n}"))
    assert check.main() == 0


def test_a_field_that_changes_its_number_is_found_before_and_after_its_commit(check, tmp_path, capfd):
    changed = PROTO.replace("total = 2", "total = 3")
    write(tmp_path, changed)
    assert check.main() != 0
    commit(tmp_path, changed)
    assert check.main() != 0
    assert "break clients" in capfd.readouterr().err
    commit(tmp_path, changed)
    assert check.main() == 0


def test_the_newest_tag_is_kept_to_however_long_ago(check, tmp_path):
    git(tmp_path, "tag", "v1")
    changed = PROTO.replace("int64 total", "string total")
    for _ in range(3):
        commit(tmp_path, changed)
    assert check.main() != 0


def test_where_git_knows_of_nothing_it_is_said(check, tmp_path, capsys):
    shutil.rmtree(tmp_path / ".git")
    assert check.main() == 0
    assert "git knows of none" in capsys.readouterr().out
