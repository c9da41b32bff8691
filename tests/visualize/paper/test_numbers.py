import pytest

from pyg_siamex.visualize.paper.numbers import (
    decimal,
    decimals_of,
    fixed,
    number,
    plain_number,
    power_of_ten,
)


@pytest.mark.parametrize(
    ("largest", "power"), [(0.1, 0), (999.0, 0), (1.0, 0), (0.09, -2), (1000.0, 3), (3e-7, -7)]
)
def test_the_unit_is_a_power_of_ten_below_the_largest(largest, power):
    assert power_of_ten(largest) == power


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.001, "0"), (0.256, "0.26"), (-1.25, "\u22121.2"), (12.4, "12")],
)
def test_numbers_are_short(value, text):
    assert decimal(value) == text


@pytest.mark.parametrize(
    ("largest", "decimals"), [(0.0, 0), (1.0, 1), (9.9, 1), (10.0, 0), (1e4, 0), (0.05, 3)]
)
def test_the_largest_number_has_two_digits(largest, decimals):
    assert decimals_of(largest) == decimals


def test_what_rounds_to_zero_has_no_sign_and_no_decimals():
    assert [fixed(value, 2) for value in (-0.001, 0.0, 0.004, -0.006)] == [
        "0",
        "0",
        "0",
        "\u22120.01",
    ]


def test_signs_are_shown_where_they_are_asked_for():
    assert [number(2.5), number(2.5, "+"), number(-1234.0)] == ["2.5", "+2.5", "\u22121.23e+03"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2019.0, "2,019"),
        (-999.6, "\u22121,000"),
        (1001.0, "1,001"),
        (0.07871, "0.0787"),
        (2e6, "2e+06"),
    ],
)
def test_plain_numbers_have_no_exponent_below_a_million(value, text):
    assert plain_number(value) == text


@pytest.mark.parametrize("largest", [5e-324, 1e-310, 1.7e308])
def test_a_unit_of_any_number_is_not_zero(largest):
    assert 0 <= largest / 10.0 ** power_of_ten(largest) < 10
