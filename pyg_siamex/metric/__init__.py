"""Measures of the quality of explanations.

In decreasing order of trust:

1. exact ground truth (:func:`ground_truth_auroc`, :func:`ground_truth_average_precision`,
   :func:`ground_truth_precision`), where the label *is* the motif;
2. :func:`insertion_deletion` and :func:`sparse_fidelity`, then :func:`robust_fidelity`, then plain
   :func:`fidelity` and :func:`effect_overlap`, which query the model;
3. :func:`stability`, :func:`retraining_stability`, :func:`conformity`, :func:`gini` and
   :func:`completeness`, which a useless explanation can pass;
4. :func:`model_randomisation` and :func:`label_randomisation`, which a useless explanation fails.

Compare every number with controls: :func:`evaluate` adds random and the oracle to every table.
:func:`summarise` and :func:`differences` give intervals. Report the model's pair AUC and spread as
well, since explanations of a model that learned nothing have no value.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._lazy import lazy_names
from pyg_siamex.metric.agreement import spearman, top_jaccard
from pyg_siamex.metric.completeness import Completeness, completeness
from pyg_siamex.metric.conformity import conformity
from pyg_siamex.metric.curves import RemovalCurves, removal_curves
from pyg_siamex.metric.element_values import element_importance
from pyg_siamex.metric.evaluate import evaluate
from pyg_siamex.metric.fidelity import Fidelity, characterisation_score, fidelity
from pyg_siamex.metric.ground_truth import (
    ground_truth_auroc,
    ground_truth_average_precision,
    ground_truth_precision,
)
from pyg_siamex.metric.group_map import GroupMap
from pyg_siamex.metric.insertion import InsertionDeletion, insertion_deletion
from pyg_siamex.metric.measure import Column, Measure, Measured, measure
from pyg_siamex.metric.overlap import effect_overlap, sparse_fidelity
from pyg_siamex.metric.permuted import permuted
from pyg_siamex.metric.protocol import EvaluationProtocol
from pyg_siamex.metric.randomisation import (
    Randomisation,
    label_randomisation,
    model_randomisation,
)
from pyg_siamex.metric.removal import Deletion, FeatureMean, MessageMask, Removal, removal_resolver
from pyg_siamex.metric.retraining import RetrainingStability, retraining_stability
from pyg_siamex.metric.robust import robust_fidelity
from pyg_siamex.metric.simplicity import effective_share, gini
from pyg_siamex.metric.stability import Stability, stability
from pyg_siamex.metric.summary import differences, summarise
from pyg_siamex.metric.table_measures import MEASURES
from pyg_siamex.metric.trust import trust

if TYPE_CHECKING:
    from pyg_siamex.metric.accumulate import Faithfulness, GroundTruth

__all__ = [
    "MEASURES",
    "Column",
    "Completeness",
    "Deletion",
    "EvaluationProtocol",
    "Faithfulness",
    "FeatureMean",
    "Fidelity",
    "GroundTruth",
    "GroupMap",
    "InsertionDeletion",
    "Measure",
    "Measured",
    "MessageMask",
    "Randomisation",
    "Removal",
    "RemovalCurves",
    "RetrainingStability",
    "Stability",
    "characterisation_score",
    "completeness",
    "conformity",
    "differences",
    "effect_overlap",
    "effective_share",
    "element_importance",
    "evaluate",
    "fidelity",
    "gini",
    "ground_truth_auroc",
    "ground_truth_average_precision",
    "ground_truth_precision",
    "insertion_deletion",
    "label_randomisation",
    "measure",
    "model_randomisation",
    "permuted",
    "removal_curves",
    "removal_resolver",
    "retraining_stability",
    "robust_fidelity",
    "sparse_fidelity",
    "spearman",
    "stability",
    "summarise",
    "top_jaccard",
    "trust",
]

_ACCUMULATE = ".accumulate"  # needs torchmetrics

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(
    __name__, {"Faithfulness": _ACCUMULATE, "GroundTruth": _ACCUMULATE}
)
