"""`duly lint`: what it selects, ignores, fixes, remembers and prints."""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from duly.cli.lint.changes import changes

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
UNCAPPED = "rule {name}\n  when Product Sale where user saved product\n"
ONLY = ("--select", "uncapped-rule,hygiene", "--output-format", "concise")
MISSPELT = "# duly: ignore[uncaped-rule]\n" + UNCAPPED.format(name="a")


def codes(outcome):
    return [line.rsplit("[", 1)[1].rstrip("]") for line in outcome.out.splitlines() if line.endswith("]")]


@pytest.fixture
def rules(tmp_path):
    """Writes a rule file and gives its path."""

    def write(text, name="rules.duly"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    return write


def test_findings_of_the_checker_and_of_lint_rules_stand_together_in_order(duly, rules):
    rules(UNCAPPED.format(name="a") + "rule b\n  when Product Sale where user savd product\n")
    assert codes(duly("lint", "rules.duly", *ONLY)) == ["uncapped-rule", "unknown-relation"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (("--select", "uncapped-rule"), ["uncapped-rule"]),
        (("--select", "frequency", "--ignore", "uncapped-rule"), []),
        (("--select", "uncapped-rule", "--ignore", "frequency"), ["uncapped-rule"]),
        (("--select", "uncapped-rule", "--ignore", "all"), ["uncapped-rule"]),
        (("--select", "uncapped-rule", "--severity", "uncapped-rule=off"), []),
    ],
)
def test_names_count_more_than_groups(duly, rules, chosen, expected):
    rules(UNCAPPED.format(name="a"))
    assert codes(duly("lint", "rules.duly", "--output-format", "concise", *chosen)) == expected


@pytest.mark.parametrize(("level", "code"), [("error", 1), ("warning", 1), ("advice", 0)])
def test_the_exit_code_goes_by_the_severity_that_was_asked_for(duly, rules, level, code):
    rules(UNCAPPED.format(name="a"))
    outcome = duly("lint", "rules.duly", *ONLY, "--severity", f"uncapped-rule={level}")
    assert outcome.code == code
    assert f" {level}: " in outcome.out
    assert duly("lint", "rules.duly", *ONLY, "--fail-on", "error").code == 0


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--select", "uncaped-rule"), "did you mean `uncapped-rule`?"),
        (("--ignore", "zzz"), "`duly rule` lists"),
        (("--severity", "uncapped-rule=bad"), "none of error, warning, advice, off"),
        (("--baseline", "nowhere.json"), "--write-baseline"),
        (("--changed-since", "HEAD"), "is not in a git repository"),
        (("--watch", "--fix"), "--watch only looks"),
    ],
)
def test_what_cannot_be_done_is_said(duly, rules, arguments, hint):
    rules(UNCAPPED.format(name="a"))
    outcome = duly("lint", "rules.duly", *arguments)
    assert outcome.code == 2
    assert hint in outcome.err


def test_settings_of_lint_rules_stand_in_the_file(duly, rules):
    rules(UNCAPPED.format(name="a"))
    rules('[lint]\nselect = ["uncapped-rule"]\n[lint.severity]\nuncapped-rule = "error"\n', "duly.toml")
    assert ": error: " in duly("lint", "rules.duly", "--output-format", "concise").out
    rules("[lint.options.uncaped-rule]\nmost = 3\n", "duly.toml")
    assert duly("lint", "rules.duly").code == 2


# --- comments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "# duly: ignore[uncapped-rule]\n" + UNCAPPED.format(name="a"),
        "rule a  # duly: ignore[uncapped-rule]\n  when Product Sale where user saved product\n",
        "# duly: ignore[uncapped-rule]\n\n" + UNCAPPED.format(name="a") + UNCAPPED.format(name="b"),
        "# what it is for\n#duly:ignore[ uncapped-rule ] until 2999-01-01, said ada\n" + UNCAPPED.format(name="a"),
    ],
)
def test_a_comment_ignores_the_line_the_statement_or_the_file(duly, rules, text):
    rules(text)
    assert codes(duly("lint", "rules.duly", *ONLY)) == []


def test_a_comment_is_for_nothing_but_its_place(duly, rules):
    rules("# duly: ignore[uncapped-rule]\n" + UNCAPPED.format(name="a") + UNCAPPED.format(name="b"))
    outcome = duly("lint", "rules.duly", *ONLY)
    assert codes(outcome) == ["uncapped-rule"]
    assert "`b`" in outcome.out


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("ignore[uncapped-rule] until 2020-01-01", ["expired-ignore", "uncapped-rule"]),
        ("ignore[uncaped-rule]", ["unknown-ignore", "uncapped-rule"]),
        ("ignore", ["unnamed-ignore", "uncapped-rule"]),
        ("ignore[uncapped-rule] until May", ["malformed-ignore", "uncapped-rule"]),
        ("ignore[uncapped-rule] until", ["malformed-ignore", "uncapped-rule"]),
        ("disable[uncapped-rule]", ["malformed-ignore", "uncapped-rule"]),
        ("ignore[uncapped-rule, late-night]", ["unknown-ignore"]),
    ],
)
def test_comments_that_do_not_work_are_findings(duly, rules, comment, expected):
    rules(f"# duly: {comment}\n" + UNCAPPED.format(name="a"))
    assert codes(duly("lint", "rules.duly", *ONLY)) == expected


