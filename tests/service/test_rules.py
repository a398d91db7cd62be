"""Checking and publishing rules over gRPC."""

from __future__ import annotations

import grpc
import pytest

from duly.v1 import decision_service_pb2, diagnostic_pb2
from duly.v1 import rule_service_pb2 as pb
from tests.service.conftest import RULES, running, track
from tests.service.test_decisions import refusal

GREET = "rule greet\n  when Order Completed\n"
BAD = "rule one\n  when Order Completed\n  max 3\n\nrule two\n  whence Nothing\n"


def files(**texts):
    return [pb.RuleFile(name=f"{name}.duly", content=text.encode()) for name, text in texts.items()]


@pytest.fixture
def server():
    with running() as found:
        yield found


def publish(server, text, **more):
    return server.rules.PublishRules(pb.PublishRulesRequest(files=files(shop=text), **more))


def rules_asked(server, message_id):
    request = decision_service_pb2.DecideRequest(
        user_id="ada", mode=1, event=track("Order Completed", message_id, "ada")
    )
    answer = server.decisions.Decide(request)
    return [decision.rule for decision in answer.decisions], answer.rules_version


def test_a_bad_rule_is_a_result_not_an_error(server):
    answer = server.rules.CheckRules(pb.CheckRulesRequest(files=files(shop=BAD)))
    assert not answer.publishable
    errors = [d for d in answer.diagnostics if d.severity == diagnostic_pb2.SEVERITY_ERROR]
    assert [(d.file, d.line, d.source_line) for d in errors] == [
        ("shop.duly", 3, "  max 3"),
        ("shop.duly", 6, "  whence Nothing"),
    ]


@pytest.mark.parametrize("content", [b"rule a\xff\n  when X\n", b"(" * 10_000_000, b"when \x00"])
def test_hostile_files_are_diagnosed(server, content):
    answer = server.rules.CheckRules(pb.CheckRulesRequest(files=[pb.RuleFile(name="a.duly", content=content)]))
    assert not answer.publishable and answer.diagnostics


def test_files_need_names_of_their_own(server):
    twice = [pb.RuleFile(name="a.duly"), pb.RuleFile(name="a.duly"), pb.RuleFile()]
    code, fields = refusal(lambda: server.rules.CheckRules(pb.CheckRulesRequest(files=twice)))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert fields == {"files[1].name": "NOT_UNIQUE", "files[2].name": "MISSING"}
    assert refusal(lambda: server.rules.CheckRules(pb.CheckRulesRequest()))[1] == {"files": "MISSING"}


def test_rules_with_errors_are_not_published(server):
    before = server.rules.GetRules(pb.GetRulesRequest())
    code, fields = refusal(lambda: publish(server, BAD))
    assert (code, list(fields)) == (grpc.StatusCode.INVALID_ARGUMENT, ["files[0].content"])
    assert server.rules.GetRules(pb.GetRulesRequest()) == before


def test_many_errors_still_fit_into_a_refusal(server):
    text = "".join(f"rule r{n}\n  when Order Completed\n  max 3\n\n" for n in range(90))
    assert refusal(lambda: publish(server, text))[0] is grpc.StatusCode.INVALID_ARGUMENT


def test_published_rules_decide_from_then_on(server):
    answer = publish(server, GREET, description="be nice")
    assert rules_asked(server, "m") == (["greet"], answer.version)
    assert {(c.rule, c.type) for c in answer.changes} == {
        ("greet", pb.RULE_CHANGE_TYPE_ADDED),
        ("saved_sale", pb.RULE_CHANGE_TYPE_REMOVED),
        ("thanks", pb.RULE_CHANGE_TYPE_REMOVED),
    }
    shown = server.rules.GetRules(pb.GetRulesRequest())
    assert (shown.version, shown.etag, shown.files[0].content) == (answer.version, answer.etag, GREET.encode())


def test_validating_publishes_nothing(server):
    answer = publish(server, GREET, validate_only=True)
    assert not answer.version and answer.changes
    assert rules_asked(server, "m")[0] == ["thanks"]


def test_a_stale_etag_aborts(server):
    etag = server.rules.GetRules(pb.GetRulesRequest()).etag
    publish(server, GREET, etag=etag)
    assert refusal(lambda: publish(server, RULES, etag=etag))[0] is grpc.StatusCode.ABORTED


def test_an_earlier_version_comes_back_as_a_new_one(server):
    first = server.rules.GetRules(pb.GetRulesRequest())
    publish(server, GREET)
    back = server.rules.RollbackRules(pb.RollbackRulesRequest(version=first.version))
    assert (back.version != first.version, back.etag) == (True, first.etag)
    assert rules_asked(server, "m") == (["thanks"], back.version)
    listed = server.rules.ListVersions(pb.ListVersionsRequest(page_size=2))
    rest = server.rules.ListVersions(pb.ListVersionsRequest(page_size=2, page_token=listed.next_page_token))
    assert [v.current for v in [*listed.versions, *rest.versions]] == [True, False, False]
    assert [v.rule_count for v in [*listed.versions, *rest.versions]] == [2, 1, 2]
    assert refusal(lambda: server.rules.GetRules(pb.GetRulesRequest(version="9-x")))[0] is grpc.StatusCode.NOT_FOUND


def test_a_restart_serves_what_was_published_unless_its_files_changed(tmp_path):
    store = str(tmp_path / "data")
    with running(store=store) as server:
        version = publish(server, GREET).version
        assert server.terminate() == 0
    with running(store=store) as server:
        assert rules_asked(server, "m") == (["greet"], version)
        assert server.terminate() == 0
    with running(store=store, files={"shop.duly": RULES + "\nrule more\n  when Order Completed\n"}) as server:
        assert sorted(rules_asked(server, "m")[0]) == ["more", "thanks"]


@pytest.mark.parametrize("method", ["CheckRules", "PublishRules"])
def test_files_none_of_which_can_hold_a_rule_do_not_end_all_rules(server, method):
    request = getattr(pb, f"{method}Request")(files=[pb.RuleFile(name="shop.txt", content=GREET.encode())])
    code, fields = refusal(lambda: getattr(server.rules, method)(request))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, {"files": "MISSING"})
    assert rules_asked(server, "still")[0] == ["thanks"]


def test_what_is_said_about_a_version_is_bounded(server):
    code, fields = refusal(lambda: publish(server, GREET, description="x" * 2_001))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, {"description": "TOO_LONG"})
    assert publish(server, GREET, description="x" * 2_000).version
