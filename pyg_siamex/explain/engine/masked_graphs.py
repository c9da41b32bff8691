r"""Graphs under masks, as one disjoint union that is masked and encoded at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_space import MaskSpace, edge_space, node_space
from pyg_siamex.explain.engine.problem import Masks
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import compare

# A little below the largest size that glibc's malloc adapts to.
_LARGE_BLOCK = 31 * 2**20

Gates = Mapping[str, Tensor]
Encode = Callable[[Gates], Tensor]


class MaskedGraphs:
    """Embeddings of G graphs as a function of masks.

    Args:
        model: The Siamese model, in evaluation mode
            (:func:`~pyg_siamex.explain.engine.guard.untouched`).
        union: Union of the G graphs.
        kinds: Kinds of masks.

    Attributes:
        spaces: The mask spaces by name, ``"edge"``, ``"node"`` or both.
        like: An empty tensor with the device and the type of masks.
    """

    def __init__(self, model: SiameseGNN, union: GraphInputs, kinds: MaskKinds) -> None:
        self.model = model
        self.union = union
        self.kinds = kinds
        self.spaces: dict[str, MaskSpace] = _spaces(union, kinds)
        self.like: Tensor = mask_like(model, union)
        # Freeing one large block makes malloc reuse memory for blocks of this size and below,
        # where it would otherwise map and fault in fresh pages for every message tensor.
        torch.empty(_LARGE_BLOCK, dtype=torch.uint8)

    @cached_property
    def contract(self) -> Contract:
        """Contract of the encoder on these graphs."""
        return contract_of(self.model, self.union)

    @property
    def passes(self) -> int:
        """Number of encoder runs for one encoding: one, or one for each graph."""
        return self.union.num_graphs if self.contract.apart else 1

    @contextmanager
    def encoding(self, copies: int = 1) -> Iterator[Encode]:
        """Open the gates of the model.

        Args:
            copies: Number of differently masked copies of the union that each call encodes.

        Yields:
            A function from masks ``{name: [copies * M]}`` (values in [0, 1]; a missing name means
            all ones) to embeddings ``[copies, G, D]``. It raises a ``RuntimeError`` once the gates
            are closed.
        """
        union = self.union if copies == 1 else self.union.repeat(copies)
        spaces = self.spaces
        if copies > 1:
            spaces = {name: space.repeat(copies) for name, space in spaces.items()}
        by_message = "edge" in spaces and self.kinds.mask_mode == "message"
        with encoder_of(
            self.model, self.union, edges=by_message, nodes="node" in spaces
        ) as encoder:

            def encode(masks: Gates) -> Tensor:
                if closed:
                    raise RuntimeError("the gates are closed: encode inside the with block")
                gates = {name: spaces[name].gate(mask) for name, mask in masks.items()}
                inputs = union
                if "edge" in gates and not by_message:
                    weight = union.edge_extras["edge_weight"]
                    gated = weight * gates.pop("edge").to(weight.dtype)
                    inputs = union.with_values(edge_weight=gated)
                h = encoder(inputs, gates.get("edge"), gates.get("node"))
                return h.view(copies, self.union.num_graphs, -1)

            closed = False
            try:
                yield encode
            finally:
                closed = True

    def compare(self, query: Tensor, reference: Tensor) -> Tensor:
        """Similarities of embeddings, in double precision for the library's heads without weights.

        Similarities near 1 differ only in their last digits. Their rounding would be amplified when
        masks are scaled to the effect to explain.
        """
        head = self.model.similarity
        if head.broadcasts and next(head.parameters(), None) is None:
            query, reference = query.double(), reference.double()
        return compare(head, query, reference)

    def ones(self) -> dict[str, Tensor]:
        """Masks that keep everything."""
        return {name: self.like.new_ones(len(s)) for name, s in self.spaces.items()}

    def masks(self, values: Gates) -> Masks:
        """Element values ``{name: [M]}`` as masks of the union."""
        out = {name: space.values(values[name]) for name, space in self.spaces.items()}
        if self.kinds.node_mask_type is MaskType.common_attributes:
            out["node"] = values["node"].view(self.union.num_graphs, -1)
        return Masks(node=out.get("node"), edge=out.get("edge"))

    def elements(self, name: str, values: Tensor) -> Tensor:
        """Values of the named mask's elements, ``[M]``, from the result of :meth:`masks`."""
        index, values = self.spaces[name].index.flatten(), values.flatten()
        if name == "node":  # a value for each element, in their order
            return values
        scope = index >= 0
        out = values.new_zeros(len(self.spaces[name]))
        return out.index_copy(0, index[scope], values[scope])


def _spaces(union: GraphInputs, kinds: MaskKinds) -> dict[str, MaskSpace]:
    spaces = {}
    if kinds.edge_mask_type is not None:
        spaces["edge"] = edge_space(union, kinds.undirected)
    if kinds.node_mask_type is not None:
        spaces["node"] = node_space(union, kinds.node_mask_type)
    return spaces
