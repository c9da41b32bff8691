r"""Graphs under masks, as one disjoint union that is masked and encoded at once."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.head_gradient import try_head
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import OpenEncoder, encoder_of
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_space import MaskSpace, edge_space, node_space
from pyg_siamex.explain.engine.problem import Masks
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import compare

# A little below the largest size that glibc's malloc adapts to.
_LARGE_BLOCK = 31 * 2**20

Gates = Mapping[str, Tensor]


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

    Raises:
        ValueError: If weights are masked that the graphs do not have, or the encoder does not take.
    """

    def __init__(self, model: SiameseGNN, union: GraphInputs, kinds: MaskKinds) -> None:
        self.model = model
        self.union = union
        self.kinds = kinds
        if kinds.mask_mode == "weight" and "edge_weight" not in union.edge_extras:
            reads = "edge_weight" in model.extra_inputs
            who = "the graphs have" if reads else f"{type(model.encoder).__name__} takes"
            raise ValueError(
                f"mask_mode='weight' needs edge_weight, and {who} none: use mask_mode='message'"
            )
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
    def encoding(self, copies: int = 1) -> Iterator["Encode"]:
        """Open the gates of the model.

        Args:
            copies: Number of differently masked copies of the union that each call encodes.

        Yields:
            The function from masks to embeddings. It raises a ``RuntimeError`` once the gates are
            closed.
        """
        by_message = "edge" in self.spaces and self.kinds.mask_mode == "message"
        with (
            encoder_of(
                self.model, self.union, edges=by_message, nodes="node" in self.spaces
            ) as encoder,
            ExitStack() as gates,
        ):
            yield Encode(self, encoder, gates, copies)

    def compare(self, query: Tensor, reference: Tensor) -> Tensor:
        """Similarities of embeddings, in double precision for the library's heads without weights.

        Similarities near 1 differ only in their last digits. Their rounding would be amplified when
        masks are scaled to the effect to explain.

        Raises:
            ValueError: If gradients are requested from a head that cuts them.
        """
        head = self.model.similarity
        if query.requires_grad or reference.requires_grad:
            try_head(self.model, self.contract)
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


class Encode:
    """Embeddings of graphs as a function of masks, while the gates of the model are open.

    Args:
        graphs: The graphs.
        encoder: The open encoder.
        gates: What is closed with the gates.
        copies: Number of differently masked copies of the union that each call encodes.
    """

    def __init__(
        self, graphs: MaskedGraphs, encoder: OpenEncoder, gates: ExitStack, copies: int = 1
    ) -> None:
        self.graphs, self.copies = graphs, copies
        self._encoder, self._gates = encoder, gates
        self._union = graphs.union if copies == 1 else graphs.union.repeat(copies)
        self._spaces = graphs.spaces
        if copies > 1:
            self._spaces = {name: space.repeat(copies) for name, space in graphs.spaces.items()}
        self._closed = False
        gates.callback(self._close)

    def __call__(self, masks: Gates) -> Tensor:
        """Embed the graphs, ``[copies, G, D]``.

        Args:
            masks: ``{name: [copies * M]}``, values in [0, 1]; a missing name means all ones.

        Raises:
            RuntimeError: If the gates are closed.
        """
        if self._closed:
            raise RuntimeError("the gates are closed: encode inside the with block")
        gates = {name: self._spaces[name].gate(mask) for name, mask in masks.items()}
        inputs = self._union
        if "edge" in gates and self.graphs.kinds.mask_mode == "weight":
            weight = inputs.edge_extras["edge_weight"]
            inputs = inputs.with_values(edge_weight=weight * gates.pop("edge").to(weight.dtype))
        h = self._encoder(inputs, gates.get("edge"), gates.get("node"))
        return h.view(self.copies, self.graphs.union.num_graphs, -1)

    def of(self, graphs: MaskedGraphs) -> "Encode":
        """The same function for other graphs, through the same open gates.

        Args:
            graphs: Graphs with the same model and kinds of masks.
        """
        return Encode(graphs, self._encoder, self._gates)

    def _close(self) -> None:
        self._closed = True


def _spaces(union: GraphInputs, kinds: MaskKinds) -> dict[str, MaskSpace]:
    spaces = {}
    if kinds.edge_mask_type is not None:
        spaces["edge"] = edge_space(union, kinds.undirected)
    if kinds.node_mask_type is not None:
        spaces["node"] = node_space(union, kinds.node_mask_type)
    return spaces
