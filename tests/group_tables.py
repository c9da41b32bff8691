"""Tables of a group as its figures read them."""

import numpy as np
import pandas as pd

from pyg_siamex.datasets.connectome import dosenbach_160

WHOLE = dosenbach_160()
SMALL = WHOLE.subset(range(0, 160, 16))


def tables(p_fwe=0.01, atlas=SMALL):
    row, col = np.triu_indices(len(atlas), 1)
    z = np.linspace(5, -3, len(row))
    connections = pd.DataFrame(
        {
            "region": np.array(atlas.names)[row],
            "other": np.array(atlas.names)[col],
            "z": z,
            "p_fwe": np.where(np.arange(len(row)) < 3, p_fwe, 1.0),
            "p_cluster": 1.0,
            "raw_p_fwe": 1.0,
            "raw_p_cluster": 1.0,
            "stronger_in": np.where(np.arange(len(row)) % 2, "ill", "healthy"),
        }
    )
    networks = pd.DataFrame(
        {
            "network": [atlas.network_names[0]],
            "other": [atlas.network_names[1]],
            "z": [4.0],
            "p_fwe": [0.01],
            "raw_z": [-2.0],
            "raw_p_fwe": [1.0],
        }
    )
    return {"connections": connections, "networks": networks}


def of_kind(kind):
    """Tables of a kind, with the columns that others need too."""
    found = {name: table.drop(columns="raw_p_fwe") for name, table in tables().items()}
    given = {"group": {"raw_p_fwe": 1.0}, "changes": {"alike": 0.1}, "subject": {}}[kind]
    given |= {"for_own_class": 0.5} if kind == "subject" else {}
    given |= {"alike_share": 0.1, "raw_z": 0.0}
    return {name: table.assign(**given) for name, table in found.items()}
