"""Two sessions of the same persons, with three connections that change."""

import numpy as np
import torch
from small_study import REGIONS, noise, shifted

from pyg_siamex import SiameseGNN
from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.nn import RoiGCN, RoiReadout
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe


def model():
    torch.manual_seed(0)
    return SiameseGNN(RoiGCN(REGIONS), RoiReadout(REGIONS, REGIONS, 8, eps=1.0)).eval()


def scans(people=24, effect=1.5, seed=0):
    own = np.repeat(noise(people, seed), 2, axis=0)
    matrices = own + 0.5 * noise(2 * people, seed + 1)
    matrices = shifted(matrices, effect * (np.arange(2 * people) % 2))
    names = [f"sub-{k // 2 + 1:02d}_ses-{'ab'[k % 2]}" for k in range(2 * people)]
    return GraphRecipe().graphs(Subjects(matrices, names))