def test_until_holds_through_its_day(duly, rules, monkeypatch):
    today = datetime.now(UTC).date()
    monkeypatch.setattr("duly.cli.lint_command._today", lambda: today)
    for day, expected in ((today, []), (today - timedelta(days=1), ["expired-ignore", "uncapped-rule"])):
        rules(f"# duly: ignore[uncapped-rule] until {day}\n" + UNCAPPED.format(name="a"))
        assert codes(duly("lint", "rules.duly", *ONLY)) == expected


def test_an_unused_ignore_is_a_finding_and_goes_away_with_fix(duly, rules):
    path = rules("rule a\n  when Product Sale where user saved product\n  max 1/day  # duly: ignore[uncapped-rule]\n")
    assert codes(duly("lint", "rules.duly", *ONLY)) == ["unused-ignore"]
    assert duly("lint", "rules.duly", *ONLY, "--fix").code == 0
    assert path.read_text() == "rule a\n  when Product Sale where user saved product\n  max 1/day\n"


def test_an_error_of_the_checker_cannot_be_ignored(duly, rules):
    rules("# duly: ignore[unknown-relation]\nrule a\n  when Product Sale where user savd product\n  max 1/day\n")
    outcome = duly("lint", "rules.duly", *ONLY)
    assert codes(outcome) == ["unknown-ignore", "unknown-relation"]
    assert "errors cannot be ignored" in outcome.out


# --- fixes ------------------------------------------------------------------------------------------------------------


def test_fix_writes_and_tells_what_it_did(duly, rules):
    path = rules(MISSPELT)
    outcome = duly("lint", "rules.duly", *ONLY, "--fix")
    assert outcome.code == 0
    assert path.read_text() == MISSPELT.replace("uncaped", "uncapped")
    assert outcome.err == "fixed 1 finding in 1 file: unknown-ignore\n"
    assert duly("lint", "rules.duly", *ONLY, "--fix").err == "fixed 0 findings in 0 files\n"


def test_diff_shows_and_writes_nothing(duly, rules):
    path = rules(MISSPELT)
    outcome = duly("lint", "rules.duly", *ONLY, "--diff")
    assert outcome.code == 1
    assert "-# duly: ignore[uncaped-rule]\n+# duly: ignore[uncapped-rule]\n" in outcome.out
    assert path.read_text() == MISSPELT


def test_fix_of_the_standard_input_is_the_standard_output(duly):
    outcome = duly("lint", "-", *ONLY, "--fix", stdin=MISSPELT.encode())
    assert (outcome.code, outcome.out) == (0, MISSPELT.replace("uncaped", "uncapped"))
    assert "no problems in 1 file" in outcome.err


def test_fix_keeps_the_byte_order_mark_and_line_ends(duly, rules):
    text = "\ufeff" + MISSPELT.replace("\n", "\r\n")
    path = rules(text)
    duly("lint", "rules.duly", *ONLY, "--fix")
    assert path.read_bytes().decode() == text.replace("uncaped", "uncapped")


# --- what is known, and what has changed ------------------------------------------------------------------------------


def test_a_baseline_knows_findings_wherever_their_lines_move(duly, rules):
    path = rules(UNCAPPED.format(name="a"), "folder/rules.duly")
    outcome = duly("lint", "folder", *ONLY, "--write-baseline", "folder/known.json")
    assert (outcome.code, outcome.err) == (0, "wrote 1 finding to folder/known.json\n")
    path.write_text("# moved\n\n\n" + UNCAPPED.format(name="a") + UNCAPPED.format(name="b"))
    outcome = duly("lint", path.absolute(), *ONLY, "--baseline", "folder/known.json")
    assert codes(outcome) == ["uncapped-rule"]
    assert "`b`" in outcome.out


def test_a_baseline_never_hides_an_error_of_the_checker(duly, rules):
    rules("rule a\n  when Product Sale where user savd product\n")
    assert duly("lint", "rules.duly", "--write-baseline", "known.json").code == 1
    assert codes(duly("lint", "rules.duly", *ONLY, "--baseline", "known.json")) == ["unknown-relation"]


