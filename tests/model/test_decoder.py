"""The decoder step by step against plain loops over torch's own cells, in float64."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from rnnviz.model.decoder import Decoder
from rnnviz.model.decoding import Rules, beam_search, greedy
from rnnviz.model.network import SequenceModel
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Line, Touch

READ, WRITTEN, LONGEST = 6, 4, 5
END, BEGIN = WRITTEN - 1, WRITTEN
RULES = Rules(BEGIN, END, LONGEST)
SOURCE = [3, 1, 5, 0, 2]
NETWORKS: list[dict[str, Any]] = [
    {"attention": "none"},
    {"attention": "none", "cell": "lstm", "num_layers": 2, "embedding_size": 3},
    {"attention": "additive", "bidirectional_encoder": True, "embedding_size": 3},
    {"attention": "additive", "cell": "lstm", "num_layers": 2},
    {"attention": "dot", "cell": "rnn"},
    {"attention": "dot", "bidirectional_encoder": True, "embedding_size": 3},
]


def built(seed=0, **settings: Any) -> SequenceModel:
    experiment = Experiment(**{"cell": "gru", "hidden_size": 4} | settings)
    generator = torch.Generator().manual_seed(seed)
    model = SequenceModel(experiment, WRITTEN + 1, WRITTEN, generator, torch.float64, tokens=True, source=READ)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= 3  # barely trained networks find every token as likely as the others
    return model


class Plain:
    """One source, and outputs written one by one, each from its beginning."""

    def __init__(self, model: SequenceModel, touches: tuple[Touch, ...] = ()):
        self.model, self.touches = model, touches
        experiment = model.experiment
        assert model.encoder
        cells = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[experiment.cell]
        read, bidirectional = model.encoder.recurrent.inputs, model.encoder.recurrent.directions == 2
        H, L = experiment.hidden_size, experiment.num_layers
        self.encoder = cells(read, H, L, bidirectional=bidirectional).double()
        self.encoder.load_state_dict(model.encoder.recurrent.state_dict())
        self.decoder = cells(model.recurrent.inputs, H, L).double()
        self.decoder.load_state_dict(model.recurrent.state_dict())
        states, end = self.encoder(rows(model.encoder.embedding, READ)[SOURCE])
        self.states, D = states, 1 + bidirectional
        self.end = tuple(part[::D] for part in end) if isinstance(end, tuple) else end[::D]

    def after(self, written: tuple[int, ...]) -> tuple[Tensor, Tensor | None]:
        """The log-probabilities of the next token, and where the last step looked."""
        model, state, weights, said = self.model, self.end, None, torch.empty(0)
        for t, token in enumerate((BEGIN, *written)):
            x = rows(model.embedding, WRITTEN + 1)[[token]]
            top = (state[0] if isinstance(state, tuple) else state)[-1]
            attention = model.attention
            if attention and attention.kind == "additive":
                assert attention.query
                assert attention.key
                assert attention.score
                scores = attention.score(torch.tanh(attention.query(top) + attention.key(self.states)))[:, 0]
                weights = self.touched(t, scores)
                x = torch.cat([x, (weights @ self.states)[None]], -1)
            said, state = self.decoder(x, state)
            if attention and attention.kind == "dot":
                keys = attention.key(self.states) if attention.key else self.states
                weights = self.touched(t, keys @ said[0])
            if weights is not None:
                said = torch.cat([said, (weights @ self.states)[None]], -1)
        return model.readout(said)[-1].log_softmax(-1), weights

    def touched(self, t: int, scores: Tensor) -> Tensor:
        weights = scores.softmax(0)
        for touch in self.touches:
            if touch.step not in (None, t):
                continue
            moved = weights[touch.at].item()
            weights = torch.where(torch.arange(len(weights)) == touch.at, 0.0, weights)
            if touch.to is None:
                weights = weights / weights.sum()
            else:
                weights[touch.to] += moved
        return weights


def rows(embedding: nn.Embedding | None, size: int) -> Tensor:
    return torch.eye(size, dtype=torch.float64) if embedding is None else embedding.weight


@torch.no_grad()
def check(line: Line, plain: Plain):
    for t, token in enumerate(line.tokens.tolist()):
        chances, weights = plain.after(tuple(line.tokens[:t].tolist()))
        np.testing.assert_allclose(line.log_probabilities[t], chances[token], rtol=0, atol=1e-10)
        assert (line.attention is None) == (weights is None)
        if line.attention is not None and weights is not None:
            np.testing.assert_allclose(line.attention[t], weights, rtol=0, atol=1e-10)


@pytest.mark.parametrize("settings", NETWORKS)
def test_what_is_found_has_the_log_probability_and_the_attention_of_a_plain_loop(settings):
    model = built(**settings)
    plain = Plain(model)
    line = greedy(Decoder(model, SOURCE, LONGEST), RULES)
    check(line, plain)
    with torch.no_grad():
        assert line.tokens[0] == plain.after(())[0].argmax()
    for width in (2, 5):
        best, tree = beam_search(Decoder(model, SOURCE, LONGEST, width), RULES, width)
        assert len(best) == width
        for found, score in best:
            check(found, plain)
            assert score == pytest.approx(found.log_probability, abs=1e-12)
        assert len(tree.step) > 2 * width


@torch.no_grad()
def every(plain: Plain, written: tuple[int, ...] = (), total: float = 0.0):
    """All outputs there are, with their log-probabilities."""
    for token, own in enumerate(plain.after(written)[0].tolist()):
        output = (*written, token)
        if token == END or len(output) == 3:
            yield output, total + own
        else:
            yield from every(plain, output, total + own)


@pytest.mark.slow
def test_full_width_finds_the_best_of_all_outputs_of_100_networks():
    for seed in range(100):
        model = built(seed, **NETWORKS[seed % len(NETWORKS)])
        found, _tree = beam_search(Decoder(model, SOURCE, 3, 40), Rules(BEGIN, END, 3), 40)
        expected = sorted(every(Plain(model)), key=lambda item: -item[1])
        assert len(expected) == 1 + 3 + 9 * 4
        assert tuple(found[0][0].tokens.tolist()) == expected[0][0]
        np.testing.assert_allclose([score for _, score in found], [score for _, score in expected], rtol=0, atol=1e-10)


@pytest.mark.parametrize("settings", [network for network in NETWORKS if network["attention"] != "none"])
@pytest.mark.parametrize(
    "touches", [(Touch(1, 3),), (Touch(0),), (Touch(2, 4, step=1), Touch(4), Touch(9), Touch(0, 9))]
)
def test_a_hand_on_attention(settings, touches):
    model = built(**settings)
    line = greedy(Decoder(model, SOURCE, LONGEST, touches=touches), RULES)
    plain = Plain(model, tuple(touch for touch in touches if touch.at < 5 and (touch.to or 0) < 5))
    check(line, plain)
    assert line.attention is not None
    np.testing.assert_allclose(line.attention.sum(axis=1), 1, rtol=0, atol=1e-12)
    best, _tree = beam_search(Decoder(model, SOURCE, LONGEST, 3, touches), RULES, 3)
    check(best[0][0], plain)


def test_of_many_outputs_the_units_of_every_look_are_not_kept():
    model = built(**next(network for network in NETWORKS if network["attention"] == "additive"))
    kept = [Decoder(model, SOURCE, LONGEST, width)._look.u.nbytes for width in (1, 2)]  # pyright: ignore
    assert kept[1] == 2 * kept[0] / LONGEST


def test_nothing_left_to_look_at_is_no_division_by_zero():
    model = built(**NETWORKS[2])
    line = greedy(Decoder(model, SOURCE, LONGEST, touches=[Touch(s) for s in range(5)]), RULES)
    assert line.attention is not None
    assert not line.attention.any()
    assert np.isfinite(line.log_probabilities).all()


@pytest.mark.parametrize("settings", [network for network in NETWORKS if network["attention"] != "none"])
def test_the_sums_behind_a_weight_come_to_it(settings):
    model = built(**settings)
    decoder = Decoder(model, SOURCE, LONGEST)
    line = greedy(decoder, RULES)
    assert line.attention is not None
    for step in range(len(line.tokens)):
        sums = decoder.sums(step, 3)
        assert sums
        np.testing.assert_allclose(sums.products.sum(), sums.scores[3], rtol=0, atol=1e-12)
        np.testing.assert_allclose(np.exp(sums.scores) / np.exp(sums.scores).sum(), sums.weights, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(sums.weights, line.attention[step])
        states = Plain(model).states.detach()
        np.testing.assert_allclose(sums.key, states[3], rtol=0, atol=1e-12)
        np.testing.assert_allclose(sums.context, sums.weights @ states.numpy(), rtol=0, atol=1e-12)
        assert sums.query.shape == (4,)
    assert decoder.sums(len(line.tokens), 0) is None
    assert decoder.sums(0, len(SOURCE)) is None
    assert Decoder(built(attention="none"), SOURCE, LONGEST).sums(0, 0) is None
