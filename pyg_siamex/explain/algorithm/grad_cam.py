"""Grad-CAM for graphs: node embeddings weighted by the similarity's gradient."""

import torch
from torch import nn
from torch_geometric.explain.config import MaskType
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.utils import scatter

from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.contract.recorded import recorded
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem


@checked
class GradCAM(PairAlgorithm):
    r"""Grad-CAM on graphs (Selvaraju et al., arXiv 1610.02391; Pope et al., CVPR 2019, eq. 8 to 9).

    .. math:: \alpha_k = \frac{1}{n} \sum_i \frac{\partial s}{\partial F_{ik}}, \qquad
              a_i = \mathrm{ReLU}\Big(\sum_k \alpha_k F_{ik}\Big)

    with F the output, ``[n, K]``, of one layer of the encoder for the n nodes of a graph. Gives a
    ``node_mask_type="object"`` mask for both graphs of all pairs from one backward pass.
    :func:`~pyg_siamex.explain.edge_importance` averages it over the ends of an edge.

    Args:
        layer: Name of the layer, as in ``model.encoder.named_modules()``. Default: the message
            passing layer that runs last, as in Pope et al.
        signed: Leave out the ReLU; negative nodes then push the pair apart.

    Raises:
        ValueError: When explaining, if another mask is requested, the layer does not exist, it did
            not run, or its output is not one row per node.

    See Also: :class:`InputXGradient` for a method of similar cost at the input.
    """

    differences = False

    def __init__(self, layer: str | None = None, signed: bool = False) -> None:
        super().__init__()
        self.layer = layer
        self.signed = signed

    def check(self, problem: PairProblem) -> None:
        """Refuse masks other than one value per node, and unknown layers."""
        if (
            problem.kinds.node_mask_type is not MaskType.object
            or problem.kinds.edge_mask_type is not None
        ):
            raise ValueError(
                "GradCAM scores nodes: use node_mask_type='object' and no edge_mask_type "
                "(pyg_siamex.explain.edge_importance gives edges the mean of their ends)"
            )
        self._layers(problem.model.encoder)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        union = pairs.union
        masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
        with pairs.encoding() as encode, recorded(self._layers(problem.model.encoder)) as outputs:
            total = pairs.similarity(encode(masks)).sum()
        if outputs.last is None:
            raise ValueError(f"layer '{self.layer}' did not run in the encoder's forward pass")
        parts = outputs.calls(outputs.last, pairs.passes)[-1]
        rows = sum(len(part) for part in parts)
        if parts[0].dim() < 2 or rows != len(union.x):
            raise ValueError(
                f"GradCAM needs a layer with one row per node, and its output is "
                f"{[rows, *parts[0].shape[1:]]} for {len(union.x)} nodes: name another layer"
            )
        gradient = torch.cat(gradients(total, parts)).flatten(1)
        features = torch.cat(parts).detach().flatten(1)
        alpha = scatter(gradient, union.batch, dim_size=union.num_graphs, reduce="mean")  # [G, K]
        score = (alpha.index_select(0, union.batch) * features).sum(1)
        return Attribution(*pairs.split({"node": score if self.signed else score.relu()}))

    def _layers(self, encoder: nn.Module) -> list[nn.Module]:
        modules = dict(encoder.named_modules())
        if self.layer is not None:
            if self.layer not in modules:
                names = ", ".join(name for name in modules if name)
                raise ValueError(f"the encoder has no layer '{self.layer}': it has {names}")
            return [modules[self.layer]]
        layers = [module for module in modules.values() if isinstance(module, MessagePassing)]
        if not layers:
            raise ValueError(
                "the encoder has no MessagePassing layer: name one, GradCAM(layer=...)"
            )
        return layers
