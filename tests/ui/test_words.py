"""The page of words, run without a browser: what it offers, what it reads, and what it sends."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opened import components, run, words
from received import sent

from rnnviz.looks.look import look
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.tasks import TASKS, task_of
from rnnviz.tasks.task import NOTHING
from rnnviz.tasks.typed import typed as taken
from rnnviz.training.trainer import Trainer
from rnnviz.ui.live.frames import Asked, Typed
from rnnviz.ui.words import reading, tints
from rnnviz.ui.words.texts import texts

WORDS = [name for name, task in TASKS.items() if task.reads_tokens() and not task.source_vocabulary]
RECALL = Experiment(task="recall", seq_len=6, hidden_size=4)


@pytest.mark.slow
@pytest.mark.parametrize("task", WORDS)
def test_every_task_of_words_opens(task: str):
    app = words(task=task)
    assert not app.info
    assert not app.error
    embeds = app.session_state["embedding_size"] > 0
    assert len(components(app)) == 1 + task_of(Experiment(task=task)).says_next + embeds
    assert [field.key for field in app.text_input if field.key == "word"] == ["word"] * embeds


@pytest.mark.slow
def test_a_task_of_numbers_offers_those_of_words():
    app = words()
    assert "reads numbers" in app.info[0].value
    assert components(app) == []
    assert [button.key for button in app.button if str(button.key).startswith("take_")] == [f"take_{n}" for n in WORDS]
    app.button(key="take_recall").click()
    run(app)
    assert app.session_state["task"] == "recall"
    assert app.session_state["seq_len"] == TASKS["recall"].suggested["seq_len"]
    assert not app.info
    assert len(components(app)) == 1


@pytest.mark.slow
def test_a_task_of_two_sequences_is_sent_to_its_own_page():
    app = words(task="reverse")
    assert "the page “Two sequences” shows" in app.info[0].value
    assert components(app) == []
    assert [button.key for button in app.button if str(button.key).startswith("take_")] == [f"take_{n}" for n in WORDS]


@pytest.mark.slow
@pytest.mark.parametrize("refused", [{"task": "letters", "phrase": "aaaa"}, {"task": "reviews", "embedding_size": "0"}])
def test_a_task_of_words_that_is_refused_is_not_called_one_of_numbers(refused):
    app = words(**refused)
    assert "settings at the side" in app.info[0].value
    assert not [button for button in app.button if str(button.key).startswith("take_")]


@pytest.mark.slow
def test_a_link_that_keeps_the_task_offers_no_other():
    assert not [b for b in words(hide="task").button if str(b.key).startswith("take_")]
    assert [b for b in words(lock="task").button if str(b.key).startswith("take_") and not b.disabled] == []


@pytest.mark.slow
def test_what_colours_the_words_stands_in_the_address_and_a_unit_is_asked_for():
    app = words(task="recall", tint="unit", unit="3")
    assert app.session_state["unit"] == 3
    assert json.loads(components(app)[0].proto.json)["socket"].endswith("?tint=unit&unit=3")
    app.selectbox(key="tint").select("share")
    run(app)
    assert dict(app.query_params) == {"task": "recall", "tint": "share", "unit": "3"}


def shown(
    experiment: Experiment = RECALL, typed: Typed | None = None, view: View | None = None, steps: int = 2
) -> dict[str, Any]:
    """What the browser is sent of the texts."""
    asked = Asked(-1, "", view or View(), typed=typed or Typed())
    trainer = Trainer(experiment)
    trainer.step(steps)
    snapshot = look(trainer.subject(), reading.BOARD.wanted(asked, experiment))
    return sent(reading.rows(snapshot, experiment, asked))


def test_words_that_are_typed_become_tokens_whatever_their_case_and_unknown_ones_are_none():
    names = ("we", "We", "US", "don't", "?", "是")
    assert taken("We WE us don't, 是?", names, 7) == [
        ("We", 1),
        ("WE", 0),
        ("us", 2),
        ("don't", 3),
        (",", 7),
        ("是", 5),
        ("?", 4),
    ]
    assert taken("ab  c", ("a", "b"), NOTHING) == [("a", 0), ("b", 1), ("c", NOTHING)]
    assert taken(" \n\t", ("a",), NOTHING) == []


ODD = st.text(st.characters() | st.sampled_from("<>&\"'\0\u202e\u200d👩‍🚀ab China?"), max_size=80)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.sampled_from(["recall", "reversal", "letters"]), ODD, st.none() | st.integers(0, 90), st.none() | ODD)
def test_whatever_is_typed_is_read(task, text, at, word):
    found = shown(Experiment(task=task, seq_len=6, hidden_size=2), Typed(text, at, word), steps=0)
    assert 1 <= len(found["rows"]) <= 2
    for row in found["rows"]:
        assert len(row["words"]) == len(row["kinds"]) == len(row["values"])


def test_nothing_typed_is_the_probe_and_so_is_what_has_no_words():
    assert texts(Typed(), RECALL) == texts(Typed("  \n"), RECALL) == ()


def test_a_word_can_be_swapped_or_left_out_and_both_texts_are_read():
    first, second = texts(Typed("China we speaks?", at=0, word="spain"), RECALL)
    assert first.tokens == (0, 5, 10)
    assert second.words == (("spain", 2), ("we", 5), ("speaks?", 10))
    assert texts(Typed("China we speaks?", at=1), RECALL)[1].tokens == (0, 10)
    assert len(texts(Typed("China", at=0), RECALL)) == 1
    assert len(texts(Typed("China we", at=9, word="so"), RECALL)) == 1
    first, second = texts(Typed(at=0, word="Spain"), RECALL)
    assert first.tokens == tuple(task_of(RECALL).probe.inputs[:, 0].tolist())
    assert second.tokens == (2, *first.tokens[1:])


def test_the_word_that_is_another_one_is_marked_in_both_texts():
    first, second = shown(typed=Typed("China we so", at=1, word="Spain and"))["rows"]
    assert (first["changed"], second["changed"]) == ([1], [1, 2])
    first, second = shown(typed=Typed("China we so", at=1))["rows"]
    assert (first["changed"], second["changed"]) == ([1], [])
    padded = Experiment(task="languages", seq_len=6, hidden_size=4)
    first, second = shown(padded, Typed("we so", at=1, word="we so we so we so"))["rows"]
    assert (first["changed"], second["changed"]) == ([5], [0, 1, 2, 3, 4, 5])
    assert shown(typed=Typed("China we so"))["rows"][0]["changed"] == []


def test_the_only_word_stays_and_it_is_said_why():
    [row] = shown(typed=Typed("China", at=0))["rows"]
    assert row["words"] == ["China"]
    assert "no other to be read" in str(row["note"])
    assert "no other" not in str(shown(typed=Typed("China we", at=0))["rows"][0]["note"])


def test_what_stands_for_no_word_is_not_offered_for_another_one():
    task = task_of(Experiment(task="languages", seq_len=6))
    names = task.vocabulary or ()
    assert task.padding is not None
    assert reading.offered(task) == [name for token, name in enumerate(names) if token != task.padding]
    text = task_of(Experiment(task="text"))
    assert text.unknown is not None
    assert (text.vocabulary or ())[text.unknown] not in reading.offered(text)


def test_what_is_below_0_has_a_minus():
    snapshot = Trainer(RECALL).snapshot(reading=reading.passages(Asked(-1, ""), RECALL))
    [passage] = snapshot.reading.passages
    below = replace(snapshot.reading, passages=(replace(passage, logit=-0.0999),))
    snapshot.parts["reading"] = below
    [row] = reading.rows(snapshot, RECALL, Asked(-1, ""))["rows"]
    assert "z = −0.0999." in str(row["answer"])


def test_a_text_too_long_is_cut_in_front_and_says_so():
    [text] = texts(Typed("we " * 503), RECALL)
    assert (len(text.words), text.cut) == (500, 3)
    assert "3 tokens were too many" in str(shown(typed=Typed("we " * 503))["rows"][0]["note"])


def test_of_letters_half_as_many_steps_follow_at_which_nothing_is_read():
    reversal = Experiment(task="reversal", seq_len=6, hidden_size=4)
    [text] = texts(Typed("ABcX"), reversal)
    assert text.words == (("A", 0), ("B", 1), ("c", 2), ("X", NOTHING), ("", NOTHING), ("", NOTHING))
    assert shown(reversal, Typed("ABcX"))["rows"][0]["kinds"] == [*["word"] * 3, "unknown", "nothing", "nothing"]


def test_what_is_typed_is_sent_as_it_stands_and_in_no_markup():
    [row] = shown(typed=Typed("<b>China</b> & we"))["rows"]
    assert "".join(row["words"]) == "<b>China</b>&we"
    assert row["kinds"].count("word") == 2
    assert "read as nothing" in str(row["note"])


@pytest.mark.parametrize("tint", View.SETTINGS["tint"].options)  # pyright: ignore[reportAttributeAccessIssue]
def test_every_colour_has_values_a_scale_and_a_meaning(tint):
    found = shown(view=View(tint=tint))
    used = "importance" if tint == "surprise" else tint
    assert found["name"] == str(tints.NAMES[used])
    assert found["legend"]
    assert "Darkest" not in str(found["legend"])  # on a dark page the fullest colour is the lightest
    assert found["scale"]["signed"] == (used in ("importance", "unit"))
    assert found["scale"]["most"] > 0
    [row] = found["rows"]
    assert row["values"].shape == (6,)
    assert len(row["words"]) == len(row["kinds"]) == len(row["after"]) == 6
    assert row["at"] == 5


def test_numbers_that_are_none_have_no_colour():
    snapshot = Trainer(RECALL).snapshot(reading=reading.passages(Asked(-1, ""), RECALL))
    [passage] = snapshot.reading.passages
    passage.importance[:] = [np.nan, np.inf, -2.0, 1.0, 0.0, np.nan]
    assert tints.scale("importance", snapshot.reading) == {"signed": True, "decades": 0, "most": 2.0}
    passage.importance[:] = np.nan
    assert tints.scale("importance", snapshot.reading)["most"] == 0.0


def test_a_frame_of_what_was_asked_before_is_shown_by_its_own_words():
    before, now = Asked(-1, "", typed=Typed("China we")), Asked(-1, "", typed=Typed("Spain so and"))
    snapshot = Trainer(RECALL).snapshot(reading=reading.passages(before, RECALL))
    assert reading.rows(snapshot, RECALL, now)["rows"][0]["words"] == ["China", "we"]


@pytest.mark.parametrize("task", [name for name in WORDS if name != "reviews"])
def test_every_task_of_words_reads_its_probe_and_what_is_typed(task):
    experiment = Experiment(task=task, hidden_size=4, seq_len=12)
    found = shown(experiment)
    assert not found["own"]
    T = task_of(experiment).steps
    assert len(found["rows"][0]["words"]) == T
    name = next(str(name) for name in task_of(experiment).vocabulary or () if str(name).isalpha())
    found = shown(experiment, Typed(f"{name} {name}"))
    assert found["own"]
    read = [
        word for word, kind in zip(found["rows"][0]["words"], found["rows"][0]["kinds"], strict=True) if kind == "word"
    ]
    assert read[:1] == [name]
    assert name in read[1:]
