"""`duly format` changes the layout of files and nothing else."""

from tests.cli.conftest import SENTENCE

UNTIDY = "when   Product Sale where user saved product,at 18:00 local,max 1/day\n"


def test_files_are_changed_in_place_and_links_and_permissions_stay(duly, tmp_path):
    (tmp_path / "real.duly").write_text(UNTIDY)
    (tmp_path / "real.duly").chmod(0o640)
    (tmp_path / "link.duly").symlink_to("real.duly")
    outcome = duly("format", "link.duly")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "changed 1 file of 1\n")
    assert (tmp_path / "real.duly").read_text() == SENTENCE
    assert (tmp_path / "link.duly").is_symlink()
    assert (tmp_path / "real.duly").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.duly", "real.duly"]
    assert duly("format", ".").err == "changed 0 files of 2\n"


def test_check_changes_nothing_and_fails(duly, tmp_path, sentence):
    (tmp_path / "untidy.duly").write_text(UNTIDY)
    outcome = duly("format", ".", "--check")
    assert (outcome.code, outcome.err) == (1, "would change untidy.duly\nwould change 1 file of 2\n")
    assert (tmp_path / "untidy.duly").read_text() == UNTIDY
    assert duly("format", sentence, "--check").code == 0


def test_diff_shows_the_change(duly, tmp_path):
    (tmp_path / "untidy.duly").write_text(UNTIDY)
    outcome = duly("format", "untidy.duly", "--diff")
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "--- untidy.duly",
        "+++ untidy.duly",
        "@@ -1 +1 @@",
        f"-{UNTIDY.rstrip()}",
        f"+{SENTENCE.rstrip()}",
    ]


def test_the_standard_input_is_written_to_the_standard_output(duly):
    assert duly("format", "-", stdin=UNTIDY.encode()).out == SENTENCE


def test_a_file_with_a_syntax_error_is_reported_and_left(duly, tmp_path):
    (tmp_path / "bad.duly").write_text("when   where\n")
    (tmp_path / "untidy.duly").write_text(UNTIDY)
    outcome = duly("format", "bad.duly", "untidy.duly")
    assert outcome.code == 1
    assert "bad.duly:1:" in outcome.err
    assert (tmp_path / "bad.duly").read_text() == "when   where\n"
    assert (tmp_path / "untidy.duly").read_text() == SENTENCE
    assert duly("format", "-", stdin=b"when   where\n").out == "when   where\n"
