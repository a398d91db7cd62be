"""Checks, publishes and shows rules."""

from __future__ import annotations

from collections.abc import Iterable

import grpc

from duly.service.convert.flawed import flawed
from duly.service.convert.instant import put_instant
from duly.service.convert.rules import (
    change_message,
    diagnostic_flaw,
    diagnostic_message,
    files_of,
    version_message,
)
from duly.service.errors import NotFound, RulesInvalid
from duly.service.paging import page_size, place_in, token_for
from duly.service.publication import Publication
from duly.service.rule_files import RULES_SUFFIX, Files, Reading, etag_of, read_files
from duly.service.shadowing import Shadowing
from duly.v1 import rule_service_pb2 as pb

LONGEST_DESCRIPTION = 2_000
"""In characters: every list of the versions repeats it."""


class Rules:
    """The methods of `RuleService`."""

    def __init__(self, publication: Publication, shadowing: Shadowing) -> None:
        self._publication, self._shadowing = publication, shadowing

    def CheckRules(self, request: pb.CheckRulesRequest, context: grpc.ServicerContext) -> pb.CheckRulesResponse:  # noqa: N802
        reading = read_files(_rule_files(request.files))
        return pb.CheckRulesResponse(
            diagnostics=map(diagnostic_message, reading.diagnostics), publishable=not reading.errors
        )

    def PublishRules(self, request: pb.PublishRulesRequest, context: grpc.ServicerContext) -> pb.PublishRulesResponse:  # noqa: N802
        files = _rule_files(request.files)
        _demand_short(request.description)
        reading = _publishable(files)
        response = pb.PublishRulesResponse(
            etag=etag_of(files), diagnostics=map(diagnostic_message, reading.diagnostics)
        )
        if request.validate_only or request.shadow:
            changes = self._publication.compare(request.etag, reading)
            if not request.validate_only:
                self._publish_shadow(request, files, reading, response)
        else:
            version, changes = self._publication.publish(files, request.etag, request.description, reading)
            self._shadowing.end(version)
            response.version = version.published.version
            put_instant(response.publish_time, version.published.time)
        response.changes.extend(map(change_message, changes))
        return response

    def _publish_shadow(
        self, request: pb.PublishRulesRequest, files: Files, reading: Reading, response: pb.PublishRulesResponse
    ) -> None:
        version = self._shadowing.publish(files, request.description, reading, self._publication.version)
        if version is not None:
            response.version = version.published.version
            put_instant(response.publish_time, version.published.time)

    def GetRules(self, request: pb.GetRulesRequest, context: grpc.ServicerContext) -> pb.GetRulesResponse:  # noqa: N802
        publication = self._publication
        version = publication.named(request.version) if request.version else publication.version
        if not version.number:
            raise NotFound("no rules have been published yet")
        response = pb.GetRulesResponse(version=version.published.version, etag=version.etag)
        for name, content in version.files:
            response.files.add(name=name, content=content)
        put_instant(response.publish_time, version.published.time)
        if not request.version:
            self._shadowing.put(response)
        return response

    def ListVersions(self, request: pb.ListVersionsRequest, context: grpc.ServicerContext) -> pb.ListVersionsResponse:  # noqa: N802
        size, place = page_size(request.page_size), place_in(request, request.page_token)
        before = None if place is None else int.from_bytes(place, "big")
        found = self._publication.versions(before, size + 1)
        response, current = pb.ListVersionsResponse(), self._publication.version.number
        for version in found[:size]:
            count = self._publication.rule_count(version)
            response.versions.append(version_message(version, count, current=version.number == current))
        if len(found) > size:
            response.next_page_token = token_for(request, found[size - 1].number.to_bytes(8, "big"))
        return response

    def RollbackRules(  # noqa: N802
        self, request: pb.RollbackRulesRequest, context: grpc.ServicerContext
    ) -> pb.RollbackRulesResponse:
        if not request.version:
            raise flawed("version", "missing", "version is required: the name of the version to go back to")
        earlier = self._publication.named(request.version)
        reading = _publishable(list(earlier.files))
        response = pb.RollbackRulesResponse(etag=earlier.etag)
        if request.validate_only:
            changes = self._publication.compare(request.etag, reading)
        else:
            note = f"back to {request.version}"
            version, changes = self._publication.publish(earlier.files, request.etag, note, reading)
            self._shadowing.end(version)
            response.version = version.published.version
            put_instant(response.publish_time, version.published.time)
        response.changes.extend(map(change_message, changes))
        return response


def _demand_short(description: str) -> None:
    if len(description) > LONGEST_DESCRIPTION:
        text = f"description has {len(description)} characters, at most {LONGEST_DESCRIPTION} are allowed"
        raise flawed("description", "too-long", text)


def _rule_files(messages: Iterable[pb.RuleFile]) -> list[tuple[str, bytes]]:
    """The files of a request; raises `Flawed` where none can hold a rule, which would be the end of all rules."""
    files = files_of(messages)
    if not any(name.endswith(RULES_SUFFIX) for name, _ in files):
        raise flawed("files", "missing", f"no file is called `….duly`, as those with rules are; got `{files[0][0]}`")
    return files


def _publishable(files: list[tuple[str, bytes]]) -> Reading:
    reading = read_files(files)
    if reading.errors:
        names = [name for name, _ in files]
        raise RulesInvalid(diagnostic_flaw(diagnostic, names) for diagnostic in reading.errors)
    return reading
