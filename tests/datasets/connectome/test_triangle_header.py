from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.triangle_header import check_header
from pyg_siamex.datasets.connectome.triangle_table import read_triangle_table

OTHER = {"upper": "lower", "lower": "upper"}
NAMES = ["lh-a", "lh-b", "rh-a", "rh-b", "lh-c", "rh-c", "v1"]


def pairs(count, triangle):
    found = list(combinations(range(count), 2))
    return found if triangle == "upper" else sorted(found, key=lambda pair: pair[::-1])


WRITTEN = {
    "counted": lambda i, j: f"{i + 1}-{j + 1}",
    "from zero": lambda i, j: f"({i}, {j})",
    "prefixed": lambda i, j: f"conn_{i}_{j}",
    "backwards": lambda i, j: f"{j + 1}_{i + 1}",
    "named": lambda i, j: f"region{i}~region{j}",
    "named with the mark": lambda i, j: f"{NAMES[i]}--{NAMES[j]}",
    "words": lambda i, j: f"{'abcdefg'[i]} {'abcdefg'[j]}",
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("triangle", OTHER)
@pytest.mark.parametrize("count", [3, 4, 7])
def test_a_header_is_compared_with_the_order_that_is_said(way, triangle, count):
    header = [WRITTEN[way](*pair) for pair in pairs(count, triangle)]
    check_header(header, triangle)
    if count == 3:  # both orders are one
        check_header(header, OTHER[triangle])
        return
    with pytest.raises(ValueError, match=f"order of `triangle` {triangle}, not {OTHER[triangle]}"):
        check_header(header, OTHER[triangle])


@given(st.permutations(range(5)), st.sampled_from(["upper", "lower"]))
def test_regions_may_have_any_names(order, triangle):
    check_header([f"r{order[i]}-r{order[j]}" for i, j in pairs(5, triangle)], triangle)


@pytest.mark.parametrize("triangle", OTHER)
def test_pairs_in_no_order_are_refused(triangle):
    header = [f"{i}-{j}" for i, j in pairs(5, "upper")]
    header[2], header[8] = header[8], header[2]
    with pytest.raises(ValueError, match="in neither order: sort its columns"):
        check_header(header, triangle)


@pytest.mark.parametrize(
    "header",
    [
        [f"c{k}" for k in range(10)],
        [f"edge_{k}" for k in range(10)],
        [str(k) for k in range(10)],
        [f"{k}-{k + 1}" for k in range(10)],
        ["1-2"] * 10,
        ["a-a", *(f"{i}-{j}" for i, j in pairs(5, "upper")[1:])],
        ["1-2", "1-3"],
    ],
    ids=["c", "edge", "count", "steps", "equal", "loop", "short"],
)
def test_headers_that_name_no_pairs_say_nothing(header):
    for triangle in OTHER:
        check_header(header, triangle)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("triangle", OTHER)
def test_tables_are_read_in_the_order_of_their_header(tmp_path, named, triangle):
    header = [f"{i}-{j}" for i, j in pairs(4, triangle)]
    lines = [["subject", *header]] if named else [header]
    lines += [[f"s{k}", *"123456"] if named else list("123456") for k in range(2)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(map(",".join, lines)))
    assert read_triangle_table(path, triangle)[0].shape == (2, 4, 4)
    with pytest.raises(ValueError, match=rf"t.csv: its header .*{triangle}, not"):
        read_triangle_table(path, OTHER[triangle])


def test_a_name_that_stands_twice_is_refused():
    check_header(["r"] * 6, "upper")
    with pytest.raises(ValueError, match="'1-2' twice"):
        check_header(["1-2", "1-3", "1-4", "2-3", "2-4", "1-2"], "upper")
