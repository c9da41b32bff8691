import nilearn.datasets
import pytest
from nilearn.datasets import fetch_atlas_schaefer_2018

from pyg_siamex.datasets.connectome import aal, abide_series, schaefer
from pyg_siamex.datasets.connectome.downloaded import downloaded


@pytest.mark.parametrize(
    ("read", "fetch", "what"),
    [
        (schaefer, "fetch_atlas_schaefer_2018", "the atlas of Schaefer"),
        (aal, "fetch_atlas_aal", "the atlas AAL"),
        (abide_series, "fetch_abide_pcp", "ABIDE"),
    ],
)
def test_without_a_network_the_way_out_is_told(tmp_path, monkeypatch, read, fetch, what):
    def offline(*args, **options):
        raise ConnectionError("Max retries exceeded: Name or service not known\n" * 100)

    monkeypatch.setattr(nilearn.datasets, fetch, offline)
    with pytest.raises(OSError, match="give data_dir") as raised:
        read(data_dir=tmp_path)
    told = str(raised.value)
    assert told.startswith(f"nilearn could not download {what} to {tmp_path} (")
    assert "Name or service not known" in told and "\n" not in told and len(told) < 800


def test_arguments_that_nilearn_refuses_are_told_by_nilearn(tmp_path):
    with pytest.raises(ValueError, match="n_rois"):
        downloaded("regions", fetch_atlas_schaefer_2018, 150, data_dir=tmp_path, verbose=0)
