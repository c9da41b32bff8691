"""What encoders of this library share: PyG's basic model, with sizes that are checked first."""

from typing import Any

from torch_geometric.nn.models.basic_gnn import BasicGNN

from pyg_siamex._door import checked
from pyg_siamex._visible import in_one_line
from pyg_siamex.nn.basic_arguments import check_basic
from pyg_siamex.nn.on_meta import check_weights
from pyg_siamex.nn.width import check_width

_MOST_LAYERS = 1000
_BY_PLACE = ("out_channels",)
_OF_FORWARD = ("x", "edge_index", "edge_weight", "edge_attr")


@checked
class OwnGNN(BasicGNN):
    """PyG's basic model, for encoders that give ``init_conv``.

    Args:
        in_channels: Number of node features F, or -1 to learn it from the first graph.
        hidden_channels: Width of the layers.
        num_layers: Number of layers, at most 1000.
        *args: As for :class:`torch_geometric.nn.GCN`.
        **kwargs: As for :class:`torch_geometric.nn.GCN`.

    Raises:
        TypeError: If a size is not a whole number.
        ValueError: If a size is out of range, ``jk`` is unknown, or the weights do not fit into
            the memory that is free.
    """

    def __init__(
        self, in_channels: int, hidden_channels: int, num_layers: int, *args: Any, **kwargs: Any
    ) -> None:
        sizes = {"in_channels": in_channels, "hidden_channels": hidden_channels}
        named = dict(zip(_BY_PLACE, args, strict=False))
        check_basic({**sizes, "num_layers": num_layers, **named, **kwargs}, _MOST_LAYERS)
        check_weights(hidden_channels * (max(in_channels, 1) + hidden_channels * (num_layers - 1)))
        try:
            super().__init__(in_channels, hidden_channels, num_layers, *args, **kwargs)
        except (AssertionError, LookupError, RuntimeError, TypeError, ValueError) as error:
            told = in_one_line(str(error), 300)
            raise ValueError(f"{type(self).__name__} cannot be built: {told}") from error

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Encode nodes, as PyG's basic models do, see ``forward``.

        Raises:
            ValueError: If the graphs do not fit the encoder, or are read as something else.
        """
        given = {**dict(zip(_OF_FORWARD, args, strict=False)), **kwargs}
        self._check_inputs(given.get("x"), given.get("edge_attr"))
        return super().__call__(*args, **kwargs)

    def _check_inputs(self, x: Any, edge_attr: Any) -> None:
        """Raise ``ValueError`` for what the layers cannot read, or read as something else."""
        if type(self.in_channels) is int and self.in_channels > 0:
            check_width(self, self.in_channels, x)
