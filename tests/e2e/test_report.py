"""The report as people see it, in headless Chromium."""

import os

import browser
import pytest
from report_page import INPUTS, check_media, check_numbers


@pytest.fixture
def program() -> str:
    found = browser.find()
    if found is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    assert found, "there is no Chromium, and tests/e2e/run could not install it"
    return found


def name(inputs):
    return inputs[0].name


@pytest.mark.parametrize("inputs", INPUTS, ids=name)
def test_the_page_is_silent_asks_for_nothing_and_has_the_numbers_of_the_preview(
    inputs, program, tmp_path
):
    check_numbers(program, tmp_path, inputs)


@pytest.mark.parametrize("inputs", INPUTS, ids=name)
def test_all_of_the_page_is_in_sight_on_a_desktop_a_phone_paper_and_in_the_dark(
    inputs, program, tmp_path
):
    check_media(program, tmp_path, inputs)
