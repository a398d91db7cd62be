"""Generated from `protos/duly/v1` by `make protos`; not to be edited."""
