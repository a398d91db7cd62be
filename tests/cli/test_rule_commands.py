"""`duly lint`, `plan`, `prelude` and `version`: what needs no service."""

import fcntl
import json
import os
import signal
import termios
import threading

import pytest

from duly import __version__, native
from tests.cli.conftest import BROKEN, SENTENCE


def test_the_sentence_alone_is_clean(duly, sentence):
    outcome = duly("lint", sentence)
    assert (outcome.code, outcome.out) == (0, "no problems in 1 file\n")


def test_all_problems_of_all_files_are_reported_with_their_places(duly, tmp_path):
    (tmp_path / "rules" / "more").mkdir(parents=True)
    (tmp_path / "rules" / "one.duly").write_text(BROKEN)
    (tmp_path / "rules" / "more" / "two.duly").write_text(f"# late\n{BROKEN}")
    (tmp_path / "rules" / "good.duly").write_text(SENTENCE)
    (tmp_path / "rules" / ".hidden.duly").write_text("nonsense")
    outcome = duly("lint", "rules")
    assert outcome.code == 1
    assert "rules/more/two.duly:2:30: error: " in outcome.out
    assert "rules/one.duly:1:30: error: " in outcome.out
    assert "1 | when Product Sale where user savd product" in outcome.out
    assert "  |                              ^^^^" in outcome.out
    assert "hint: did you mean `saved`?" in outcome.out
    assert outcome.out.endswith("2 errors in 3 files\n")
    assert "\x1b" not in outcome.out


def test_lint_reads_the_standard_input(duly):
    outcome = duly("lint", "-", "--stdin-filename", "editor.duly", "--output-format", "concise", stdin=BROKEN.encode())
    assert outcome.code == 1
    assert outcome.out.startswith("editor.duly:1:30: error: ")


def test_json_is_the_same_as_the_json_format(duly, sentence):
    sentence.write_text(BROKEN)
    outcome = duly("lint", sentence, "--json")
    assert outcome.out == duly("lint", sentence, "--output-format", "json").out
    assert json.loads(outcome.out)["summary"]["error"] == 1


def test_a_file_that_is_not_utf_8_is_named_with_the_byte(duly, tmp_path):
    (tmp_path / "latin.duly").write_bytes(SENTENCE.encode() + b"# caf\xe9\n")
    outcome = duly("lint", "latin.duly")
    assert outcome.code == 2
    assert "latin.duly:2:6: error: the file is not UTF-8" in outcome.out


def test_a_file_of_ten_megabytes_is_refused_quickly(duly, tmp_path):
    (tmp_path / "big.duly").write_bytes(b"(" * 10_000_000)
    outcome = duly("lint", "big.duly")
    assert outcome.code == 2
    assert "[file-too-long]" in outcome.out
    assert len(outcome.out) < 1_000


@pytest.mark.parametrize("command", ["lint", "plan", "format", "serve", "publish"])
def test_a_missing_file_is_one_clear_line(duly, command):
    outcome = duly(command, "nowhere.duly")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "duly: cannot read nowhere.duly: no such file or directory\n"


def test_a_folder_without_rules_is_refused(duly, tmp_path):
    (tmp_path / "rules").mkdir()
    outcome = duly("lint", "rules")
    assert (outcome.code, outcome.err) == (2, "duly: there are no .duly files in rules\n")


def test_a_misspelt_command_is_corrected(duly):
    outcome = duly("lnt")
    assert outcome.code == 2
    assert "did you mean `lint`?" in outcome.err


def test_plan_shows_the_index_the_reads_and_every_gate(duly, sentence):
    outcome = duly("plan", sentence)
    assert outcome.code == 0
    lines = [" ".join(line.split()) for line in outcome.out.splitlines()]
    assert "found by event index: Product Sale, every one" in lines
    assert "audience fan-out over the reverse index of saved by product_id, paged" in lines
    assert "7 time at 18:00 local, for 1 hour" in lines
    assert "8 caps max 1/day" in lines


