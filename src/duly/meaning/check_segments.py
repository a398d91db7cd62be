"""Checks all segments together: none may be defined by itself, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from duly.meaning import errors
from duly.meaning.check_declaration import check_segment
from duly.meaning.names import Names, Report
from duly.source import Source
from duly.syntax import nodes

Written = tuple[Source, nodes.Segment]
Uses = Mapping[str, list[nodes.InSegment]]


def check_segments(written: Iterable[Written], names: Names, report: Report) -> None:
    """Put every sound segment into `names`, in an order in which each stands after those it uses."""
    nodes_by_name = {node.name.value: (source, node) for source, node in written}
    names.segments = dict.fromkeys(nodes_by_name)
    checked = {name: check_segment(source, names, node, report) for name, (source, node) in nodes_by_name.items()}
    uses = {name: used for name, (_, used) in checked.items()}
    names.segments = {}
    for name in _ordered(nodes_by_name, uses, report):
        segment = checked[name][0]
        if segment is not None and all(used.segment.value in names.segments for used in uses[name]):
            names.segments[name] = segment


def _ordered(written: Mapping[str, Written], uses: Uses, report: Report) -> list[str]:
    """Segments after those they use; each circle is reported once and left out."""
    done: dict[str, None] = {}
    reported: set[str] = set()
    for start in written:
        path: dict[str, list[str]] = {start: _next(uses, start)}
        while path:
            name, waiting = next(reversed(path.items()))
            if name in done or not waiting:
                done[name] = None
                del path[name]
                continue
            used = waiting.pop()
            if used in path:
                _circle(written, list(path), used, reported, report)
            elif used in uses and used not in done:
                path[used] = _next(uses, used)
    return [name for name in done if name not in reported]


def _next(uses: Uses, name: str) -> list[str]:
    return [used.segment.value for used in reversed(uses[name])]


def _circle(written: Mapping[str, Written], path: list[str], back: str, reported: set[str], report: Report) -> None:
    circle = path[path.index(back) :]
    if not reported.issuperset(circle):
        source, node = written[back]
        report(errors.segment_cycle(source, node.name.span, [*circle, back]))
    reported.update(circle)
