"""What a network writes: beside a loop over torch.nn, and beside the probabilities it is drawn by."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from rnnviz.cells import CELLS
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot.writing import HOTTEST, chances
from rnnviz.tasks.text import Text
from rnnviz.training.trainer import Trainer

CORPUS = "she sells sea shells by the sea shore, and so on.\n" * 20
IN_TORCH = [cell for cell in CELLS if CELLS[cell].in_torch("tanh")]


def a_writer(dtype=torch.float32, steps=20, **settings) -> Trainer:
    trainer = Trainer(Experiment(**{"task": "text", "corpus": CORPUS, "hidden_size": 12, **settings}), dtype)
    trainer.step(steps)
    return trainer


def said_by_torch(trainer: Trainer, text: str) -> torch.Tensor:
    """What torch.nn's own modules say of the character after a text, (V,)."""
    task = trainer.task
    assert isinstance(task, Text)
    recurrent, readout = trainer.model.to_torch()
    tokens = torch.tensor([task.characters.index(character) for character in text])
    embedding = trainer.model.embedding
    x = embedding(tokens) if embedding else functional.one_hot(tokens, task.inputs)
    with torch.no_grad():
        return readout(recurrent(x.to(trainer.criterion.dtype)[:, None])[0])[-1, 0]


@pytest.mark.parametrize("cell", IN_TORCH)
@pytest.mark.parametrize("settings", [{}, {"embedding_size": 5, "num_layers": 2}])
@pytest.mark.parametrize("temperature", [0, 1e-6])
def test_at_temperature_0_it_writes_what_a_loop_of_torch_finds_likeliest(cell, settings, temperature):
    trainer = a_writer(torch.float64, cell=cell, **settings)
    assert isinstance(trainer.task, Text)
    expected = "the s"
    for _ in range(40):
        expected += trainer.task.characters[said_by_torch(trainer, expected).argmax()]
    assert "the s" + trainer.generate("the s", 40, temperature=temperature) == expected


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell not in IN_TORCH])
def test_other_cells_write_what_reading_it_all_anew_finds_likeliest(cell):
    trainer = a_writer(torch.float64, cell=cell)
    text = "sea"
    for _ in range(20):
        tokens = torch.tensor([token for _name, token in trainer.task.tokens_of(text)])
        text += trainer.task.joined([int(trainer.model(tokens[:, None])[0][-1, 0].argmax())])
    assert "sea" + trainer.generate("sea", 20, temperature=0) == text


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, 0), (0.5, 0), (1.7, 4), (3.0, 2)])
def test_what_is_drawn_is_as_frequent_as_its_probability_says(temperature, top_k):
    trainer = a_writer(steps=5)
    outputs = said_by_torch(trainer, "sea") / temperature
    if top_k:
        outputs[outputs < outputs.topk(top_k).values[-1]] = -math.inf
    expected = dict(zip(trainer.task.characters, outputs.softmax(-1).tolist(), strict=True))  # pyright: ignore
    draws = 2000
    drawn = [trainer.generate("sea", 1, temperature=temperature, top_k=top_k, seed=seed) for seed in range(draws)]
    assert {character for character, p in expected.items() if not p}.isdisjoint(drawn)
    chi_square = sum((drawn.count(c) - draws * p) ** 2 / (draws * p) for c, p in expected.items() if p)
    freedom = sum(p > 0 for p in expected.values()) - 1
    assert chi_square < freedom + 5 * math.sqrt(2 * freedom)


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=30), st.floats(0.01, HOTTEST), st.integers(0, 40))
def test_chances_are_a_softmax_of_the_likeliest(said, temperature, top_k):
    outputs = np.array(said)
    likely = chances(outputs, temperature, top_k)
    kept = sorted(range(len(said)), key=lambda n: (-said[n], n))[: top_k or None]
    expected = functional.softmax(torch.tensor(outputs[kept]) / temperature, dim=0)
    np.testing.assert_allclose(likely[kept], expected.numpy(), atol=1e-12)
    assert likely.sum() == pytest.approx(1)


def test_the_same_seed_writes_the_same_text_and_training_goes_on_as_if_nothing_was_written():
    trainer, other = a_writer(), a_writer()
    one, same, another = (trainer.generate("sea ", 80, seed=seed) for seed in (3, 3, 4))
    assert one == same != another
    assert len(one) == 80
    trainer.step(3)
    other.step(3)
    assert trainer.loss == other.loss


def test_what_is_written_goes_on_where_the_prompt_ends():
    trainer = a_writer()
    whole = trainer.generate("sea", 30, temperature=0)
    assert trainer.generate("sea" + whole[:10], 20, temperature=0) == whole[10:]


@pytest.mark.parametrize(
    ("settings", "asked", "said"),
    [
        ({"bidirectional": True}, {}, "bidirectional network can't write"),
        ({"task": "sine"}, {}, "says the next token"),
        ({"task": "recall"}, {"prompt": "China"}, "says the next token"),
        ({}, {"prompt": ""}, "prompt is empty"),
        ({}, {"prompt": "sea Q\x00"}, r"“Q”, “U\+0000”"),
        ({}, {"temperature": -0.1}, "temperature"),
        ({}, {"temperature": HOTTEST + 1}, "temperature"),
        ({}, {"temperature": math.nan}, "temperature"),
        ({}, {"top_k": -1}, "likeliest"),
        ({}, {"length": 0}, "length"),
        ({}, {"length": 10**9}, "length"),
    ],
)
def test_what_can_not_be_written_is_told(settings, asked, said):
    trainer = a_writer(steps=0, **settings)
    with pytest.raises(ValueError, match=said):
        trainer.generate(**{"prompt": "sea", "length": 5, **asked})
