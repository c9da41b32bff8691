"""Grad-CAM for graphs: node embeddings weighted by the similarity's gradient."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch_geometric.explain.config import MaskType
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.utils import scatter

from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.contract.recorded import recorded
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem
from pyg_siamex.nn.hetero_encoder import HeteroEncoder
from pyg_siamex.nn.two_towers import TowersEncoder


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
            passing layer that runs last, as in Pope et al. In a
            :class:`~pyg_siamex.nn.HeteroEncoder`, whose layers run for one type each, the
            embeddings of all nodes. With two encoders, a layer of that name in each.
        signed: Leave out the ReLU; negative nodes then push the pair apart.

    Raises:
        ValueError: When explaining, if another mask is requested, the layer does not exist, it did
            not run, or its output is not a tensor with one row per node.

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
        for one in _parts(problem):
            self._layers(one)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        found = [self._scores(one) for one in _parts(problem)]
        return Attribution(found[0].query, found[-1].reference)

    def _scores(self, problem: PairProblem) -> Attribution:
        """Explain the masked graphs, which one encoder embeds."""
        pairs = MaskedPairs(problem)
        union = pairs.union
        masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
        with pairs.encoding() as encode, recorded(self._layers(problem)) as outputs:
            total = pairs.similarity(encode(masks)).sum()
        if outputs.last is None:
            whose = "" if problem.side == "both" else f" for side='{problem.side}'"
            raise ValueError(
                f"layer '{self.layer}' did not run in the encoder's forward pass{whose}"
            )
        apart = getattr(problem.model.encoder, "one_by_one", False) is True
        passes = union.num_graphs if apart else pairs.passes
        parts = outputs.calls(outputs.last, passes)[-1]
        _check_rows(parts, len(union.x), _of_side(problem))
        gradient = torch.cat(gradients(total, parts)).flatten(1)
        features = torch.cat(parts).detach().flatten(1)
        alpha = scatter(gradient, union.batch, dim_size=union.num_graphs, reduce="mean")  # [G, K]
        score = (alpha.index_select(0, union.batch) * features).sum(1)
        return Attribution(*pairs.split({"node": score if self.signed else score.relu()}))

    def _layers(self, problem: PairProblem) -> list[nn.Module]:
        encoder = _of_side(problem)
        modules = dict(encoder.named_modules())
        if self.layer is not None:
            known = {**dict(problem.model.encoder.named_modules()), **modules}
            if self.layer not in known:
                names = ", ".join(name for name in modules if name)
                whose = "" if encoder is problem.model.encoder else f" of side='{problem.side}'"
                raise ValueError(f"the encoder{whose} has no layer '{self.layer}': it has {names}")
            return [known[self.layer]]
        if isinstance(encoder, HeteroEncoder):
            return [encoder]
        layers = [module for module in modules.values() if isinstance(module, MessagePassing)]
        if not layers:
            raise ValueError(
                "the encoder has no MessagePassing layer: name one, GradCAM(layer=...)"
            )
        return layers


def _parts(problem: PairProblem) -> list[PairProblem]:
    """The problem, or one for each side if each has an encoder."""
    if problem.side != "both" or not isinstance(problem.model.encoder, TowersEncoder):
        return [problem]
    return [replace(problem, side=side) for side in problem.masked_sides]


def _of_side(problem: PairProblem) -> nn.Module:
    """The encoder of the masked graphs."""
    encoder = problem.model.encoder
    if not isinstance(encoder, TowersEncoder):
        return encoder
    query = problem.side == "query"
    return (encoder.query_tower if query else encoder.reference_tower).encoder


def _check_rows(parts: list[Tensor], nodes: int, encoder: nn.Module) -> None:
    """Refuse outputs of a layer without a row for each node."""
    kind = next((type(part).__name__ for part in parts if not isinstance(part, Tensor)), None)
    if kind is None:
        rows = sum(len(part) if part.dim() else 1 for part in parts)
        if parts[0].dim() > 1 and rows == nodes:
            return
        got = f"{[rows, *parts[0].shape[1:]]} for {nodes} nodes"
    else:
        got = f"a {kind}"
    way = "name another layer"
    if isinstance(encoder, HeteroEncoder):
        way = (
            "leave `layer` out"
            if encoder.pool is None
            else "leave `layer` and the encoder's `pool` out, SiameseGNN(encoder, pool='mean')"
        )
    raise ValueError(f"GradCAM needs a layer with one row per node, and its output is {got}: {way}")
