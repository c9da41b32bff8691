"""What a trained model needs before it is explained."""

from pyg_siamex._door import checked
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.references import References
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.calibrate import calibrate
from pyg_siamex.nn.training.data_module import is_binary


@checked
def finish(model: SiameseGNN, pairs: PairDataset, validation: PairDataset, seed: int = 0) -> None:
    """Prepare a trained model for explanations, in place; :func:`fit` ends with it.

    Moves the model to the CPU and into evaluation mode, calibrates ``model.probability`` on the
    validation pairs (if their targets are 0 and 1), and keeps the embeddings of 20 training graphs,
    from which :class:`~pyg_siamex.explain.SelfLearned` masks learn.

    Args:
        model: The model, with its final weights.
        pairs: The pairs that it was trained on.
        validation: Pairs of other graphs.
        seed: Seed of the draw of the 20 graphs.

    Raises:
        ValueError: If no target of ``validation`` is known, or all are 0, or all are 1.
    """
    model.cpu().eval()
    if is_binary(validation):
        calibrate(model, validation)
    model.references = References.draw(model, pairs.graphs, seed=seed)
    model.invariance = None  # of the weights before
