r"""Similarity heads: functions of the two embeddings of a Siamese network.

Each head maps embeddings ``a`` and ``b`` of shape ``[..., D]``, broadcast against each other, to
similarities ``[...]``: ``[B, D], [B, D] -> [B]`` for pairs, ``[B, 1, D], [1, C, D] -> [B, C]`` for
all pairs of two batches. The heads of this package are symmetric in their arguments.
"""

from pyg_siamex.nn.similarity.base import Similarity, compare
from pyg_siamex.nn.similarity.decoders import DistMultSimilarity, HadamardSimilarity
from pyg_siamex.nn.similarity.distances import EuclideanSimilarity, RBFSimilarity
from pyg_siamex.nn.similarity.form import Form, ProductForm
from pyg_siamex.nn.similarity.metric import Angle, Distance, InnerProduct, Metric
from pyg_siamex.nn.similarity.mlp import MLPSimilarity
from pyg_siamex.nn.similarity.other import OtherSimilarity
from pyg_siamex.nn.similarity.products import BilinearSimilarity, CosineSimilarity, DotSimilarity
from pyg_siamex.nn.similarity.resolve import SIMILARITIES, similarity_resolver

__all__ = [
    "SIMILARITIES",
    "Angle",
    "BilinearSimilarity",
    "CosineSimilarity",
    "DistMultSimilarity",
    "Distance",
    "DotSimilarity",
    "EuclideanSimilarity",
    "Form",
    "HadamardSimilarity",
    "InnerProduct",
    "MLPSimilarity",
    "Metric",
    "OtherSimilarity",
    "ProductForm",
    "RBFSimilarity",
    "Similarity",
    "compare",
    "similarity_resolver",
]
