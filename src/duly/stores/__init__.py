"""The stores that fulfil the port in `duly.engine.store`, one module for each scheme."""
