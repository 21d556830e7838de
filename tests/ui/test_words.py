"""The page of words, run without a browser."""

import pytest
from opened import run
from streamlit.testing.v1 import AppTest

from rnnviz.tasks import TASKS

pytestmark = pytest.mark.slow

WORDS = [name for name, task in TASKS.items() if task.reads_tokens()]


def words(**query: str) -> AppTest:
    def script():
        from rnnviz.ui.words import page

        page.show("Title", "Sentence.")

    app = AppTest.from_function(script, default_timeout=30)
    for name, text in query.items():
        app.query_params[name] = text
    return run(app)


@pytest.mark.parametrize("task", WORDS)
def test_every_task_of_words_opens(task: str):
    app = words(task=task)
    assert not app.info
    assert not app.error
    assert len(app.get("bidi_component")) == 1


def test_a_task_of_numbers_offers_those_of_words():
    app = words()
    assert "reads numbers" in app.info[0].value
    assert app.get("bidi_component") == []
    assert [button.key for button in app.button if str(button.key).startswith("take_")] == [f"take_{n}" for n in WORDS]
    app.button(key="take_recall").click()
    run(app)
    assert app.session_state["task"] == "recall"
    assert app.session_state["seq_len"] == TASKS["recall"].suggested["seq_len"]
    assert not app.info
    assert len(app.get("bidi_component")) == 1


def test_a_link_that_keeps_the_task_offers_no_other():
    assert not [b for b in words(hide="task").button if str(b.key).startswith("take_")]
    assert [b for b in words(lock="task").button if str(b.key).startswith("take_") and not b.disabled] == []
