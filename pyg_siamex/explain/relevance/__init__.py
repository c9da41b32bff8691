"""Relevance between parts of two graphs: factors, their products, and what they sum to."""

from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.jacobian import Integration, jacobian_factors
from pyg_siamex.explain.relevance.lrp import layers_of, lrp_factors
from pyg_siamex.explain.relevance.pairs import Block, all_pairs, pair_relevance
from pyg_siamex.explain.relevance.path import Path, mean_features
from pyg_siamex.explain.relevance.quadrature import quadrature
from pyg_siamex.explain.relevance.reductions import PairFile, TopPairs, top_pairs, write_pairs
from pyg_siamex.explain.relevance.rules import SOURCE_SCHEDULE, GammaRule

__all__ = [
    "SOURCE_SCHEDULE",
    "Block",
    "Factors",
    "GammaRule",
    "Integration",
    "PairFile",
    "Path",
    "TopPairs",
    "all_pairs",
    "jacobian_factors",
    "layers_of",
    "lrp_factors",
    "mean_features",
    "pair_relevance",
    "quadrature",
    "top_pairs",
    "write_pairs",
]
