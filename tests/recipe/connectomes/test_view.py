from pathlib import Path

import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import Connections, ConnectomeView, Trained
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe

NAMED = Atlas("small", ["a", "b", "c"])
PLACED = Atlas("small", ["a", "b", "c"], torch.zeros(3, 3))


def trained(atlas: Atlas | None) -> Trained:
    model = build_siamese("GIN", in_channels=3, hidden_channels=4, num_layers=1)
    return Trained(model, {"graphs": GraphRecipe.of(Connections(), atlas).to_dict()})


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.pdf", "a.html"])
@pytest.mark.parametrize("atlas", [None, NAMED, PLACED])
def test_every_format_is_drawn_for_every_atlas(name, atlas):
    ConnectomeView().check(Path(name), trained(atlas))


def test_brains_need_places():
    ConnectomeView(style="brains").check(Path("a.svg"), trained(PLACED))
    for atlas in (None, NAMED):
        with pytest.raises(ValueError, match="`style` brains needs coordinates"):
            ConnectomeView(style="brains").check(Path("a.svg"), trained(atlas))


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="`out` must end in"):
        ConnectomeView().check(Path("a.jpg"), trained(None))
    with pytest.raises(ValueError, match="`style` is for pictures"):
        ConnectomeView(style="circles").check(Path("a.html"), trained(None))
    with pytest.raises(ValueError, match="`style` must be brains or circles"):
        ConnectomeView(style="cubes").check(Path("a.svg"), trained(None))
