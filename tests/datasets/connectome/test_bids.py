import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.bids import entities, person_of, scan_names

VALUES = st.from_regex(r"[a-zA-Z0-9]{1,4}", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sub-01", {"sub": "01"}),
        ("sub-01_ses-2_task-rest_run-1_relmat.tsv", dict(sub="01", ses="2", task="rest", run="1")),
        ("xcp_d/sub-A1/ses-x/func/sub-A1_stat-pearsoncorrelation_relmat", dict(sub="A1", ses="x")),
        ("KKI_0050776", {}),
        ("sub-01-old", {}),
        ("my-sub-01", {}),
    ],
)
def test_entities_are_read_from_names_and_folders(name, found):
    read = entities(name)
    assert {key: read.get(key) for key in found} == found and bool(read) == bool(found)


@given(VALUES, VALUES)
def test_scans_of_a_person_are_of_the_person(person, session):
    assert person_of(f"sub-{person}_ses-{session}") == f"sub-{person}"


def test_the_files_own_name_counts_before_its_folders():
    assert entities("sub-01/sub-02_relmat.tsv")["sub"] == "02"


def test_names_are_as_short_as_they_can_be():
    scans = [{"sub": s, "ses": e, "task": "rest"} for s in ("1", "2") for e in ("a", "b")]
    assert scan_names(scans) == ["sub-1_ses-a", "sub-1_ses-b", "sub-2_ses-a", "sub-2_ses-b"]
    assert scan_names(scans[::2]) == ["sub-1", "sub-2"]
    runs = [{"sub": "1", "ses": "a", "run": "1"}, {"sub": "1", "ses": "a", "run": "2"}]
    assert scan_names(runs) == ["sub-1_run-1", "sub-1_run-2"]
    assert scan_names([{"sub": "1"}] * 2) == ["sub-1", "sub-1"]