@pytest.mark.parametrize("text", ["", "[]", '{"version": 9}', '{"version": 1, "findings": [{}]}'])
def test_a_broken_baseline_is_refused(duly, rules, text):
    rules(UNCAPPED.format(name="a"))
    rules(text, "known.json")
    outcome = duly("lint", "rules.duly", "--baseline", "known.json")
    assert outcome.code == 2
    assert outcome.err.startswith("duly: cannot read known.json: ")


@pytest.fixture
def repository(tmp_path):
    """A repository; the function commits everything."""

    def git(*arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")

    def commit():
        git("add", "-A")
        git("commit", "-q", "-m", "rules")

    return commit


def test_only_statements_that_read_otherwise_count_as_changed(duly, rules, repository):
    path = rules(UNCAPPED.format(name="a") + UNCAPPED.format(name="b"), "some rules/é.duly")
    rules(UNCAPPED.format(name="z"), "some rules/same.duly")
    repository()
    since = (*ONLY, "--changed-since", "HEAD")
    assert codes(duly("lint", "some rules", *since)) == []
    path.write_text("# new\n\n" + UNCAPPED.format(name="b") + "\n" + UNCAPPED.format(name="a") + "  priority 3\n")
    outcome = duly("lint", "some rules", *since)
    assert codes(outcome) == ["uncapped-rule"]
    assert "`a`" in outcome.out
    rules(UNCAPPED.format(name="c"), "some rules/untracked.duly")
    assert len(codes(duly("lint", "some rules", *since))) == 2
    assert duly("lint", "some rules", "--changed-since", "no-such").code == 2


def test_the_standard_input_is_compared_with_the_file_it_stands_for(duly, rules, repository):
    path = rules(UNCAPPED.format(name="a"))
    repository()
    stdin = (UNCAPPED.format(name="a") + UNCAPPED.format(name="b")).encode()
    outcome = duly("lint", "-", "--stdin-filename", path.name, *ONLY, "--changed-since", "HEAD", stdin=stdin)
    assert len(codes(outcome)) == 1
    assert "`b`" in outcome.out


# --- output -----------------------------------------------------------------------------------------------------------


def test_sarif_brings_the_pages_of_its_rules(duly, rules):
    rules(UNCAPPED.format(name="a") + "rule b\n  when Product Sale where user savd product\n")
    document = json.loads(duly("lint", "rules.duly", "--output-format", "sarif").out)
    by_name = {rule["id"]: rule for rule in document["runs"][0]["tool"]["driver"]["rules"]}
    assert by_name["uncapped-rule"]["shortDescription"]["text"].startswith("A rule without a cap")
    assert "**Avoid:**" in by_name["uncapped-rule"]["help"]["markdown"]
    assert by_name["unknown-relation"]["defaultConfiguration"] == {"level": "error"}


@pytest.mark.parametrize(("format", "schema"), [("sarif", "sarif-2.1.0.json"), ("rdjson", "rdf-DiagnosticResult.json")])
def test_what_others_read_fits_their_schemas(duly, rules, format, schema):
    jsonschema = pytest.importorskip("jsonschema")
    if not (SCHEMAS / schema).exists():
        pytest.skip("the schema is not here")
    rules(MISSPELT + "rule b\n  when Product Sale where user savd product\n")
    document = json.loads(duly("lint", "rules.duly", "--output-format", format).out)
    jsonschema.validate(document, json.loads((SCHEMAS / schema).read_text()))


def test_watching_looks_once_and_then_whenever_files_change(duly, rules, monkeypatch):
    path = rules(UNCAPPED.format(name="a"))

    def changing(_paths):
        yield
        path.write_text(UNCAPPED.format(name="a") + "  max 1/day\n")
        yield
        path.unlink()
        yield

    monkeypatch.setattr("duly.cli.lint.changes.changes", changing)
    outcome = duly("lint", "rules.duly", *ONLY, "--watch")
    assert outcome.code == 2
    assert "`a` has no cap" in outcome.out
    assert outcome.out.endswith("no problems in 1 file\n")
    assert "cannot read rules.duly" in outcome.err


def test_the_operating_system_says_when_files_change(rules, monkeypatch):
    watchfiles = pytest.importorskip("watchfiles")
    path = rules(UNCAPPED.format(name="a"))
    asked = []

    def watch(*folders, watch_filter, **_):
        asked.extend(folders)
        names = [str(path), str(path.with_name("notes.txt")), str(path.with_name("plan.json"))]
        yield {(1, name) for name in names if watch_filter(1, name)}

    monkeypatch.setattr(watchfiles, "watch", watch)
    assert len(list(changes([str(path)]))) == 2
    assert asked == [path.parent]


def test_today_is_a_date(duly):
    from duly.cli import lint_command

    assert isinstance(lint_command._today(), date)
