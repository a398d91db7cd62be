"""`duly`, but a call of `ListDecisions` for the user `held`, or the refusal of it, takes until its caller leaves."""

from __future__ import annotations

from threading import Event

from duly.__main__ import main
from duly.service.decisions import Decisions
from duly.service.guard import Guard

answer, fail = Decisions.ListDecisions, Guard._fail


def wait(context):
    left = Event()
    if context.add_callback(left.set):
        left.wait()


def list_slowly(self, request, context):
    if request.user_id == "held":
        wait(context)
    return answer(self, request, context)


def fail_slowly(self, method, error, context, start):
    if method.name.endswith("/ListDecisions"):
        wait(context)
    return fail(self, method, error, context, start)


Decisions.ListDecisions, Guard._fail = list_slowly, fail_slowly

if __name__ == "__main__":
    main()
