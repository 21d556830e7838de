"""What is written while it trains, and the bars of what may come next."""

import numpy as np
import pytest
import torch

from rnnviz.looks.look import look
from rnnviz.plots.likeliest import LIKELIEST, SHOWN
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.view import View
from rnnviz.snapshot import Draft, Snapshot, Writing
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted

CORPUS = "she sells sea shells by the sea shore, and so on.\n" * 20
EXPERIMENT = Experiment(task="text", corpus=CORPUS, hidden_size=12)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    trainer = Trainer(EXPERIMENT)
    trainer.step(30)
    return trainer


def seen(trainer: Trainer, **draft) -> tuple[Snapshot, Writing]:
    snapshot = look(trainer.subject(), Wanted(draft=Draft(**draft)))
    assert snapshot.writing is not None
    return snapshot, snapshot.writing


def tokens(trainer: Trainer, text: str) -> tuple[int, ...]:
    return tuple(token for _name, token in trainer.task.tokens_of(text))


def test_a_line_is_what_the_trainer_generates(trainer):
    _snapshot, writing = seen(trainer, prompt=tokens(trainer, "sea sh"), temperature=0.0, length=25)
    assert writing.line is not None
    assert trainer.task.joined(writing.line.tolist()) == trainer.generate("sea sh", 25, temperature=0)
    outputs, _ = trainer.model(torch.tensor(tokens(trainer, "sea sh"))[:, None])
    np.testing.assert_allclose(writing.outputs, outputs[-1, 0].detach().numpy(), rtol=1e-5, atol=1e-6)


def test_without_a_prompt_it_goes_on_after_the_beginning_of_what_is_held_out(trainer):
    _snapshot, writing = seen(trainer, begin=7)
    assert trainer.task.joined(writing.prompt.tolist()) in CORPUS
    np.testing.assert_array_equal(writing.prompt, trainer.task.probe.inputs[:7, 0])


@pytest.mark.parametrize(
    ("after", "due"), [(-1, True), (None, False), (30, False), (10, False), (1, False), (0, True), (31, True)]
)
def test_a_line_is_written_when_it_is_due(trainer, after, due):
    every = 30 if after in (0, 1) else 50
    assert (seen(trainer, after=after, every=every)[1].line is not None) == due


def test_the_same_step_writes_the_same_line_whatever_was_written_before(trainer):
    one, other = seen(trainer)[1], seen(trainer)[1]
    np.testing.assert_array_equal(one.line, other.line)


def test_what_is_no_token_is_not_read(trainer):
    _snapshot, writing = seen(trainer, prompt=(1, 10**6, -1, 2))
    assert writing.prompt.tolist() == [1, 2]


def test_who_reads_both_ways_or_says_something_else_writes_nothing():
    for settings in ({"bidirectional": True}, {"task": "recall"}, {"task": "sine"}):
        trainer = Trainer(Experiment(**{"task": "text", "corpus": CORPUS, "hidden_size": 3, **settings}))
        assert look(trainer.subject(), Wanted(draft=Draft())).writing is None


@pytest.mark.parametrize(("temperature", "top_k"), [(0.7, 0), (0.0, 0), (1.0, 3), (2.0, 50)])
def test_bars_are_the_probabilities_by_which_it_is_drawn(trainer, temperature, top_k):
    snapshot, writing = seen(trainer)
    view = View(temperature=temperature, top_k=top_k)
    drawn, trained, named = LIKELIEST.arrays(Scene(EXPERIMENT, snapshot, view))
    y = torch.from_numpy(writing.outputs).double()
    likely, places = y.softmax(-1).topk(SHOWN)
    np.testing.assert_allclose(trained["x"], likely.numpy(), rtol=1e-5)
    kept = y if not top_k else torch.where(y >= y.topk(min(top_k, len(y))).values[-1], y, -torch.inf)
    expected = (kept / temperature).softmax(-1) if temperature else torch.eye(len(y))[y.argmax()]
    np.testing.assert_allclose(drawn["x"], expected[places].numpy(), rtol=1e-5, atol=1e-7)
    names = trainer.task.vocabulary
    assert [text.split("  ")[0] for text in named["text"]] == [names[place] for place in places]
