"""One explained pair on a page: its answer, drawings, charts, measures and data."""
