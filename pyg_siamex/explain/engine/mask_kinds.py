"""Which parts of graphs get masks, and how."""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict, get_args

from torch_geometric.explain.config import MaskType

from pyg_siamex._numbers import flag, shown

MaskMode = Literal["message", "weight"]


class MaskOptions(TypedDict, total=False):
    """The fields of :class:`MaskKinds`, for functions that take them by name."""

    node_mask_type: MaskType | str | None
    edge_mask_type: MaskType | str | None
    undirected: bool
    mask_mode: MaskMode


@dataclass(frozen=True)
class MaskKinds:
    """The requested masks.

    Attributes:
        node_mask_type: Kind of node mask, with PyG's name, or ``None``.
        edge_mask_type: ``MaskType.object``, or ``None``.
        undirected: Whether an edge and its reverse share one mask value.
        mask_mode: ``"message"`` scales messages, ``"weight"`` scales ``edge_weight`` before the
            layer normalises it.

    Raises:
        ValueError: If no mask is requested, or a value is unknown.
    """

    node_mask_type: MaskType | None = None
    edge_mask_type: MaskType | None = None
    undirected: bool = False
    mask_mode: MaskMode = "message"

    def __post_init__(self) -> None:
        """Check every field; names become PyG's types."""
        for name in ("node_mask_type", "edge_mask_type"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else _mask_type(name, value))
        object.__setattr__(self, "undirected", flag("undirected", self.undirected))
        if self.node_mask_type is None and self.edge_mask_type is None:
            raise ValueError("ask for a node_mask_type, an edge_mask_type or both")
        if self.edge_mask_type not in (None, MaskType.object):
            raise ValueError(
                f"edge_mask_type must be None or 'object' (got '{self.edge_mask_type.value}')"
            )
        if not isinstance(self.mask_mode, str) or self.mask_mode not in get_args(MaskMode):
            choices = ", ".join(map(repr, get_args(MaskMode)))
            raise ValueError(f"mask_mode must be one of {choices} (got {shown(self.mask_mode)})")

    @property
    def names(self) -> list[str]:
        """Names of the requested masks, ``"edge"``, ``"node"`` or both."""
        types = {"edge": self.edge_mask_type, "node": self.node_mask_type}
        return [name for name, asked in types.items() if asked is not None]

    @classmethod
    def of(cls, options: MaskOptions) -> "MaskKinds":
        """Make from arguments by name; an edge mask if neither kind is named."""
        if options.get("node_mask_type") is None and options.get("edge_mask_type") is None:
            options = {**options, "edge_mask_type": MaskType.object}
        return cls(**options)

    @classmethod
    def split(cls, options: dict[str, Any]) -> tuple["MaskKinds", dict[str, Any]]:
        """Make from the matching arguments among ``options``; also returns the other arguments."""
        own = {name: value for name, value in options.items() if name in cls.__annotations__}
        rest = {name: value for name, value in options.items() if name not in own}
        return cls.of(own), rest  # type: ignore[arg-type]

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "MaskKinds":
        """The masks of :meth:`plain`.

        Raises:
            KeyError: If a field is missing.
            ValueError: If a value is unknown or of another type.
        """
        if not isinstance(plain["undirected"], bool):
            raise ValueError(f"undirected must be True or False (got {plain['undirected']!r})")
        return cls(**{name: plain[name] for name in cls.__annotations__})

    def plain(self) -> dict[str, Any]:
        """The fields as plain values."""
        node, edge = self.node_mask_type, self.edge_mask_type
        return {
            "node_mask_type": None if node is None else node.value,
            "edge_mask_type": None if edge is None else edge.value,
            "undirected": self.undirected,
            "mask_mode": self.mask_mode,
        }


def _mask_type(name: str, value: object) -> MaskType:
    try:
        return MaskType(value)
    except Exception:  # PyG writes the value, which may fail
        kinds = ", ".join(repr(kind.value) for kind in MaskType)
        choices = "'object'" if name == "edge_mask_type" else f"one of {kinds}"
        raise ValueError(f"{name} must be None or {choices} (got {shown(value)})") from None
