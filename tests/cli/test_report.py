"""Every format says the same of the same diagnostics."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from duly.diagnostics import Diagnostic, Edit, Severity
from duly.report.findings import FORMATS, Findings, render
from duly.source import Source, Span

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"


def diagnostic(text, marked, *, name="rules/sale.duly", **others):
    start = text.index(marked)
    given = {"code": "unknown-relation", "message": f"there is no relation `{marked}`", "hint": "did you mean `saved`?"}
    return Diagnostic(Source(name, text), Span(start, start + len(marked)), **(given | others))


def rendered(format, *diagnostics, files=("rules/sale.duly",), colours=False):
    return render(Findings(tuple(diagnostics), files, colours), format)


SAVD = diagnostic("when Product Sale\n  where user savd product\n", "savd")


def test_full_shows_the_line_a_caret_and_the_hint():
    assert rendered("full", SAVD) == (
        "rules/sale.duly:2:14: error: there is no relation `savd` [unknown-relation]\n"
        "  |\n"
        "2 |   where user savd product\n"
        "  |              ^^^^\n"
        "  = hint: did you mean `saved`?\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_full_is_coloured_only_when_asked():
    assert "\x1b" not in rendered("full", SAVD)
    assert "\x1b[1;31m^^^^\x1b[0m" in rendered("full", SAVD, colours=True)


@pytest.mark.parametrize(
    ("before", "shown", "columns"),
    [
        ("\t", "    ", 4),
        ("日本", "日本", 4),
        ("e\u0301", "e\u0301", 1),
        ("\u202e", "<U+202E>", 8),
        ("\x1b", "<U+001B>", 8),
    ],
)
def test_carets_stand_under_the_place_whatever_comes_before_it(before, shown, columns):
    lines = rendered("full", diagnostic(f"{before}savd\n", "savd")).splitlines()
    assert lines[2] == f"1 | {shown}savd"
    assert lines[3] == f"  | {' ' * columns}^^^^"


def test_a_long_line_is_cut_around_the_place():
    text = "a" * 1_000_000 + "savd" + "b" * 1_000_000
    lines = rendered("full", diagnostic(text, "savd")).splitlines()
    assert max(map(len, lines)) < 300
    assert lines[3].index("^") == lines[2].index("savd")


def test_a_place_of_several_lines_is_marked_to_the_end_of_the_first():
    found = diagnostic("when A\n  where x\n", "A\n  where x", message="too much")
    assert rendered("full", found).splitlines()[3] == "  |      ^"


def test_an_empty_place_at_the_end_of_the_file_has_a_caret():
    found = Diagnostic(Source("a.duly", "when"), Span(4, 4), "no-trigger", "what is missing is an event")
    assert rendered("full", found).splitlines()[3] == "  |     ^"


def test_nothing_found_is_said():
    assert rendered("full", files=("a", "b")) == "no problems in 2 files\n"


def test_the_summary_counts_by_severity():
    text = "savd x"
    found = [SAVD, diagnostic(text, "x", severity=Severity.WARNING), diagnostic(text, "savd", severity=Severity.ADVICE)]
    assert rendered("concise", *found).splitlines()[-1] == "1 error, 1 warning and 1 advice in 1 file"


def test_concise_is_one_line_each():
    line = "rules/sale.duly:2:14: error: there is no relation `savd`; did you mean `saved`? [unknown-relation]"
    assert rendered("concise", SAVD).splitlines()[0] == line


def test_json_has_places_and_fixes():
    found = json.loads(rendered("json", diagnostic("a savd b", "savd", edits=(Edit(Span(2, 6), "saved"),))))
    assert found["summary"] == {"files": 1, "error": 1, "warning": 0, "advice": 0}
    (one,) = found["diagnostics"]
    assert (one["line"], one["column"], one["end_line"], one["end_column"]) == (1, 3, 1, 7)
    assert one["edits"] == [{"line": 1, "column": 3, "end_line": 1, "end_column": 7, "text": "saved"}]


def test_github_escapes_what_would_end_a_command():
    found = diagnostic("savd", "savd", name="a,b:c.duly", message="50% of `savd`", hint="")
    command = "::error file=a%2Cb%3Ac.duly,line=1,endLine=1,title=unknown-relation,col=1,endColumn=4::50%25 of `savd`\n"
    assert rendered("github", found) == command


def test_gitlab_fingerprints_survive_moved_lines_and_tell_repeated_findings_apart():
    def prints(text):
        first = diagnostic(text, "savd")
        second = Diagnostic(first.source, Span(len(text) - 4, len(text)), first.code, first.message)
        return [issue["fingerprint"] for issue in json.loads(rendered("gitlab", first, second))]

    assert prints("savd savd") == prints("# moved\nsavd\n\nsavd")
    assert len(set(prints("savd savd"))) == 2


def test_junit_has_a_passed_case_for_a_clean_file():
    hostile = diagnostic("savd", "savd", message="no `<&\x0c\ud800`")
    suite = ET.fromstring(rendered("junit", hostile, files=("rules/sale.duly", "clean.duly"))).find("testsuite")
    assert suite.get("tests") == "2" and suite.get("failures") == "1"
    assert [case.get("name") for case in suite if case.find("failure") is None] == ["clean.duly"]


def test_rdjson_counts_bytes():
    (found,) = json.loads(rendered("rdjson", diagnostic("é𐐀savd", "savd")))["diagnostics"]
    assert found["location"]["range"] == {"start": {"line": 1, "column": 7}, "end": {"line": 1, "column": 11}}


def test_sarif_refers_to_its_rules_and_quotes_names():
    found = diagnostic("savd", "savd", name="my rules/é.duly", edits=(Edit(Span(0, 4), "saved"),))
    run = json.loads(rendered("sarif", found, files=("my rules/é.duly",)))["runs"][0]
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]["id"] == "unknown-relation"
    assert run["artifacts"][0]["location"]["uri"] == "my%20rules/%C3%A9.duly"
    assert run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "saved"


@pytest.mark.parametrize(("format", "schema"), [("sarif", "sarif-2.1.0.json"), ("rdjson", "rdf-DiagnosticResult.json")])
@pytest.mark.parametrize("number", [0, 2])
def test_the_formats_of_others_are_valid(format, schema, number):
    jsonschema = pytest.importorskip("jsonschema")
    if not (SCHEMAS / schema).exists():
        pytest.skip("the schema is not here")
    fixed = diagnostic("savd", "savd", edits=(Edit(Span(0, 4), "saved"),), severity=Severity.ADVICE)
    jsonschema.validate(
        json.loads(rendered(format, *[SAVD, fixed][:number])), json.loads((SCHEMAS / schema).read_text())
    )


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_fails_on_nothing_or_on_an_odd_place(format):
    beyond = Diagnostic(Source("", ""), Span(5, 9), "odd", "something is odd")
    assert isinstance(rendered(format, files=()), str)
    assert isinstance(rendered(format, beyond), str)
