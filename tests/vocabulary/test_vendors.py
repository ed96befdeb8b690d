"""Manufacturer strings as devices write them."""

from __future__ import annotations

import pytest

from imagebank.vocabulary.vendors import vendor_of


@pytest.mark.parametrize(
    ("manufacturer", "slug"),
    [
        ("GE Healthcare", "ge-healthcare"), ("GE Vingmed Ultrasound", "ge-healthcare"),
        ("GEMS Ultrasound", "other"), ("Philips Medical Systems", "philips"), ("SonoSite, Inc.", "fujifilm-sonosite"),
        ("FUJIFILM SonoSite", "fujifilm-sonosite"), ("TOSHIBA_MEC_US", "canon"), ("SIEMENS", "siemens"),
        ("SAMSUNG MEDISON CO., LTD.", "samsung"), ("Butterfly Network, Inc", "butterfly"),
        ("Hitachi Aloka Medical,Ltd", "fujifilm-healthcare"), ("Acme Medical Systems", "other"), ("", "other"),
    ],
)  # fmt: skip
def test_maker(manufacturer: str, slug: str) -> None:
    assert vendor_of(manufacturer) == slug
