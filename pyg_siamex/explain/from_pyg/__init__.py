"""PyG's and Captum's explainers of single graphs, made right for pairs."""

from pyg_siamex.explain.from_pyg.algorithm import FromPyG

__all__ = ["FromPyG"]
