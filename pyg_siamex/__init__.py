"""Explain learned graph similarity."""
