"""Suggestions as editors show them in a list."""

from __future__ import annotations

from lsprotocol import types

from duly.lsp.completion import Suggestion
from duly.lsp.text import Text
from duly.source import Span

_KINDS = {
    "keyword": types.CompletionItemKind.Keyword,
    "event": types.CompletionItemKind.Event,
    "property": types.CompletionItemKind.Property,
    "rule": types.CompletionItemKind.Function,
    "segment": types.CompletionItemKind.Class,
    "category": types.CompletionItemKind.Enum,
    "relation": types.CompletionItemKind.Interface,
    "object": types.CompletionItemKind.Struct,
    "variant": types.CompletionItemKind.EnumMember,
    "channel": types.CompletionItemKind.EnumMember,
    "reason": types.CompletionItemKind.EnumMember,
    "user": types.CompletionItemKind.Variable,
    "unit": types.CompletionItemKind.Unit,
    "file": types.CompletionItemKind.File,
    "zone": types.CompletionItemKind.Constant,
    "value": types.CompletionItemKind.Value,
}


def item(text: Text, offset: int, suggestion: Suggestion) -> types.CompletionItem:
    """A suggestion for the cursor at `offset`; a closing quote that the editor has put there is not doubled."""
    start = offset - suggestion.written
    end = offset + (suggestion.text.endswith('"') and text.text[offset : offset + 1] == '"')
    docs = types.MarkupContent(types.MarkupKind.Markdown, suggestion.docs) if suggestion.docs else None
    return types.CompletionItem(
        label=suggestion.text,
        kind=_KINDS[suggestion.kind],
        detail=suggestion.detail or None,
        documentation=docs,
        sort_text=f"{1 if suggestion.kind == 'keyword' else 0}{suggestion.text}",
        filter_text=suggestion.text,
        text_edit=types.TextEdit(text.range(Span(start, end)), suggestion.text),
    )
