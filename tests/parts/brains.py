"""Connectivity is computed from time series, and regions have places."""

import numpy as np

from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Density, Subjects, connectivity, dosenbach_160

atlas = dosenbach_160()
random = np.random.default_rng(0)
series = random.normal(size=(4, 200, 1)) + random.normal(size=(4, 200, len(atlas)))
subjects = connectivity(Subjects(list(series)))
graphs = Connectomes(subjects, atlas=atlas, connections=Density(0.1))
assert graphs[0].num_nodes == 160 and graphs[0].pos.shape == (160, 3)