def test_plan_names_the_property_index_and_the_house(duly):
    rules = b"""
timezone "America/New_York"
quiet 22:00 to 08:00 local
gap 2 hours
limit total 3/day
holdout 2% seed "house"
category deals "Deals": opt in

rule sale "A sale"
  when Product Sale where user saved product and sku in ("a", "b") and count of Order Completed in last 90 days >= 3
  in category deals
  between 09:00 and 21:00 local, on weekdays, after 5 minutes
  max 1 per 12 hours, or wait 1 day
  expires after 2 days
  unless Order Completed
  send "{name} is {discount} off, {user.first}"
"""
    plan = json.loads(duly("plan", "-", "--json", stdin=rules).out)
    (rule,) = plan["rules"]
    assert rule["lookups"] == [{"kind": "event", "name": "Product Sale", "property": "sku", "values": ['"a"', '"b"']}]
    assert {(read["kind"], read["name"]) for read in rule["reads"]} >= {
        ("relation", "saved"),
        ("property", "sku"),
        ("property", "discount"),
        ("trait", "first"),
        ("history", "Order Completed"),
    }
    demands = {gate["name"]: gate["demands"] for gate in rule["gates"]}
    assert demands["holdout"] == ['not in the 2% of "house"']
    assert demands["consent"] == ["subscribed for deals by push"]
    assert demands["cancelled"] == ["unless Order Completed"]
    assert demands["expiry"] == ["within 2 days of event time"]
    assert demands["time"] == [
        "after 5 minutes",
        "between 09:00 and 21:00 local",
        "on Mon, Tue, Wed, Thu, Fri",
        "not in quiet 22:00 to 08:00 local",
        "gap 2 hours",
    ]
    assert demands["caps"] == ["max 1 per 12 hours", "limit total 3/day", "or wait 1 day"]
    assert 'timezone "America/New_York"' in plan["house"]
    assert ["history", "Order Completed", "90 days back"] in [
        [kept["kind"], kept["name"], kept["detail"]] for kept in plan["keeps"]
    ]


def test_plan_of_bad_rules_is_their_diagnostics(duly, sentence):
    sentence.write_text(BROKEN)
    outcome = duly("plan", sentence)
    assert (outcome.code, outcome.out) == (1, "")
    assert "there is no relation `savd`" in outcome.err


def test_the_prelude_is_written_in_the_language(duly, tmp_path):
    text = duly("prelude").out
    assert "event Product Sale about product" in text
    (tmp_path / "prelude.duly").write_text(text)
    assert duly("lint", "prelude.duly").code == 0


def test_the_version_comes_with_that_of_the_zone_data(duly):
    import tzdata

    core = "compiled core" if native.LOADED else "no compiled core"
    line = f"duly {__version__} (tzdata {tzdata.IANA_VERSION}, {core})\n"
    assert duly("--version").out == duly("version").out == line
    told = {"duly": __version__, "tzdata": tzdata.IANA_VERSION, "native": native.LOADED}
    assert json.loads(duly("version", "--json").out) == told


def test_settings_come_from_options_then_variables_then_the_file(duly, sentence, monkeypatch):
    sentence.write_text(BROKEN)
    sentence.with_name("duly.toml").write_text('[lint]\noutput-format = "github"\n')
    assert duly("lint", sentence).out.startswith("::error ")
    monkeypatch.setenv("DULY_OUTPUT_FORMAT", "junit")
    assert duly("lint", sentence).out.startswith("<?xml")
    assert duly("lint", sentence, "--output-format", "gitlab").out.startswith("[")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[lint]\nouput_format = 1\n", "duly: duly.toml: [lint] has no setting `ouput_format`\n"),
        ("[lnt]\n", "duly: duly.toml: there is no command `lnt`\n"),
        ("format = 1\n", "duly: duly.toml: `format` stands outside of any table\n"),
        ("[lint\n", "duly: duly.toml is not valid TOML: "),
    ],
)
def test_a_bad_file_of_settings_is_refused(duly, sentence, text, message):
    sentence.with_name("duly.toml").write_text(text)
    outcome = duly("lint", sentence)
    assert outcome.code == 2
    assert outcome.err.startswith(message)


def test_an_error_nobody_foresaw_is_one_line(duly, sentence, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of\nluck")

    monkeypatch.setattr("duly.cli.lint.look.read_files", fail)
    outcome = duly("lint", sentence)
    assert outcome.code == 2
    assert outcome.err.startswith("duly: internal error: RuntimeError: out of luck; ")
    assert outcome.err.count("\n") == 1
    monkeypatch.setenv("DULY_DEBUG", "1")
    with pytest.raises(RuntimeError, match="luck"):
        duly("lint", sentence)


def test_a_closed_pipe_is_no_error(process, sentence):
    reading, writing = os.pipe()
    os.close(reading)
    lint = process("lint", sentence, stdout=writing)
    os.close(writing)
    assert lint.communicate()[1] == ""
    assert lint.returncode == 141


def test_an_interrupt_ends_quietly(process, monkeypatch):
    # A shell may have started the tests with interrupts ignored, which processes inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    reading, writing = os.pipe()
    try:
        lint = process("lint", "-", stdin=reading)
        os.write(writing, b"when")
        _wait_until_read(reading, lint)
        lint.send_signal(signal.SIGINT)
        _, err = lint.communicate(timeout=30)
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(reading)
        os.close(writing)
    assert lint.returncode == 130
    assert "Traceback" not in err


def _wait_until_read(pipe, reader):
    """Until somebody has taken what was written into a pipe."""
    waiting = bytearray(4)
    while fcntl.ioctl(pipe, termios.FIONREAD, waiting) == 0 and any(waiting) and reader.poll() is None:
        threading.Event().wait(0.01)
