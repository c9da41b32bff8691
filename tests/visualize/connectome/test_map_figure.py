"""Maps on one and two columns."""

import pytest
from group_tables import SMALL, WHOLE, tables

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.visualize import draw_group


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("atlas", [SMALL, WHOLE, Atlas("t", list(SMALL.names))])
def test_nothing_lies_outside_the_paper_or_over_something_else(columns, atlas):
    found = tables(atlas=atlas) if atlas.networks else {"connections": tables()["connections"]}
    figure = draw_group(found, atlas, ("healthy", "ill"), columns=columns, title="Study")
    figure.canvas.draw()
    width, height = figure.bbox.width, figure.bbox.height
    boxes = [text.get_window_extent() for text in figure.texts]
    assert all(
        box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes
    )
    for k, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[k + 1 :])
    for ax in figure.axes:
        inside = ax.get_tightbbox()
        assert inside is None or (inside.x0 >= -1 and inside.x1 <= width + 1)


def test_other_widths_are_refused():
    with pytest.raises(ValueError, match="columns must be"):
        draw_group(tables(), SMALL, ("healthy", "ill"), columns=3)
