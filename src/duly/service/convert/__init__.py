"""Between protobuf messages and what the engine speaks; nothing else knows both."""
