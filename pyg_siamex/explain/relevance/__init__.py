"""Relevance between parts of two graphs: factors, their products, and what they sum to."""

from pyg_siamex.explain.engine.quadrature import quadrature
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.jacobian.integration import Integration
from pyg_siamex.explain.relevance.jacobian.jacobian_factors import jacobian_factors
from pyg_siamex.explain.relevance.jacobian.path import Path, mean_features
from pyg_siamex.explain.relevance.lrp.aggregation import aggregated
from pyg_siamex.explain.relevance.lrp.gamma_rule import SOURCE_SCHEDULE, GammaRule
from pyg_siamex.explain.relevance.lrp.layer_rules import register_rule
from pyg_siamex.explain.relevance.lrp.lrp_factors import layers_of, lrp_factors
from pyg_siamex.explain.relevance.nearest_pairs import nearest_pairs
from pyg_siamex.explain.relevance.pair_file import PairFile, write_pairs
from pyg_siamex.explain.relevance.pairs import Block, all_pairs, pair_relevance
from pyg_siamex.explain.relevance.strongest_pairs import TopPairs, top_pairs
from pyg_siamex.explain.relevance.top_pair_file import write_top_pairs

__all__ = [
    "SOURCE_SCHEDULE",
    "Block",
    "Factors",
    "GammaRule",
    "Integration",
    "PairFile",
    "Path",
    "TopPairs",
    "aggregated",
    "all_pairs",
    "jacobian_factors",
    "layers_of",
    "lrp_factors",
    "mean_features",
    "nearest_pairs",
    "pair_relevance",
    "quadrature",
    "register_rule",
    "top_pairs",
    "write_pairs",
    "write_top_pairs",
]
