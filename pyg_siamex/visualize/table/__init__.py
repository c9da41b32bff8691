"""Pictures of explained features, such as the columns of a table."""

from pyg_siamex.visualize.table.feature_bars import draw_features

__all__ = ["draw_features"]
