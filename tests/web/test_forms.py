"""Questionnaires in a real browser: filled in there, read at a terminal; what is brought in a file stays in the browser."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from milepost.measures import builtin_instruments, score
from milepost.views.entities import assessments
from tests.processes import ServerProcess
from tests.web.in_browser import connect, go, person
from tests.web.laptop import beside

PHQ = next(one for one in builtin_instruments() if one.id == "phq-9")
WORDS = "Did a goose look at you as if it knew?"


def fill(page: Page, answers: list[int | None]) -> None:
    for number, answer in enumerate(answers, 1):
        if answer is not None:
            page.get_by_role("group", name=f"Question {number}", exact=True).get_by_label(
                str(answer), exact=True
            ).check()
    page.get_by_role("button", name="Keep", exact=True).click()


def test_what_was_marked_and_where_help_is_comes_first_and_the_terminal_reads_the_same(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    answers: list[int | None] = [2, 1, 2, 1, 2, 1, 2, 1, 1]
    with person(browser) as (_, page):
        go(page, f"{server.url}/more")
        page.get_by_role("link", name="Questionnaires").click()
        page.get_by_role("link", name="PHQ-9").click()
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Nothing is answered yet.")).to_be_visible()
        fill(page, answers)
        kept = page.get_by_role("heading", name="Your answers are kept")
        expect(kept).to_be_focused()
        said = page.locator("section.sheet").inner_text()
        places = [
            said.index(one)
            for one in ("Question 9 is marked 1. It asks about", "told nobody", "Help now", "13 of 27 points")
        ]
        assert places == sorted(places)
        assert "moderate" not in page.locator("section.sheet p:visible").all_inner_texts()
        page.get_by_text("What are such points called?").first.click()
        expect(page.get_by_text("Kroenke, Spitzer & Williams 2001").first).to_be_visible()
        page.get_by_text("Fill in another one").click()
        fill(page, [0, 0, 0, 1, None, 0, 0, 0, 0])
        expect(page.get_by_text("1 answer is left out, so there is no total.").first).to_be_visible()
        expect(page.get_by_text("You filled this in earlier on the same day.").first).to_be_visible()
        page.get_by_text("Fill in another one").click()
        fill(page, [0, 0, 0, 1, 1, 0, 0, 0, 0])
        expect(page.get_by_text("11 points fewer than the last time").first).to_be_visible()
        expect(page.get_by_text("more than chance, and lighter than before").first).to_be_visible()
        expect(page.get_by_text("From 13 to 2 points").first).to_be_visible()
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            found = assessments(laptop.state(journal))
            assert [(one.instrument, one.version, one.score) for one in found] == [
                ("phq-9", PHQ.version, total) for total in (13, None, 2)
            ]
            assert list(found[0].answers) == answers
            assert found[0].score == score(PHQ, answers).score
            go(page, f"{server.url}/questionnaires/phq-9")
            page.locator("li summary").first.click()
            page.get_by_role("button", name="Take it back").first.click()
            laptop.sync_until(lambda: len(assessments(laptop.state(journal))) == 2)


def goose() -> dict[str, Any]:
    weights = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    options = [
        {"valueCoding": {"display": words, "extension": [{"url": weights, "valueDecimal": n}]}}
        for n, words in enumerate(("not once", "on some days"))
    ]
    item = {"type": "choice", "text": WORDS, "answerOption": options}
    return {"resourceType": "Questionnaire", "id": "goose", "title": "How the geese are", "item": [item]}


def test_a_form_that_was_brought_in_a_file_is_asked_and_its_words_never_leave_the_browser(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        connect(page, server)
        sent: list[bytes] = []
        page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
        go(page, f"{server.url}/questionnaires")
        page.get_by_text("Bring a questionnaire").click()
        field = page.get_by_label("A file with a questionnaire")
        for name, body, words in (
            ("calm.toml", "id = 'calm'", "milepost instrument add"),
            ("calm.json", "{", "That file is no FHIR Questionnaire."),
            ("calm.json", json.dumps({"resourceType": "Patient"}), "Something is not right at resourceType."),
            ("calm.json", " " * (1024 * 1024 + 1), "That file is too large"),
        ):
            field.set_input_files({"name": name, "mimeType": "application/json", "buffer": body.encode()})
            page.get_by_role("button", name="Take this file").click()
            expect(page.get_by_text(words)).to_be_visible()
        form = json.dumps(goose()).encode()
        field.set_input_files({"name": "goose.json", "mimeType": "application/json", "buffer": form})
        page.get_by_role("button", name="Take this file").click()
        expect(page.get_by_role("link", name="How the geese are")).to_be_visible()
        page.reload()
        page.get_by_role("link", name="How the geese are").click()
        question = page.get_by_role("group", name=WORDS)
        question.get_by_label("not once").check()
        page.get_by_role("button", name="Leave out question 1").click()
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Nothing is answered yet.")).to_be_visible()
        question.get_by_label("on some days").check()
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("1 of 1 points.").first).to_be_visible()
        with beside(tmp_path, server) as (laptop, journal):
            laptop.sync_until(lambda: len(assessments(laptop.state(journal))) == 1)
            (found,) = assessments(laptop.state(journal))
            assert (found.instrument, found.version, list(found.answers), found.score) == (
                "goose",
                "unversioned",
                [1],
                1,
            )
        assert sent
        assert not [one for one in sent if b"goose look" in one or b"on some days" in one]
        go(page, f"{server.url}/questionnaires")
        page.get_by_role("button", name="Take away: How the geese are").click()
        expect(page.get_by_role("link", name="How the geese are")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="How the geese are")).to_be_visible()
