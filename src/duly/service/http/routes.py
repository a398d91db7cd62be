"""What is answered on which path."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from duly.engine.event import TYPES
from duly.service.auth import TENANT
from duly.service.errors import INTERNAL
from duly.service.http.body import Inflow
from duly.service.http.intake import Intakes, Outcome, Parcel
from duly.service.http.readers import Readers
from duly.service.http.refusals import Refusal, refusal_of
from duly.service.http.threads import Threads
from duly.service.telemetry import Metrics

_BATCHES = ("/v1/batch", "/v1/import")
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Part:
    """What of a server the HTTP face speaks for. `admit` raises what keeps more work from being taken on."""

    intakes: Intakes
    metrics: Metrics
    readers: Readers
    ready: Callable[[], bool]
    admit: Callable[[], None]
    log: Any
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class _Call:
    """One request on its way: when it came and under which id it is logged."""

    method: str
    request_id: str
    start: float


def application(part: Part, threads: Threads) -> Starlette:
    """The application that answers for a part of a server; what may wait is done in `threads`."""
    desk = _Desk(part, threads)
    routes = [Route(path, desk.endpoint(path, ""), methods=["POST"]) for path in _BATCHES]
    routes += [Route(f"/v1/{type}", desk.endpoint(f"/v1/{type}", type), methods=["POST"]) for type in TYPES]
    return Starlette(routes=[*routes, *_pages(part, desk)])


def _pages(part: Part, desk: _Desk) -> list[Route]:
    async def alive(_request: Request) -> Response:
        return _plain("ok\n")

    async def ready(_request: Request) -> Response:
        return _plain("ready\n") if part.ready() else _plain("not ready\n", 503)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", desk.numbers)]


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="text/plain")


class _Desk:
    """Takes requests with events, and those for the page of numbers."""

    def __init__(self, part: Part, threads: Threads) -> None:
        self._part, self._threads = part, threads

    def endpoint(self, path: str, type: str) -> Endpoint:
        """What answers a path; `type` is that of its events if the path names one."""
        method = f"POST {path}"

        async def answer(request: Request) -> Response:
            call = _Call(method, _request_id(request), perf_counter())
            inflow = Inflow(request.stream())
            try:
                outcome = await self._take(request, inflow, type)
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is there to read it
            except Exception as error:  # noqa: BLE001  # whatever it is, it must not leave as it is
                await _discard(inflow)
                return self._fail(call, error)
            return self._finish(call, outcome)

        return answer

    async def numbers(self, request: Request) -> Response:
        """The page for Prometheus, or why it is not shown."""
        call = _Call("GET /metrics", _request_id(request), perf_counter())
        page = partial(self._part.readers.page, request.headers.get("authorization", ""))
        try:
            return Response(await self._threads.run(page), media_type=_PROMETHEUS)
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not leave as it is
            return self._fail(call, error)

    async def _take(self, request: Request, inflow: Inflow, type: str) -> Outcome:
        headers, intakes = request.headers, self._part.intakes
        tenant = headers.get(TENANT, "")
        with self._threads.place():
            self._part.admit()
            taker = intakes.taker(headers.get("authorization", ""), tenant)
            encoding = headers.get("content-encoding", "").strip().lower()
            parcel = Parcel(await inflow.read(), encoding, type, taker, tenant)
            return await self._threads.run(partial(intakes.take, parcel))

    def _finish(self, call: _Call, outcome: Outcome) -> Response:
        status = 413 if outcome.too_large else 200
        facts = self._measured(call, status)
        if outcome.rejected:
            self._part.log.info("called", **facts, rejected=outcome.reasons())
        elif self._part.verbose:
            self._part.log.debug("called", **facts)
        return _json(call, status, outcome.body())

    def _fail(self, call: _Call, error: Exception) -> Response:
        refusal = refusal_of(error)
        facts = self._measured(call, refusal.status) | {"reason": refusal.code}
        if refusal.code == INTERNAL.reason:
            self._part.log.error("failed", **facts, error=_kind(error), stack=_stack(error))
        else:
            self._part.log.info("refused", **facts)
        return _refused(call, refusal)

    def _measured(self, call: _Call, status: int) -> dict[str, object]:
        seconds = perf_counter() - call.start
        self._part.metrics.called(call.method, str(status), seconds)
        return {
            "method": call.method,
            "code": status,
            "request_id": call.request_id,
            "milliseconds": round(seconds * 1000, 3),
        }


def _refused(call: _Call, refusal: Refusal) -> Response:
    response = _json(call, refusal.status, refusal.body())
    response.headers.update(refusal.headers)
    return response


def _json(call: _Call, status: int, body: dict[str, object]) -> Response:
    headers = {"X-Request-Id": call.request_id}
    return Response(msgspec.json.encode(body), status, headers, "application/json")


async def _discard(inflow: Inflow) -> None:
    try:
        await inflow.discard()
    except ClientDisconnect:
        return


def _request_id(request: Request) -> str:
    """The caller's `x-request-id` if it is a sane one, else a new one."""
    given = request.headers.get("x-request-id", "")
    return given if 0 < len(given) <= 64 and given.isascii() and given.isprintable() else uuid4().hex


def _kind(error: Exception) -> str:
    return type(error).__qualname__


def _stack(error: Exception) -> list[str]:
    """Where it happened; not the message, which may quote personal data."""
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
