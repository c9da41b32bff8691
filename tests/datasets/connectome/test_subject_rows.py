import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.subject_rows import SubjectTable


def table(path, ids, sessions=None):
    head, columns = ["participant_id", "dx"], [ids, ["a"] * len(ids)]
    if sessions is not None:
        head, columns = [*head, "session_id"], [*columns, sessions]
    rows = [head, *zip(*columns, strict=True)]
    path.write_text("\n".join("\t".join(row) for row in rows))
    return SubjectTable.read(path, ["dx"], "participant_id")


@given(st.lists(st.integers(1, 500), min_size=1, max_size=30, unique=True), st.data())
def test_zeros_and_prefixes_lose_no_subject(tmp_path_factory, numbers, data):
    path = tmp_path_factory.mktemp("ids") / "participants.tsv"
    spelt = ["{}", "{:03d}", "sub-{}", "sub-{:03d}", "{}.0"]
    files = data.draw(st.sampled_from(spelt[:4]))
    rows = data.draw(st.sampled_from(spelt))
    found = table(path, [rows.format(k) for k in numbers])
    assert found.match([files.format(k) for k in numbers]) == list(range(len(numbers)))


def test_an_identifier_that_may_be_of_two_is_refused(tmp_path):
    found = table(tmp_path / "t.tsv", ["1", "01", "2"])
    assert found.match(["01", "1", "02"]) == [1, 0, 2]
    with pytest.raises(ValueError, match=r"'001' .* '001' could be its '01' or '1'"):
        found.match(["001"])
    with pytest.raises(ValueError, match=r"'sub-1' or 'sub-01'|'sub-01' or 'sub-1'"):
        table(tmp_path / "t.tsv", ["001"]).match(["sub-1", "sub-01"])


def test_names_are_no_numbers(tmp_path):
    found = table(tmp_path / "t.tsv", ["NDAR1", "sub-x", "nan1"])
    assert found.match(["sub-NDAR1", "x", "NDAR01", "2"]) == [0, 1, None, None]


def test_rows_of_sessions_are_found_by_session(tmp_path):
    found = table(tmp_path / "t.tsv", ["1", "1", "2"], ["ses-1", "ses-2", "ses-1"])
    assert found.match(["sub-01_ses-02", "sub-01_ses-1", "sub-2"]) == [1, 0, 2]
    assert found.match(["sub-01_ses-3"]) == [None]
    assert found.match(["sub-1"], ["2"]) == [1]
    with pytest.raises(ValueError, match=r"'1' has 2 rows .* one per session_id"):
        found.match(["1"])


def test_one_row_stands_for_all_sessions_of_a_subject(tmp_path):
    found = table(tmp_path / "t.tsv", ["sub-1", "sub-2"])
    assert found.match(["sub-1_ses-1", "sub-1_ses-2", "sub-2_ses-1"]) == [0, 0, 1]


@pytest.mark.parametrize("sessions", [None, ["1", "1"]])
def test_a_subject_with_two_rows_is_refused(tmp_path, sessions):
    with pytest.raises(ValueError, match="1 subjects twice, such as '1"):
        table(tmp_path / "t.tsv", ["1", "1"], sessions)


@pytest.mark.parametrize("names", [["sub-1", "1"], ["1", "sub-1"], ["sub-1_ses-1", "1"]], ids=str)
def test_two_names_of_one_subject_are_refused(tmp_path, names):
    with pytest.raises(ValueError, match="are both the subject '1' of"):
        table(tmp_path / "t.tsv", ["1", "2"]).match(names)


def test_rows_without_a_name_are_told_by_their_line(tmp_path):
    found = table(tmp_path / "t.tsv", ["1", "2", ""])
    assert found.unused([0]) == ["2", "'' (line 4)"]


def test_a_subject_with_two_rows_is_named_with_its_lines(tmp_path):
    with pytest.raises(ValueError, match="such as '1' in lines 2 and 4"):
        table(tmp_path / "t.tsv", ["1", "2", "1"])


def test_a_usual_column_of_subjects_is_pointed_at(tmp_path):
    table(tmp_path / "t.tsv", ["1"])
    with pytest.raises(ValueError, match=r"no column 'subject': .*subject='participant_id'"):
        SubjectTable.read(tmp_path / "t.tsv", ["dx"], "subject")
    with pytest.raises(ValueError, match=r"no column 'sex': it has participant_id, dx$"):
        SubjectTable.read(tmp_path / "t.tsv", ["sex"], "participant_id")
    with pytest.raises(FileNotFoundError):
        SubjectTable.read(tmp_path / "none.tsv", ["dx"], "subject")


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad"])
def test_what_is_not_seen_makes_no_other_subject(tmp_path, unseen):
    path = tmp_path / "t.csv"
    path.write_text(
        f"{unseen}subject,group{unseen}\ns{unseen}1{unseen},a\ns2,b\n", encoding="utf-8"
    )
    table = SubjectTable.read(path, ["group"], "subject")
    assert table.match(["s1", f"s2{unseen}"]) == [0, 1]
    path.write_text(f"subject,group\ns1,a\ns1{unseen},b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1 subjects twice"):
        SubjectTable.read(path, ["group"], "subject")


def test_long_numbers_of_subjects_are_told_apart(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("subject,group\n123456789012345679,a\n0123456789012345678,b\n")
    table = SubjectTable.read(path, ["group"], "subject")
    assert table.match(["sub-123456789012345678", "sub-123456789012345677"]) == [1, None]


def test_rows_of_empty_cells_are_none(tmp_path):
    found = table(tmp_path / "t.tsv", ["s1", "s2"])
    with found.path.open("a") as file:
        file.write("\n\t\n\t\n")
    again = SubjectTable.read(found.path, ["dx"], "participant_id")
    assert again.ids == ["s1", "s2"] and again.lines == [2, 3]
