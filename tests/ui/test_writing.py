"""The panel of what is written, run without a browser; and what of a browser's request becomes a draft."""

import pytest
from opened import components, run, words
from streamlit.testing.v1 import AppTest

from rnnviz.looks.look import look
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.tasks import task_of
from rnnviz.training.trainer import Trainer
from rnnviz.ui.live.frames import LONGEST_TEXT, Asked, Typed
from rnnviz.ui.words.writing import BOARD, LONGEST_PROMPT, draft, texts, unread

EXPERIMENT = Experiment(task="text")


def titles(app: AppTest) -> list[str]:
    return [title.value for title in app.subheader]


@pytest.mark.slow
def test_who_says_the_next_token_writes_and_the_address_says_how():
    app = words(task="text")
    assert "Writing" in titles(app)
    app.slider(key="temperature").set_value(0.25)
    app.slider(key="top_k").set_value(5)
    run(app)
    assert {name: app.query_params[name] for name in ("temperature", "top_k")} == {"temperature": "0.25", "top_k": "5"}


@pytest.mark.slow
def test_who_reads_both_ways_is_told_why_it_can_not_write():
    app = words(task="text", bidirectional="on", carry_state="off")
    assert "Writing" in titles(app)
    assert "can't write" in app.info[0].value
    assert len(components(app)) == 1


@pytest.mark.slow
def test_who_says_something_else_writes_nothing():
    assert "Writing" not in titles(words(task="recall"))


def test_a_draft_is_what_was_typed_and_how_it_is_drawn():
    asked = Asked(-1, "", View(temperature=0.5, top_k=3), typed=Typed("Alice §"), newest=7)
    made = draft(asked, EXPERIMENT)
    assert task_of(EXPERIMENT).joined(made.prompt) == "Alice �"
    assert (made.temperature, made.top_k, made.after) == (0.5, 3, 7)
    assert "“§”" in str(unread(asked, EXPERIMENT))
    assert unread(Asked(-1, "", typed=Typed("Alice")), EXPERIMENT) == ""
    assert draft(Asked(-1, ""), EXPERIMENT).prompt == ()


@pytest.mark.parametrize(("task", "between"), [("sentence", " "), ("letters", "")])
def test_a_line_stands_off_what_was_read_as_its_words_do(task, between):
    experiment = Experiment(task=task, hidden_size=4)
    trainer = Trainer(experiment)
    snapshot = look(trainer.subject(), BOARD.wanted(Asked(-1, "", newest=-1), experiment))
    assert snapshot.writing is not None
    assert snapshot.writing.line is not None
    shown, joined = texts(snapshot.writing, experiment), trainer.task.joined
    assert shown["prompt"] == joined(snapshot.writing.prompt.tolist())
    assert shown["line"] == between + joined(snapshot.writing.line.tolist())


def test_a_long_prompt_is_read_from_its_end():
    made = draft(Asked(-1, "", typed=Typed("a" * LONGEST_TEXT + "b")), EXPERIMENT)
    assert len(made.prompt) == LONGEST_PROMPT
    assert task_of(EXPERIMENT).joined(made.prompt[-2:]) == "ab"
