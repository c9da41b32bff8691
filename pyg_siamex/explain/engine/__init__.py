"""The engine: unions of graphs encoded under gates, and what holds of the encoder that does it."""
