"""Overview of what drives similarity over a whole data set."""

from pyg_siamex.explain.overview.disagreement import Disagreement, disagreement
from pyg_siamex.explain.overview.group_factors import GroupFactors
from pyg_siamex.explain.overview.kept_groups import kept_groups
from pyg_siamex.explain.overview.overview import Overview, overview, overview_of_pairs

__all__ = [
    "Disagreement",
    "GroupFactors",
    "Overview",
    "disagreement",
    "kept_groups",
    "overview",
    "overview_of_pairs",
]
