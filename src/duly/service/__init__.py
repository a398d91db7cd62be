"""The gRPC and HTTP faces of the engine."""
