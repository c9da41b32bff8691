"""Siamese graph networks: the wrapper, similarity heads, encoders, training and checkpoints."""

from pyg_siamex.nn.build import ENCODERS, ROI_ENCODERS, build_siamese
from pyg_siamex.nn.checkpoint import load_model, save_model
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.gine import GINE
from pyg_siamex.nn.hetero_encoder import HeteroEncoder
from pyg_siamex.nn.higher_order import HigherOrderConv, HigherOrderGCN, co_occurrence
from pyg_siamex.nn.hops import check_hops, find_hops
from pyg_siamex.nn.library import Library, StaleLibraryError
from pyg_siamex.nn.neighbours import HNSWIndex
from pyg_siamex.nn.own_parts import OtherEncoderError
from pyg_siamex.nn.pair_model import PairModel, adapt
from pyg_siamex.nn.population_gcn import PopulationGCN
from pyg_siamex.nn.population_graph import nearest_regions, strongest_regions
from pyg_siamex.nn.roi_gcn import RoiGCN
from pyg_siamex.nn.roi_readout import RoiConcat, RoiReadout
from pyg_siamex.nn.roi_similarity import RoiSimilarity
from pyg_siamex.nn.root_readout import RootReadout
from pyg_siamex.nn.siamese import AgainstReference, SiameseGNN
from pyg_siamex.nn.similarity import (
    BilinearSimilarity,
    CosineSimilarity,
    DistMultSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    HadamardSimilarity,
    MLPSimilarity,
    OtherSimilarity,
    RBFSimilarity,
    Similarity,
    similarity_resolver,
)
from pyg_siamex.nn.two_towers import TwoTowerGNN
from pyg_siamex.nn.weighted_gcn import WeightedGCN
from pyg_siamex.nn.weighted_gin import WeightedGIN, WeightedGINConv

__all__ = [
    "ENCODERS",
    "GINE",
    "ROI_ENCODERS",
    "AgainstReference",
    "BilinearSimilarity",
    "CosineSimilarity",
    "DistMultSimilarity",
    "DotSimilarity",
    "EuclideanSimilarity",
    "HNSWIndex",
    "HadamardSimilarity",
    "HeteroEncoder",
    "HigherOrderConv",
    "HigherOrderGCN",
    "Library",
    "MLPSimilarity",
    "OtherEncoderError",
    "OtherSimilarity",
    "PairModel",
    "PopulationGCN",
    "RBFSimilarity",
    "RoiConcat",
    "RoiGCN",
    "RoiReadout",
    "RoiSimilarity",
    "RootReadout",
    "SiameseGNN",
    "Similarity",
    "StaleLibraryError",
    "TwoTowerGNN",
    "WeightedGCN",
    "WeightedGIN",
    "WeightedGINConv",
    "adapt",
    "build_siamese",
    "check_hops",
    "co_occurrence",
    "evaluating",
    "find_hops",
    "load_model",
    "nearest_regions",
    "save_model",
    "similarity_resolver",
    "strongest_regions",
]
