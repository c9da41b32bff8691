"""Problems of models without one encoder that embeds all graphs."""

from collections.abc import Callable, Sequence

from torch_geometric.data import Data

from pyg_siamex.explain.engine.joint_problem import joint_problem
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.problem import OneSide, PairProblem, Side
from pyg_siamex.explain.engine.towers_problem import towers_problem
from pyg_siamex.nn.pair_model import PairModel
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.two_towers import TwoTowerGNN

_PROBLEMS: dict[type[SiameseGNN], Callable[..., PairProblem]] = {
    PairModel: joint_problem,
    TwoTowerGNN: towers_problem,
}


def is_unshared(model: SiameseGNN) -> bool:
    """Whether a model has no encoder that embeds queries and references."""
    return isinstance(model, tuple(_PROBLEMS))


def embedder(model: SiameseGNN, side: OneSide) -> SiameseGNN | None:
    """The model that embeds graphs of one side, or ``None`` if they have no embedding."""
    if isinstance(model, PairModel):
        return None
    if isinstance(model, TwoTowerGNN):
        return model.towers[side == "reference"]
    return model


def unshared_problem(
    model: SiameseGNN,
    queries: Sequence[Data],
    references: Sequence[Data],
    kinds: MaskKinds,
    side: Side,
) -> PairProblem:
    """The problem of pairs under such a model.

    Raises:
        ValueError: If the model does not allow the masks.
    """
    make = next(make for kind, make in _PROBLEMS.items() if isinstance(model, kind))
    return make(model, queries, references, kinds, side)


def check_algorithm(model: SiameseGNN, name: str, joint: bool) -> None:
    """Refuse an algorithm that needs embeddings which a model does not have.

    Args:
        model: The model.
        name: Name of the algorithm.
        joint: Whether the algorithm sees pairs only through masks.

    Raises:
        ValueError: If the model compares two graphs at once, and the algorithm is not joint.
    """
    if isinstance(model, PairModel) and not joint:
        raise ValueError(
            f"{name} needs an embedding of each graph, and {type(model.encoder).__name__} compares "
            f"two graphs at once: use an algorithm that masks the pair, such as Occlusion, "
            f"IntegratedGradients or MaskOptimization"
        )
