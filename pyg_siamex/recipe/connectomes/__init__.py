"""The recipe for connectomes, which needs no chemistry."""
