"""Integrated Jacobians: the encoder's derivatives along a path from a reference input."""
