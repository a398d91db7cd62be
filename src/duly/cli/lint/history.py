"""How rule files were at an earlier commit, as git has it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from duly.cli.failure import Failure
from duly.cli.rule_files import SUFFIX
from duly.lint.changed import Earlier, statement_texts


def earlier(names: Iterable[str], elsewhere: Iterable[str], revision: str) -> Earlier:
    """
    What to compare the files called `names` with; `elsewhere` are those whose text is not that of the file on disk.

    Raises `Failure` when there is no git, no repository around a file, or no such revision.
    """
    by_root: dict[Path, dict[str, str]] = {}
    for name in names:
        path = Path(name).absolute()
        root = _root(path)
        by_root.setdefault(root, {})[path.relative_to(root).as_posix()] = name
    same: set[str] = set()
    texts: set[str] = set()
    for root, files in by_root.items():
        found = _Repository(root, revision)
        differing = found.differing() | {inside for inside, name in files.items() if name in set(elsewhere)}
        tracked = found.tracked()
        same |= {name for inside, name in files.items() if inside in tracked and inside not in differing}
        texts |= found.statements(path for path in differing if path in files or path.endswith(SUFFIX))
    return Earlier(frozenset(same), frozenset(texts))


def _root(path: Path) -> Path:
    for folder in path.parents:
        if (folder / ".git").exists():
            return folder
    raise Failure(f"{path.name} is not in a git repository", "--changed-since compares with a commit of one")


class _Repository:
    """One repository, compared with one revision of it."""

    def __init__(self, root: Path, revision: str) -> None:
        self._root = root
        # What starts with a hyphen would be taken for an option.
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", check=False)
        self._commit = found.strip().decode()
        if not self._commit:
            raise Failure(f"git knows no commit `{revision}` in {root}")

    def differing(self) -> set[str]:
        """The files whose content is not that of the revision, those that are gone included."""
        return _names(self._git("diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", self._commit))

    def tracked(self) -> set[str]:
        """The files git looks after."""
        return _names(self._git("ls-files", "-z"))

    def statements(self, paths: Iterable[str]) -> set[str]:
        """The statements of files as they were."""
        return {text for content in self._contents(paths).values() for text in statement_texts(content)}

    def _contents(self, paths: Iterable[str]) -> Mapping[str, str]:
        wanted = [path for path in paths if "\n" not in path]
        asked = "".join(f"{self._commit}:{PurePosixPath(path)}\n" for path in wanted)
        answer = self._git("cat-file", "--batch", input=asked.encode())
        found: dict[str, str] = {}
        place = 0
        for path in wanted:
            head, _, _ = answer[place:].partition(b"\n")
            place += len(head) + 1
            if head.endswith(b" missing"):
                continue
            size = int(head.rsplit(b" ", 1)[1])
            found[path] = answer[place : place + size].decode("utf-8-sig", "replace")
            place += size + 1
        return found

    def _git(self, *arguments: str, input: bytes = b"", check: bool = True) -> bytes:
        command = ["git", "-C", str(self._root), *arguments]
        try:
            done = subprocess.run(command, input=input, capture_output=True, check=False)  # noqa: S603  (no shell)
        except OSError as error:
            raise Failure("--changed-since needs git, and there is none on the PATH") from error
        if check and done.returncode:
            raise Failure(f"git {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout


def _names(listed: bytes) -> set[str]:
    return {name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0") if name}
