"""
Which rules are in force, kept in the store so that a restart and every other process serve the same ones.

Files given at the start are published then if they differ from those given at the start before; otherwise what was
published since, by whomever, stays in force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from duly.engine.published import Published, list_versions, load_current, load_number, save_published
from duly.engine.store import Conflict, Store
from duly.meaning.model import RuleSet
from duly.planning.compile import compile_plan
from duly.planning.plan import Plan
from duly.service.errors import NotFound, StaleEtag
from duly.service.rule_changes import RuleChange, rule_changes
from duly.service.rule_files import Files, Reading, etag_of, read_files
from duly.service.settings import StartRefused

AT_START = "given at the start of the server"

_PAGE = 100


class StartRulesInvalid(StartRefused):
    """The rules given at the start have errors: `reading.diagnostics`."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(f"the rules have {len(reading.errors)} errors")
        self.reading = reading


@dataclass(frozen=True, slots=True)
class Version:
    """A published version; number 0 is that of the empty rule set before the first."""

    number: int
    published: Published

    @property
    def files(self) -> Files:
        """Its files as (name, content)."""
        return [(name, text.encode()) for name, text in self.published.files]

    @property
    def etag(self) -> str:
        """Stands for its content."""
        return etag_of(self.files)


NOTHING = Version(0, Published("", [], 0))


class Publication:
    """The rules in force in one process; `adopt` is told each new plan. Any thread may call any method."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store, self._clock = store, clock
        self._lock = Lock()
        self._version = NOTHING
        self._rule_set = RuleSet()
        self._counts: dict[int, int] = {}
        self.adopt: Callable[[Plan], None] = _ignore

    @property
    def version(self) -> Version:
        """The version in force."""
        return self._version

    def start(self, files: Files) -> Plan:
        """The plan to start with; raises `StartRulesInvalid` when the files given have errors."""
        self._version = self._stored()
        before = self._given_before() if files else self._version
        if not files or (before is not None and etag_of(files) == before.etag):
            return self._take(self._version, read_files(self._version.files))
        reading = read_files(files)
        if reading.errors:
            raise StartRulesInvalid(reading)
        return self._take(self._save(files, AT_START), reading)

    def publish(self, files: Files, etag: str, note: str, reading: Reading) -> tuple[Version, list[RuleChange]]:
        """
        Put a rule set without errors in force, everywhere and durably; the version and what it changes.

        Raises `StaleEtag` when `etag` is not that of the version in force; an empty one replaces whatever is.
        """
        with self._lock:
            changes = self._compare(etag, reading)
            try:
                version = self._save(files, note)
            except Conflict:
                raise StaleEtag("other rules were published at the same moment; read them and try again") from None
            self.adopt(self._take(version, reading))
            return version, changes

    def compare(self, etag: str, reading: Reading) -> list[RuleChange]:
        """What publishing would change; raises `StaleEtag` as `publish` does."""
        with self._lock:
            return self._compare(etag, reading)

    def refresh(self) -> None:
        """Adopt what another process published."""
        with self._lock:
            self._refresh()

    def named(self, name: str) -> Version:
        """The version of this name; raises `NotFound`."""
        number = name.partition("-")[0]
        found = load_number(self._store, int(number)) if number.isdecimal() and len(number) < 12 else None
        if found is None or found.version != name:
            raise NotFound(f"no version of the rules is called `{name}`")
        return Version(int(number), found)

    def versions(self, before: int | None, limit: int) -> list[Version]:
        """Versions, newest first, older than the number `before`."""
        return [Version(number, published) for number, published in list_versions(self._store, before, limit)]

    def rule_count(self, version: Version) -> int:
        """How many rules a version has."""
        if version.number == self._version.number:
            return len(self._rule_set.rules)
        if version.number not in self._counts:
            self._counts[version.number] = len(read_files(version.files).rule_set.rules)
        return self._counts[version.number]

    def _compare(self, etag: str, reading: Reading) -> list[RuleChange]:
        self._refresh()
        if etag and etag != self._version.etag:
            raise StaleEtag("the rules have changed since this etag was given out; read them and try again")
        return list(rule_changes(self._rule_set, reading.rule_set, self._clock()))

    def _refresh(self) -> None:
        stored = self._stored()
        if stored.number != self._version.number:
            self.adopt(self._take(stored, read_files(stored.files)))

    def _stored(self) -> Version:
        found = load_current(self._store)
        return NOTHING if found is None else Version(found[1], found[0])

    def _given_before(self) -> Version | None:
        """The newest version that was published at the start of a server."""
        before = None
        while page := self.versions(before, _PAGE):
            for version in page:
                if version.published.note == AT_START:
                    return version
            before = page[-1].number
        return None

    def _save(self, files: Files, note: str) -> Version:
        """Number and store the next version; raises `Conflict` when somebody else took the number."""
        expected = self._version.number
        texts = [(name, content.decode()) for name, content in sorted(files)]
        published = Published(f"{expected + 1}-{etag_of(files)[:8]}", texts, self._clock(), note)
        save_published(self._store, published, expected)
        return Version(expected + 1, published)

    def _take(self, version: Version, reading: Reading) -> Plan:
        self._version, self._rule_set = version, reading.rule_set
        return compile_plan(reading.rule_set, version.published.version)


def _ignore(_plan: Plan) -> None:
    """Nobody decides by the rules yet."""
