"""`duly test` as people call it."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from duly.cli.guard import run

PASSING = """rule evening when E where n = 1 at 18:00 local
test "it waits"
  2024-05-01 10:00  ada: E n 1
  expect ada: defer evening until 2024-05-01 18:00
"""
FAILING = (
    PASSING
    + """test "it <does> & more"
  2024-05-01 18:00  ada: E n 1
  expect ada: suppress evening because capped
"""
)


@pytest.fixture
def duly(capfd, monkeypatch, tmp_path):
    """Calls `duly test` in an empty folder; the exit code and both outputs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def call(*arguments):
        capfd.readouterr()
        code = run(["test", *arguments])
        return (code, *capfd.readouterr())

    return call


def write(text, name="rules.duly"):
    Path(name).write_bytes(text.encode())
    return name


def test_all_passed(duly):
    code, out, err = duly(write(PASSING))
    assert (code, err) == (0, "")
    assert "1 test with 1 expectation: all passed\n" in out
    assert out.endswith("coverage: 33.3% (2 of 6 points)\n")


def test_a_failure_is_shown_with_its_line_and_the_one_that_would_have_held(duly):
    code, out, _ = duly(write(FAILING))
    assert code == 1
    shown = out.splitlines()
    assert shown[0] == "rules.duly:5:1: test `it <does> & more` failed"
    assert shown[2:8] == [
        "rules.duly:7:3: this was expected and did not happen",
        "  |",
        "7 |   expect ada: suppress evening because capped",
        "  |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "  - expect ada: suppress evening because capped",
        "  + expect ada: notify evening",
    ]
    assert shown[8] == "  = evening notified the user: every gate is open"
    assert shown[9] == "    match       pass   the condition is true"
    assert "2 tests with 2 expectations: 1 failed" in shown
    assert "\x1b" not in out


def test_only_tests_of_a_name(duly):
    code, out, _ = duly(write(FAILING), "-k", "WAITS")
    assert code == 0 and "1 test with" in out
    code, _, err = duly("rules.duly", "-k", "nonsense")
    assert code == 2 and "`nonsense`" in err


def test_coverage_may_be_demanded(duly):
    assert duly(write(PASSING), "--coverage-fail-under", "33")[0] == 0
    code, _, err = duly("rules.duly", "--coverage-fail-under", "34")
    assert (code, err) == (1, "the tests cover 33.3%, less than 34%\n")


def test_json(duly):
    code, out, _ = duly(write(FAILING), "--json")
    result = json.loads(out)
    assert code == 1
    assert result["summary"] == {"tests": 2, "passed": 1, "failed": 1, "expectations": 2}
    (miss,) = result["tests"][1]["misses"]
    assert (miss["file"], miss["line"], miss["column"]) == ("rules.duly", 7, 3)
    assert miss["correct"] == ["expect ada: notify evening"]
    (happened,) = miss["happened"]
    assert (happened["verdict"], happened["reason"], len(happened["gates"])) == ("NOTIFY", "due", 9)
    assert result["coverage"]["points"] == 6
    assert result["coverage"]["gaps"][0]["rule"] == "evening"


def test_junit(duly):
    code, _, _ = duly(write(FAILING), "--junit", "results.xml")
    assert code == 1
    root = ET.parse("results.xml").getroot()
    assert root.attrib == {"name": "duly test", "tests": "2", "failures": "1", "errors": "0"}
    passed, failed = root.iter("testcase")
    assert (passed.get("name"), len(passed)) == ("it waits", 0)
    assert (failed.get("name"), failed.get("file"), failed.get("line")) == ("it <does> & more", "rules.duly", "5")
    assert "+ expect ada: notify evening" in failed.find("failure").text


def test_update_rewrites_what_missed_and_nothing_else(duly):
    mark = "\ufeff"
    code, out, err = duly(write(mark + FAILING), "--update")
    assert (code, err) == (0, "rewrote 1 expectation in 1 file\n")
    assert "all passed" in out
    fixed = FAILING.replace("suppress evening because capped", "notify evening")
    assert Path("rules.duly").read_bytes().decode() == mark + fixed
    assert duly("rules.duly", "--update")[0] == 0
    assert Path("rules.duly").read_bytes().decode() == mark + fixed


def test_update_needs_a_file(duly):
    assert duly("-", "--update")[0] == 2


def test_rules_with_errors_are_not_run(duly):
    code, out, err = duly(write(PASSING.replace("n = 1", "n = ")))
    assert (code, out) == (2, "")
    assert "rules.duly:1:" in err and "error" in err


def test_files_without_tests_are_refused(duly):
    code, _, err = duly(write("rule one when E\n"))
    assert (code, err) == (2, "duly: there are no tests in these files\n")


def test_a_folder_is_one_rule_set(duly):
    Path("all").mkdir()
    write("rule evening when E where n = 1 at 18:00 local\n", "all/rules.duly")
    write(PASSING.partition("\n")[2], "all/tests.duly")
    assert duly("all")[0] == 0
