"""The report as people see it, in headless Chromium."""

import os

import pytest
from report_page import INPUTS, browser, check


@pytest.mark.parametrize("inputs", INPUTS, ids=lambda inputs: inputs[0].name)
def test_the_page_is_silent_asks_for_nothing_and_has_the_numbers_of_the_preview(inputs, tmp_path):
    program = browser()
    if program is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    assert program, "there is no Chromium, and tests/e2e/run could not install it"
    check(program, tmp_path, inputs)
