"""Packages of Node, installed once for each lock file and kept beside the tests."""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[1] / ".cache" / "node"


def modules(project):
    """The folder of the packages that the lock file in the folder `project` names; skips where there is no Node."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("this needs node and npm")
    folder = CACHE / sha256((project / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not folder.exists():
        _install(project, folder)
    return folder / "node_modules"


def _install(project, folder):
    """Install beside the folder and move there at once: other workers may be doing the same."""
    fresh = folder.with_name(f"{folder.name}-{os.getpid()}")
    fresh.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(project / name, fresh)
    # Not `npm ci`: a lock file that was made where some platforms' binaries are missing would not do for it. What is
    # optional is RudderStack's queue in Redis.
    command = ["npm", "install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, check=False, cwd=fresh, capture_output=True, text=True, timeout=120)
    if done.returncode == 0 and not folder.exists():
        fresh.rename(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    if done.returncode:
        pytest.skip(f"npm could not install the packages of {project.name}: {done.stderr[:300]}")
