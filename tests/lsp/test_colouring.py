"""The grammars of colours know every word of the language, and the hooks and actions are what their readers expect."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from pygments.token import Comment, Error, Keyword, Name, Number, String

from duly import pygments_lexer
from duly.cli.commands import duly
from duly.lsp.keywords import CHOICES, DOCS
from duly.pygments_lexer import DulyLexer
from duly.syntax.grammar import grammar, keywords
from duly.syntax.words import phrases

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("examples/*/*.duly"))
NOT_IN_RULES = {"nil", "none", "null", "empty", "undefined", "months", "year", "years"}
"""Words of the grammar only because it refuses them, and those that are part of others."""


def test_pygments_knows_every_word():
    known = {"st", "nd", "rd", "th", "month", "user"}
    for part in ("STATEMENTS", "CLAUSES", "OPERATORS", "CONSTANTS", "FUNCTIONS", "UNITS"):
        known |= set(getattr(pygments_lexer, part))
    known |= set(pygments_lexer.MONTHS.split("|"))
    assert keywords() - known <= NOT_IN_RULES


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_pygments_keeps_the_text_and_finds_no_error(file):
    text = file.read_text("utf-8")
    tokens = list(DulyLexer().get_tokens(text))
    assert "".join(value for _, value in tokens) == text
    assert not [value for kind, value in tokens if kind is Error]


def test_pygments_tells_words_apart():
    text = 'rule sale when Product Sale where user.plan = "a{b}" and count >= 20%, at 18:00 local, max 1/day # why\n'
    tokens = list(DulyLexer().get_tokens(text))
    for token in [
        (Keyword.Declaration, "rule"),
        (Name.Function, "sale"),
        (Keyword, "when"),
        (Name.Entity, "Product Sale"),
        (Name.Attribute, ".plan"),
        (String.Interpol, "{b}"),
        (Number, "20%"),
        (Number.Time, "18:00"),
        (Keyword.Constant, "local"),
        (Keyword.Type, "day"),
        (Comment.Single, "# why"),
    ]:
        assert token in tokens


def test_pygments_finds_the_lexer_by_name():
    from pygments.lexers import load_lexer_from_file

    assert load_lexer_from_file(pygments_lexer.__file__, "DulyLexer").name == "duly"
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'duly = "duly.pygments_lexer:DulyLexer"' in project


def test_the_textmate_grammar_knows_every_word():
    grammar = (ROOT / "editors/vscode/syntaxes/duly.tmLanguage.json").read_text("utf-8")
    assert json.loads(grammar)["scopeName"] == "source.duly"
    known = set(re.findall(r"[A-Za-z]{2,}", grammar.replace("\\\\b", " ").replace("\\\\s", " ").replace("s?", "s")))
    known |= {f"{unit}{end}" for unit in ("second", "minute", "hour", "day", "week") for end in ("", "s")}
    assert keywords() - known <= NOT_IN_RULES


def test_every_keyword_is_explained():
    assert set(phrases().values()) <= DOCS.keys() | {"within"}
    assert set(DOCS) <= set(phrases().values()) | {"within"}
    assert CHOICES.keys() <= {terminal.name for terminal in grammar().terminals}


def test_the_words_of_choices_are_those_of_the_grammar():
    patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in grammar().terminals}
    for name, words in CHOICES.items():
        for word in words:
            following = " p of" if name == "EDGE" else ""
            assert re.match(patterns[name], word + following), (name, word)


@pytest.mark.parametrize(
    "snippet", json.loads((ROOT / "editors/vscode/snippets/duly.json").read_text("utf-8")).values()
)
def test_every_snippet_is_of_the_language(snippet):
    from duly.source import Source
    from duly.syntax.parse import parse

    body = snippet["body"] if isinstance(snippet["body"], str) else "\n".join(snippet["body"])
    first = dict(re.findall(r"\$\{(\d+):([^}]*)\}", body))
    text = re.sub(r"\$\{\d+\|([^,]*),[^}]*\}", r"\1", re.sub(r"\$\{\d+:([^}]*)\}", r"\1", body))
    text = re.sub(r"\$\{(\d+)\}", lambda found: first[found[1]], text)
    if text.startswith("variant"):
        text = f"rule a when B\n{text}".replace("\nvariant", "\n  variant")
    assert parse(Source("a.duly", text + "\n")).diagnostics == ()


def test_hooks_and_actions_call_commands_that_exist():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {hook["id"] for hook in hooks} == {"duly-lint", "duly-format"}
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    pipeline = yaml.safe_load((ROOT / "examples/ci/gitlab.yml").read_text("utf-8"))
    called = [hook["entry"] for hook in hooks]
    called += [step["run"] for step in action["runs"]["steps"] if step.get("run", "").startswith("duly ")]
    called += [line for line in pipeline["duly"]["script"] if line.startswith("duly ")]
    for line in called:
        help = CliRunner().invoke(duly, [line.split()[1], "--help"]).output
        assert all(option in help for option in re.findall(r"--[a-z-]+", line)), line


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr("duly.cli.lsp_command.find_spec", lambda _: None)
    result = CliRunner().invoke(duly, ["lsp"])
    assert result.exit_code == 2
    assert "pip install 'duly[lsp]'" in result.output
