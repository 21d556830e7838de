"""Answers to what ready races ask, of scenes whose numbers are known."""

from dataclasses import replace

import numpy as np
import pytest
from raced import falling, level, race, scene

from rnnviz.looks.look import look
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.standing import answers
from rnnviz.training.history import LIMIT
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import NOTHING


@pytest.mark.parametrize(("n", "share"), [(64, 0.25), (64, 0.5), (10, 0.1), (1, 0.25)])
def test_more_than_guessing_is_what_guesses_seldom_come_to(n, share):
    chances = np.ones(1)
    for _answer in range(n):  # one after the other
        chances = np.convolve(chances, [1 - share, share])
    least = answers.seldom(n, share)
    assert chances[least:].sum() <= answers.SELDOM < chances[least - 1 :].sum()


def test_who_has_plainly_more_right_answers_than_guessing():
    scenes = race(level(0.1, accuracy=1.0), level(1.9, accuracy=25 / 64), level(2.0, accuracy=24 / 64))
    assert answers.seldom(64, 0.25) == 25
    assert str(answers.right(scenes)) == (
        "Right answers of 64: a: RNN (64), b: GRU (25), c: LSTM (24). Guessing gets 16 on average, and 25 or more in "
        "less than one try of 100. Plainly better than that: a: RNN, b: GRU."
    )
    scenes = race(level(2.0), level(0.1, accuracy=1.0, diverged=201))
    assert str(answers.right(scenes)) == (
        "Right answers of 64: a: RNN (16), b: GRU (diverged at training step 201). Guessing gets 16 on average, and 25 "
        "or more in less than one try of 100. None is plainly better."
    )


def test_when_each_was_first_seen_to_beat_the_baseline():
    assert str(answers.begun(race(falling(40), level(1.95), level(1.0)))) == (
        "On the validation batch first seen plainly better than guessing (2) at training step: a: RNN (40), b: GRU "
        "(never), c: LSTM (1)."
    )
    assert str(answers.begun(race(level(2.0), level(np.nan)))) == (
        "On the validation batch none was ever plainly better than guessing (2)."
    )


def test_when_each_first_beat_it_stays_the_same_however_long_they_train():
    experiment, said = Experiment(task="sine", hidden_size=4, seq_len=4, batch_size=4, learning_rate=0.003), set()
    trainer = Trainer(experiment)
    for _ in range(3):
        trainer.step(LIMIT)
        said.add(str(answers.begun([Scene(experiment, look(trainer.subject(), NOTHING), View())])))
    (one,) = said
    assert "at training step" in one


def test_whose_training_loss_leaps():
    assert str(answers.leaps(race(scene([2, 1, 9, 1]), scene([2, 2.5, 1])))) == (
        "The highest leap of the training loss, from one point of its curve to the next: a: RNN (from 1 to 9 at "
        "training step 3), b: GRU (from 2 to 2.5 at training step 2). At least twice as high as all others: a: RNN."
    )
    assert str(answers.leaps(race(scene([1, 3, 1], apart=2), scene([2, 1, np.inf])))).endswith(
        "a: RNN (from 1 to 3 at training step 4), b: GRU (from 1 to ∞ at training step 3). At least twice as high as "
        "all others: b: GRU."
    )
    assert str(answers.leaps(race(scene([2, 1, np.inf]), scene([2, 1, 2, np.inf]), level(1)))).endswith(
        "b: GRU (from 2 to ∞ at training step 4), c: LSTM (none). No leap is twice as high as all others."
    )
    assert str(answers.leaps(race(level(1), scene([2, 1, np.nan])))).endswith(
        "a: RNN (none), b: GRU (none). No leap is twice as high as all others."
    )


def test_whether_gates_or_parameters_help():
    scenes = race(level(1.0), level(0.5), level(0.98), level(1.5))
    assert str(answers.gates(scenes)) == (
        "With gates, plainly lower in validation loss than a: RNN (1): b: GRU (0.5). Plainly higher: d: minGRU (1.5)."
    )
    assert str(answers.gates(scenes[::2])) == (
        "With gates nobody is plainly lower in validation loss than a: RNN (1): b: LSTM (0.98)."
    )
    assert str(answers.sizes(race(level(1.0), level(0.5, diverged=3)))) == (
        "With more parameters nobody is plainly lower in validation loss than a: RNN (1): b: GRU (diverged). "
        "Plainly higher: b: GRU (diverged)."
    )


def test_of_one_seed_and_so_many_training_steps():
    even = race(level(1.0), level(1.0), level(1.0, 20, diverged=21))
    seeded = tuple(replace(one, experiment=replace(one.experiment, seed=7)) for one in even)
    assert str(answers.circumstances(seeded)) == "This is one seed, 7, after 200 training steps."
    assert str(answers.circumstances(race(level(1.0), level(1.0, 300)))) == (
        "This is one seed, 0, after these training steps: a: RNN (200), b: GRU (300)."
    )
