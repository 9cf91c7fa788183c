"""The report as people see it, in headless Chromium."""

import os

import browser
import pytest
from report_page import INCIDENT, INPUTS, check_media, check_numbers


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


def test_names_as_long_as_ecs_allows_and_many_deployments_stay_in_sight(program, tmp_path):
    events = INCIDENT[0].read_text()
    wide = events.replace("web", "w" * 255).replace("/prod", "/" + "p" * 255)
    many = [
        wide.replace('"id":"', f'"id":"{hour}-').replace("2026-11-19T13", f"2026-11-19T{hour:02}")
        .replace("ecs-svc/", f"ecs-svc/{hour}").replace(":task/", f":task/{hour}")
        for hour in range(13)
    ]
    (tmp_path / "wide.jsonl").write_text("\n".join([wide, *many]))
    check_media(program, tmp_path, [tmp_path / "wide.jsonl"])
