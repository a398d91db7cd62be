"""Deciding over gRPC."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from duly.v1 import decision_pb2, event_pb2, user_service_pb2
from duly.v1 import decision_service_pb2 as pb
from tests.service.conftest import running, track

NOTIFY, DEFER, SUPPRESS = 1, 2, 3
GATES = ["match", "duplicate", "holdout", "consent", "cancelled", "expiry", "time", "caps", "competition"]


def order(user, message_id, **more):
    return pb.DecideRequest(user_id=user, event=track("Order Completed", message_id, user), **more)


def refusal(call):
    """The code and the field violations of a call that fails."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    details = {}
    for packed in rpc_status.from_call(caught.value).details:
        for kind in (error_details_pb2.BadRequest, error_details_pb2.ErrorInfo):
            if packed.Is(kind.DESCRIPTOR):
                details[kind] = kind.FromString(packed.value)
    assert details[error_details_pb2.ErrorInfo].domain == "duly.v1"
    bad = details.get(error_details_pb2.BadRequest)
    return caught.value.code(), {v.field: v.reason for v in bad.field_violations} if bad else {}


def test_a_verdict_comes_with_its_gates_and_message(server):
    decision = server.decisions.Decide(order("ann", "ann-1")).decisions[0]
    assert (decision.verdict, decision.rule, decision.user_id) == (NOTIFY, "thanks", "ann")
    assert [gate.name for gate in decision.gates] == GATES
    assert {gate.status for gate in decision.gates} == {decision_pb2.GATE_STATUS_PASS}
    assert (decision.message.body, decision.message.link) == ("Thanks for your order", "shop://orders")
    assert decision.mode == decision_pb2.MODE_COMMIT


def test_a_full_cap_suppresses_and_says_when_it_frees(server):
    server.decisions.Decide(order("bea", "bea-1"))
    decision = server.decisions.Decide(order("bea", "bea-2")).decisions[0]
    assert (decision.verdict, decision.reason) == (SUPPRESS, "capped")
    assert decision.next_time.seconds > decision.create_time.seconds
    failed = [gate for gate in decision.gates if gate.status == decision_pb2.GATE_STATUS_FAIL]
    assert [(gate.name, gate.reason) for gate in failed] == [("caps", "capped")]
    assert failed[0].description and failed[0].next_time == decision.next_time


def test_peeking_changes_nothing(server):
    for _ in range(2):
        assert server.decisions.Decide(order("cal", "cal-1", mode=1)).decisions[0].verdict == NOTIFY


def test_more_is_explained_on_demand(server):
    plain = server.decisions.Decide(order("eve", "eve-1", mode=1)).decisions[0]
    told = server.decisions.Decide(order("eve", "eve-1", mode=1, explain=pb.EXPLAIN_LEVEL_GATES)).decisions[0]
    assert not any(gate.description for gate in plain.gates)
    assert all(gate.description for gate in told.gates)


def test_a_retry_gets_the_first_answer_and_another_body_an_error(server):
    request = order("dan", "dan-1", request_id="r1")
    assert server.decisions.Decide(request) == server.decisions.Decide(request)
    code, fields = refusal(lambda: server.decisions.Decide(order("dan", "dan-2", request_id="r1")))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, {"request_id": "REUSED"})


def test_every_field_at_fault_is_named(server):
    request = pb.DecideRequest(mode=77, explain=9, event=event_pb2.Event(event="Order Completed"))
    request.time.seconds = 5
    request.lease.seconds = -1
    code, fields = refusal(lambda: server.decisions.Decide(request))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert fields == {
        "mode": "UNKNOWN",
        "explain": "UNKNOWN",
        "user_id": "MISSING",
        "event.message_id": "MISSING",
        "time": "NEEDS_PEEK",
        "lease": "OUT_OF_RANGE",
    }


