"""The recipe for molecules."""
