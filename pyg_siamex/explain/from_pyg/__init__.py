"""PyG's and Captum's explainers of single graphs, adapted to pairs."""

from pyg_siamex.explain.from_pyg.algorithm import FromPyG

__all__ = ["FromPyG"]