def test_a_peek_needs_no_message_id_but_a_time_after_the_event(server):
    event = event_pb2.Event(type=1, event="Order Completed")
    assert server.decisions.Decide(pb.DecideRequest(user_id="fae", mode=1, event=event)).decisions
    request = pb.DecideRequest(user_id="fae", mode=1, event=event)
    request.time.seconds = 5
    assert refusal(lambda: server.decisions.Decide(request))[1] == {"time": "BEFORE_EVENT"}


def test_an_unknown_rule_is_an_error(server):
    code, fields = refusal(lambda: server.decisions.Decide(order("gus", "gus-1", rule="nope")))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, {"rule": "UNKNOWN"})


def test_one_bad_request_does_not_spoil_the_batch(server):
    batch = pb.BatchDecideRequest(requests=[order("hal", "hal-1"), order("", "hal-2"), order("ida", "ida-1")])
    first, second, third = server.decisions.BatchDecide(batch).responses
    assert first.decisions[0].verdict == third.decisions[0].verdict == NOTIFY
    assert second.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert [(v.field, v.reason) for v in second.error.violations] == [("user_id", "missing")]


def test_a_batch_has_a_bound(server):
    batch = pb.BatchDecideRequest(requests=[pb.DecideRequest()] * 1001)
    assert refusal(lambda: server.decisions.BatchDecide(batch))[1] == {"requests": "TOO_MANY"}


def test_a_stream_decides_batches_in_their_order(server):
    batches = [pb.BatchDecideRequest(requests=[order(f"str{n}", f"str-{n}")]) for n in range(20)]
    answers = list(server.decisions.StreamDecide(iter(batches)))
    assert [a.responses[0].decisions[0].user_id for a in answers] == [f"str{n}" for n in range(20)]


def test_sixty_four_clients_at_once_get_one_notification(tmp_path):
    with running(store=str(tmp_path / "data")) as server, ThreadPoolExecutor(64) as clients:
        answers = clients.map(lambda n: server.decisions.Decide(order("joy", f"joy-{n}")), range(64))
        verdicts = [answer.decisions[0].verdict for answer in answers]
    assert (verdicts.count(NOTIFY), verdicts.count(SUPPRESS)) == (1, 63)


def test_the_log_is_paged_and_filtered(server):
    for number in range(5):
        server.decisions.Decide(order("kai", f"kai-{number}"))
    first = server.decisions.ListDecisions(pb.ListDecisionsRequest(user_id="kai", page_size=3))
    rest = server.decisions.ListDecisions(
        pb.ListDecisionsRequest(user_id="kai", page_size=3, page_token=first.next_page_token)
    )
    messages = [decision.event_message_id for decision in [*first.decisions, *rest.decisions]]
    assert sorted(messages) == [f"kai-{number}" for number in range(5)]
    assert not rest.next_page_token
    granted = server.decisions.ListDecisions(pb.ListDecisionsRequest(user_id="kai", verdict=NOTIFY))
    assert [decision.event_message_id for decision in granted.decisions] == ["kai-0"]


def test_a_page_token_belongs_to_its_list(server):
    for number in range(2):
        server.decisions.Decide(order("lea", f"lea-{number}"))
    token = server.decisions.ListDecisions(pb.ListDecisionsRequest(user_id="lea", page_size=1)).next_page_token
    other = pb.ListDecisionsRequest(user_id="kai", page_token=token)
    assert refusal(lambda: server.decisions.ListDecisions(other))[1] == {"page_token": "UNKNOWN"}
    negative = pb.ListDecisionsRequest(user_id="lea", page_size=-1)
    assert refusal(lambda: server.decisions.ListDecisions(negative))[1] == {"page_size": "NEGATIVE"}


