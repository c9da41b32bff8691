"""An invariance is used for the masks that it was learned for."""

import pytest

from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.self_learned.invariance.learned_kinds import check_kinds


def test_other_masks_than_learned_are_refused():
    edges, nodes = (MaskKinds.of({f"{kind}_mask_type": "object"}) for kind in ("edge", "node"))
    check_kinds(edges, edges)
    with pytest.raises(ValueError, match="learn another one"):
        check_kinds(edges, nodes)
