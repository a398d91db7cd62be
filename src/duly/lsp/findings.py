"""Findings as editors show them, and the quick fixes that go with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from lsprotocol import types

from duly.conditions.words import event_words
from duly.diagnostics import Diagnostic, Edit, Severity
from duly.lint.run import lint_rules
from duly.lsp.page import Page
from duly.lsp.text import Text
from duly.source import Span

SOURCE = "duly"
FAILED = "failed-test"
"""The code of an expectation that did not hold; to accept what happened instead is no safe fix."""
MOST = 500
"""How many findings of one file are shown, the worst first: editors become slow long before people have read them."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.ADVICE: types.DiagnosticSeverity.Information,
}
_MEANT = re.compile(r"did you mean `([^`…]+)`\?")


def shown(text: Text, diagnostics: Iterable[Diagnostic]) -> list[types.Diagnostic]:
    """The findings of one file in its order; of very many the worst."""
    worst = sorted(diagnostics, key=lambda each: (each.severity, each.span))[:MOST]
    return [_shown(text, each) for each in sorted(worst, key=lambda each: (each.span, each.severity))]


def _shown(text: Text, diagnostic: Diagnostic) -> types.Diagnostic:
    return types.Diagnostic(
        range=text.range(_visible(text, diagnostic.span)),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        source=SOURCE,
        message=f"{diagnostic.message}\n{diagnostic.hint}" if diagnostic.hint else diagnostic.message,
    )


def _visible(text: Text, span: Span) -> Span:
    """What concerns a whole statement marks its first line only, so that the rest stays readable."""
    if text.line_of(span.start) == text.line_of(max(span.start, span.end - 1)):
        return span
    line = text.line_of(span.start)
    return Span(span.start, max(span.start + 1, text.starts[line] + len(text.line(line))))


def fixes(
    page: Page, uri: str, span: Span, only: Iterable[types.CodeActionKind | str] | None
) -> list[types.CodeAction]:
    """What can be done about the findings that a span touches, and about all of them at once."""
    wanted = [str(getattr(kind, "value", kind)) for kind in only] if only is not None else None
    found = page.diagnostics()
    actions: list[types.CodeAction] = []
    if _asked(types.CodeActionKind.QuickFix, wanted):
        touched = [each for each in found if each.span.start <= span.end and span.start <= each.span.end]
        actions += [_quick_fix(page, uri, each, edits) for each in touched for edits in _ways(page, each)]
        actions += [_ignoring(page, uri, each) for each in touched if _can_be_ignored(page, each)]
    if _asked(types.CodeActionKind.SourceFixAll, wanted):
        actions += _fix_all(page, uri, found)
    return actions


def _asked(kind: types.CodeActionKind, wanted: list[str] | None) -> bool:
    return wanted is None or any(kind.value == each or kind.value.startswith(f"{each}.") for each in wanted)


def _ways(page: Page, diagnostic: Diagnostic) -> Iterator[tuple[Edit, ...]]:
    """The edits that would mend it: those that it carries, or the word that was probably meant."""
    if diagnostic.edits:
        yield diagnostic.edits
        return
    meant = _MEANT.search(diagnostic.hint)
    if meant is not None:
        written = page.text.text[diagnostic.span.start : diagnostic.span.end]
        yield (Edit(diagnostic.span, _as_written(meant[1], written, diagnostic.code)),)


def _as_written(word: str, written: str, code: str) -> str:
    if code == "unknown-event":
        return event_words((word,))
    return json.dumps(word, ensure_ascii=False) if written.startswith('"') else word


def _quick_fix(page: Page, uri: str, diagnostic: Diagnostic, edits: tuple[Edit, ...]) -> types.CodeAction:
    return types.CodeAction(
        title=_title(page, diagnostic, edits),
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_shown(page.text, diagnostic)],
        edit=workspace_edit(page.text, uri, edits),
        is_preferred=True,
    )


def _can_be_ignored(page: Page, diagnostic: Diagnostic) -> bool:
    """Whether it is of a lint rule, and its line has no comment yet."""
    placed = page.at(diagnostic.span.start)
    if diagnostic.code not in lint_rules() or placed is None:
        return False
    line = page.text.line_of(diagnostic.span.start)
    comments = (placed.start + comment.span.start for comment in placed.piece.tokens.comments)
    return all(page.text.line_of(start) != line for start in comments)


def _ignoring(page: Page, uri: str, diagnostic: Diagnostic) -> types.CodeAction:
    line = page.text.line_of(diagnostic.span.start)
    end = page.text.starts[line] + len(page.text.line(line).rstrip())
    comment = Edit(Span(end, end), f"  # duly: ignore[{diagnostic.code}]")
    return types.CodeAction(
        title=f"Ignore `{diagnostic.code}` here",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_shown(page.text, diagnostic)],
        edit=workspace_edit(page.text, uri, [comment]),
    )


def _title(page: Page, diagnostic: Diagnostic, edits: tuple[Edit, ...]) -> str:
    if len(edits) > 1:
        return f"Fix: {diagnostic.hint or diagnostic.message}"
    before, after = page.text.text[edits[0].span.start : edits[0].span.end], edits[0].text
    if "\n" in before + after or max(len(before), len(after)) > 40:
        return f"Fix: {diagnostic.hint or diagnostic.message}"
    if not before.strip():
        return f"Add `{after.strip()}`"
    return f"Replace `{before}` by `{after}`" if after.strip() else f"Remove `{before.strip()}`"


def _fix_all(page: Page, uri: str, found: Iterable[Diagnostic]) -> list[types.CodeAction]:
    edits = apart(edit for each in found if each.code != FAILED for edit in each.edits)
    if not edits:
        return []
    return [
        types.CodeAction(
            title="Fix all that can be fixed safely",
            kind=types.CodeActionKind.SourceFixAll,
            edit=workspace_edit(page.text, uri, edits),
        )
    ]


def apart(edits: Iterable[Edit]) -> list[Edit]:
    """Edits in order, without those that touch the place of one before them."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda each: (each.span, each.text)):
        if not kept or (edit.span.start >= kept[-1].span.end and edit.span != kept[-1].span):
            kept.append(edit)
    return kept


def workspace_edit(text: Text, uri: str, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Edits of one file as the editor takes them."""
    return types.WorkspaceEdit(changes={uri: text_edits(text, edits)})


def text_edits(text: Text, edits: Iterable[Edit]) -> list[types.TextEdit]:
    """Edits of one text as the editor takes them."""
    return [types.TextEdit(text.range(edit.span), edit.text) for edit in edits]