def test_one_decision_is_shown_with_its_outcomes(server):
    decision = server.decisions.Decide(order("mae", "mae-1")).decisions[0]
    report = pb.ReportRequest(outcomes=[pb.Outcome(decision_id=decision.decision_id, type=pb.OUTCOME_TYPE_SENT)])
    assert server.decisions.Report(report).results[0].status == pb.REPORT_STATUS_RECORDED
    assert server.decisions.Report(report).results[0].status == pb.REPORT_STATUS_DUPLICATE
    shown = server.decisions.GetDecision(pb.GetDecisionRequest(decision_id=decision.decision_id))
    assert shown.decision.decision_id == decision.decision_id
    assert [outcome.type for outcome in shown.outcomes] == [pb.OUTCOME_TYPE_SENT]


def test_words_that_are_reported_are_shown(server):
    told = server.decisions.Decide(order("mia", "mia-1")).decisions[0].decision_id
    outcomes = [
        pb.Outcome(decision_id=told, type=1, description="x" * 2001),
        pb.Outcome(decision_id=told, type=1, description="accepted by the gateway"),
    ]
    refused, recorded = server.decisions.Report(pb.ReportRequest(outcomes=outcomes)).results
    assert (refused.field, refused.reason) == ("outcomes[0].description", "too-long")
    assert "2,000" in refused.description
    assert recorded.status == pb.REPORT_STATUS_RECORDED
    (shown,) = server.decisions.GetDecision(pb.GetDecisionRequest(decision_id=told)).outcomes
    assert shown.description == "accepted by the gateway"


def test_what_is_not_there_is_not_found(server):
    unknown = "a" * len(server.decisions.Decide(order("ned", "ned-1")).decisions[0].decision_id)
    code, _ = refusal(lambda: server.decisions.GetDecision(pb.GetDecisionRequest(decision_id=unknown)))
    assert code is grpc.StatusCode.NOT_FOUND
    code, _ = refusal(lambda: server.users.GetUser(user_service_pb2.GetUserRequest(user_id="nobody")))
    assert code is grpc.StatusCode.NOT_FOUND
    for odd, reason in (("?", "MALFORMED"), ("", "MISSING")):
        code, fields = refusal(lambda odd=odd: server.decisions.GetDecision(pb.GetDecisionRequest(decision_id=odd)))
        assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, {"decision_id": reason})


def test_reports_about_nothing_are_rejected_one_by_one(server):
    outcomes = [pb.Outcome(decision_id="?", type=1), pb.Outcome(decision_id="?", type=99)]
    results = server.decisions.Report(pb.ReportRequest(outcomes=outcomes)).results
    assert [(r.status, r.field) for r in results] == [(3, "outcomes[0].decision_id"), (3, "outcomes[1].decision_id")]


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (Timestamp(seconds=-62_135_596_800), "before-decision"),
        (Timestamp(seconds=5), "before-decision"),
        (Timestamp(seconds=5, nanos=-4), "out-of-range"),
        (Timestamp(seconds=1 << 50), "out-of-range"),
    ],
)
def test_a_report_of_an_impossible_time_is_rejected(server, time, reason):
    told = server.decisions.Decide(order("mol", "mol-1", request_id="mol")).decisions[0].decision_id
    outcomes = [pb.Outcome(decision_id=told, type=1, time=time), pb.Outcome(type=1, time=time)]
    results = server.decisions.Report(pb.ReportRequest(outcomes=outcomes)).results
    assert [(r.field, r.reason) for r in results] == [
        ("outcomes[0].time", reason),
        ("outcomes[1].decision_id", "missing"),
    ]


def test_a_user_is_shown_with_what_is_kept(server):
    identify = event_pb2.Event(
        message_id="ola-1", type=2, user_id="ola", traits_json=b'{"timezone": "Europe/Oslo", "age": 7}'
    )
    server.ingest(identify, track("Product Added to Wishlist", "ola-2", "ola", product_id="boots"))
    user = server.users.GetUser(user_service_pb2.GetUserRequest(user_id="ola")).user
    assert (user.user_id, user.zone, user.traits["age"]) == ("ola", "Europe/Oslo", 7)
    assert [(r.relation, r.count) for r in user.relation_counts if r.count] == [("saved", 1)]
