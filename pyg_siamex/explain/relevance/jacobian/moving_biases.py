"""Biases that fade in along a path, at the pace of the node that they act on."""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from pyg_siamex.explain.relevance.node_shares import NodeShares
from pyg_siamex.nn.roi_readout import RoiNorm
from pyg_siamex.nn.siamese import SiameseGNN


class MovingBiases(TorchFunctionMode):
    """Multiplies the biases of an encoder by gates of the nodes that they act on.

    Biases are the constants of linear maps, of batch normalisation by running statistics and of
    layer normalisation, and parameters with "bias" in their name that are added. Others stay whole.

    Args:
        model: The Siamese model, in evaluation mode.
        shares: The nodes of the rows that it computes with.
        gate: Gate of each node, ``[N]``.
    """

    def __init__(self, model: SiameseGNN, shares: NodeShares, gate: Tensor) -> None:
        super().__init__()
        self._shares, self._gate = shares, gate
        named = model.named_parameters()
        self._added = {id(parameter) for name, parameter in named if "bias" in name}
        norms = [module for module in model.modules() if isinstance(module, RoiNorm)]
        self._side_by_side = {id(norm.running_mean) for norm in norms}

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run ``func``, with its bias gated."""
        kwargs = kwargs or {}
        rule = _RULES.get(getattr(func, "__name__", "").strip("_"))
        out = None if rule is None else rule(self, func, args, kwargs)
        return func(*args, **kwargs) if out is None else out

    def gated(self, constant: Tensor, like: Tensor) -> Tensor | None:
        """``constant``, ``[K]`` or as ``like``, times the gates of the rows of ``like``."""
        rows = self._shares.of(self._gate, like.size(0))
        if rows is None:
            return None
        return constant * rows.to(constant.dtype).view(-1, *[1] * (like.dim() - 1))

    def linear(
        self, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Tensor | None:
        """``W x + b``."""
        x, weight, bias = _given(args, kwargs, "input", "weight", "bias")
        if bias is None:
            return None
        out = func(x, weight)
        moved = self.gated(bias, out)
        return None if moved is None else out + moved

    def batch_norm(
        self, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Tensor | None:
        """Batch normalisation by running statistics."""
        names = ("input", "running_mean", "running_var", "weight", "bias", "training")
        x, mean, var, weight, bias, training = _given(args, kwargs, *names)
        if training or mean is None or var is None:
            return None
        eps = kwargs.get("eps", args[7] if len(args) > 7 else 1e-5)
        scale = (var + eps).rsqrt() * (1.0 if weight is None else weight)
        shift = (0.0 if bias is None else bias) - mean * scale
        if id(mean) in self._side_by_side:
            product: Tensor = x * scale + shift * self._shares.of_blocks(self._gate, x.size(1))
            return product
        moved = self.gated(shift, x) if x.dim() == 2 else None
        return None if moved is None else x * scale + moved

    def layer_norm(
        self, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Tensor | None:
        """Layer normalisation."""
        names = ("input", "normalized_shape", "weight", "bias", "eps")
        x, shape, weight, bias, eps = _given(args, kwargs, *names)
        moved = None if bias is None else self.gated(bias, x)
        if moved is None:
            return None
        return func(x, shape, weight, None, 1e-5 if eps is None else eps) + moved

    def add(
        self, func: Callable[..., Tensor], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Tensor | None:
        """A parameter that is added."""
        if len(args) != 2 or kwargs:
            return None
        for own, other in ((0, 1), (1, 0)):
            bias, like = args[own], args[other]
            if id(bias) in self._added and isinstance(like, Tensor) and id(like) not in self._added:
                moved = self.gated(bias, like) if bias.dim() < like.dim() else None
                if moved is None:
                    return None
                return func(*((moved, like) if own == 0 else (like, moved)))
        return None


def _given(args: tuple[Any, ...], kwargs: dict[str, Any], *names: str) -> list[Any]:
    """Arguments by name, ``None`` for what is not given."""
    given = dict(zip(names, args, strict=False)) | kwargs
    return [given.get(name) for name in names]


_RULES: dict[
    str,
    Callable[[MovingBiases, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Tensor | None],
] = {
    "linear": MovingBiases.linear,
    "batch_norm": MovingBiases.batch_norm,
    "layer_norm": MovingBiases.layer_norm,
    **dict.fromkeys(("add", "radd", "iadd"), MovingBiases.add),
}
