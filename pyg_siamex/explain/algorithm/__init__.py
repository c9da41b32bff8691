"""Explanation algorithms, one per file."""
