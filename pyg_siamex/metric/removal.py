r"""Ways to remove elements of a graph, to compute its similarity without them."""

from abc import ABC, abstractmethod

from torch import Tensor
from torch_geometric.explain.config import MaskType
from torch_geometric.resolver import normalize_string
from torch_geometric.utils import scatter

from pyg_siamex._door import checked
from pyg_siamex._visible import in_one_line
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.signature import Call


class Removal(ABC):
    """Base class of embeddings of graphs without some of their elements."""

    @abstractmethod
    def embed(self, pairs: MaskedPairs, name: str, keep: Tensor) -> Tensor:
        """Encode copies of the graphs without their removed elements.

        Args:
            pairs: The pairs.
            name: Mask space of the elements, ``"edge"`` or ``"node"``.
            keep: 1 for elements that stay and 0 for removed elements, ``[copies, M]``.

        Returns:
            Embeddings ``[copies, graphs of the union, D]``.
        """


class Deletion(Removal):
    """Delete elements: edges are cut, nodes are cut with their edges, features become 0.

    This is the default. The result is a graph that the model could have been given; degrees, means
    and attention are computed on the remaining graph. With layers that do not normalise (GIN),
    cutting an edge is the same as masking its messages.

    Node deletion also removes the nodes from the readout. A graph without nodes has an empty
    readout, a zero embedding for PyG's pools.
    """

    def embed(self, pairs: MaskedPairs, name: str, keep: Tensor) -> Tensor:
        """Encode the remaining graphs, ``[copies, M] -> [copies, G, D]``.

        Raises:
            ValueError: If a graph loses all nodes and the encoder pools itself without taking the
                number of graphs.
        """
        copies, graphs = len(keep), pairs.union.num_graphs
        union = pairs.union.repeat(copies)
        gate = pairs.spaces[name].repeat(copies).gate(keep.flatten())
        if name == "edge":
            union = union.select_edges(gate > 0.5)
        elif pairs.kinds.node_mask_type is MaskType.object:
            union = union.select_nodes(gate[:, 0] > 0.5)
            _check_emptied(pairs.model, union)
        else:
            union = changed(union, x=union.x * gate)
        return embed_alone(pairs.model, union).view(copies, graphs, -1)


class MessageMask(Removal):
    """Multiply messages of removed edges and features of removed nodes by 0.

    PyG's explainers and their metrics do this, and it works for every encoder. Layers that
    normalise (GCN, mean, attention) still count a neighbour whose message is 0. This does not
    happen for any real graph, so the model is evaluated off its distribution.
    """

    def embed(self, pairs: MaskedPairs, name: str, keep: Tensor) -> Tensor:
        """Encode the masked graphs, ``[copies, M] -> [copies, G, D]``."""
        with pairs.encoding(len(keep)) as encode:
            return encode({name: keep.flatten()})


@checked
class FeatureMean(Removal):
    """Replace removed nodes or features by the mean of each feature; the structure stays.

    Use it for dense features, where 0 does not mean absence.

    Args:
        mean: Mean feature vector, ``[F]``, for example of the training set; required for graphs of
            one node. Default: the mean over the nodes of the same graph.

    Raises:
        ValueError: If a mean is not finite, or ``mean`` is no vector.
    """

    def __init__(self, mean: Tensor | None = None) -> None:
        if mean is not None and (mean.dim() != 1 or not len(mean)):
            raise ValueError(
                f"`mean` of FeatureMean must be a vector, [F] (got shape {list(mean.shape)})"
            )
        if mean is not None and not bool(mean.isfinite().all()):
            raise ValueError("`mean` of FeatureMean has NaN or infinite entries: give finite ones")
        self.mean = mean

    def embed(self, pairs: MaskedPairs, name: str, keep: Tensor) -> Tensor:
        """Encode the graphs with replaced features, ``[copies, M] -> [copies, G, D]``.

        Raises:
            ValueError: If edges are to be removed, or ``mean`` does not fit the features.
        """
        if name == "edge":
            raise ValueError(
                "removal='feature_mean' replaces node features and cannot remove edges: measure "
                "elements='node' or 'feature', or use removal='deletion'"
            )
        copies, union = len(keep), pairs.union
        gate = pairs.spaces[name].repeat(copies).gate(keep.flatten())
        background = self._background(union).repeat(copies, 1)
        whole = union.repeat(copies)
        whole = changed(whole, x=whole.x * gate + background * (1 - gate))
        return embed_alone(pairs.model, whole).view(copies, union.num_graphs, -1)

    def _background(self, union: GraphInputs) -> Tensor:
        if self.mean is None:
            mean = scatter(union.x, union.batch, dim_size=union.num_graphs, reduce="mean")
            of_nodes: Tensor = mean.index_select(0, union.batch)
            return of_nodes
        if self.mean.shape != union.x.shape[1:]:
            raise ValueError(
                f"FeatureMean has a mean of shape {list(self.mean.shape)} for nodes with "
                f"{union.x.size(1)} features"
            )
        return self.mean.to(union.x).expand_as(union.x)


_REMOVALS: dict[str, type[Removal]] = {
    "deletion": Deletion,
    "message": MessageMask,
    "feature_mean": FeatureMean,
}


@checked
def removal_resolver(query: str | Removal) -> Removal:
    """Look a removal up by name.

    Args:
        query: ``"deletion"``, ``"message"``, ``"feature_mean"``, or an instance, which is returned
            unchanged.

    Raises:
        ValueError: If the name is unknown.
    """
    if isinstance(query, Removal):
        return query
    for name, kind in _REMOVALS.items():
        if normalize_string(query) in map(normalize_string, (name, kind.__name__)):
            return kind()
    choices = ", ".join(map(repr, _REMOVALS))
    raise ValueError(f"removal must be one of {choices} (got {in_one_line(query, 60)!r})")


def _check_emptied(model: SiameseGNN, union: GraphInputs) -> None:
    told = not {"batch_size", "num_graphs"}.isdisjoint(Call.of(model.encoder).names)
    if model.pool is None and not told and len(union.batch.unique()) < union.num_graphs:
        raise ValueError(
            "removal='deletion' leaves graphs without nodes, which an encoder that pools itself "
            "would skip: let its forward take batch_size, or use removal='message'"
        )
