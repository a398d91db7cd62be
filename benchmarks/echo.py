"""A bare gRPC server with the service's messages: the most that any Python service could do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc

from duly.v1 import decision_service_pb2 as pb
from duly.v1.decision_service_pb2_grpc import DecisionServiceServicer, add_DecisionServiceServicer_to_server

THREADS = 16


class Echo(DecisionServiceServicer):
    """Answers `Decide` with the last answer it was given as the reply of `BatchDecide`."""

    def __init__(self) -> None:
        self.reply = pb.DecideResponse()

    def Decide(self, request, context):  # noqa: ANN001, ANN201, N802
        return self.reply

    def BatchDecide(self, request, context):  # noqa: ANN001, ANN201, N802
        """Teaches the server what to answer: the request id of the first request holds the reply."""
        self.reply = pb.DecideResponse.FromString(bytes.fromhex(request.requests[0].request_id))
        return pb.BatchDecideResponse()


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(THREADS))
    add_DecisionServiceServicer_to_server(Echo(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
