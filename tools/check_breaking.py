"""Checks that no change of `protos` breaks a client: against the newest tag, the last commit and the one before it."""

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUF = Path(sys.executable).with_name("buf")


def main() -> int:
    """Compare with every base there is; the exit code of `buf`, or 0 outside of a repository."""
    bases = found_bases()
    if not bases:
        print("the protos are not compared with earlier ones: git knows of none")
    return max((compared(base) for base in bases), default=0)


def found_bases() -> list[str]:
    """List the commits to compare with, each once; a shallow clone or a first commit has fewer."""
    tag = git("describe", "--tags", "--abbrev=0")
    names = [tag.decode().strip()] if tag else []
    commits = [git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") for name in [*names, "HEAD", "HEAD~1"]]
    return list(dict.fromkeys(commit.decode().strip() for commit in commits if commit))


def compared(base: str) -> int:
    """Run `buf breaking` against the protos of a commit; the exit code."""
    archive = git("archive", "--format=zip", base, "protos")
    if not archive:
        return 0  # that commit had none
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        command = [str(BUF), "breaking", "protos", "--against", f"{folder}/protos"]
        done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603
    if done.returncode:
        print(f"these changes since {base[:12]} break clients", file=sys.stderr)
    return done.returncode


def git(*arguments: str) -> bytes:
    """Ask git; empty when there is no answer."""
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError):
        return b""


if __name__ == "__main__":
    sys.exit(main())
