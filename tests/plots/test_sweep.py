"""The learning sweep's map and its sentence."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.colors

from rnnviz.plots import sweep as heat_map


def outcome(score: float, diverged: bool = False) -> Any:
    return SimpleNamespace(score=score, diverged=diverged)


OUTCOMES = {
    ("rnn", 5, 0): outcome(1.0),
    ("rnn", 5, 1): outcome(0.9),
    ("rnn", 20, 1): outcome(0.0, diverged=True),
    ("gru", 20, 0): outcome(0.95),
}


def drawn(outcomes: Any, cells: tuple[str, ...] = ("rnn", "gru"), lengths: tuple[int, ...] = (5, 20)) -> Any:
    """The traces of the figure: the squares, and the numbers in them."""
    return heat_map.figure(outcomes, cells, lengths).data


def test_the_map_shows_the_mean_of_what_has_come():
    map_, numbers = drawn(OUTCOMES)
    np.testing.assert_allclose(map_.z, [[0.95, 0.0], [math.nan, 0.95]])
    assert list(map_.x) == ["5", "20"]
    assert list(map_.y) == ["RNN", "GRU"]
    assert (map_.zmin, map_.zmax) == (0, 1)
    assert list(zip(numbers.x, numbers.y, numbers.text, strict=True)) == [
        ("5", "RNN", "0.95"),
        ("20", "RNN", "0.00"),
        ("20", "GRU", "0.95"),
    ]


def test_the_map_names_every_seed():
    map_, _numbers = drawn(OUTCOMES)
    assert map_.customdata[0][0] == "RNN, length 5: 2 seeds<br>seed 0: 1.00<br>seed 1: 0.90"
    assert "seed 1: diverged" in map_.customdata[0][1]


def test_an_empty_map_can_be_drawn():
    map_, numbers = drawn({})
    assert np.isnan(map_.z).all()
    assert not numbers.text


def luminance(colour: Any) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [value / 255 for value in plotly.colors.unlabel_rgb(colour)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_numbers_stand_out_from_their_squares():
    scores = np.linspace(0, 1, 101).tolist()
    _map, numbers = drawn(
        {("rnn", n, 0): outcome(score) for n, score in enumerate(scores)}, ("rnn",), tuple(range(101))
    )
    squares = plotly.colors.sample_colorscale(heat_map.HEAT, scores)
    for square, colour in zip(squares, numbers.textfont.color, strict=True):
        light, dark = sorted((luminance(square), {"white": 1.0, "black": 0.0}[colour]), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert numbers.textfont.size >= 14


def test_the_sentence_names_the_longest_length_learned():
    text = heat_map.sentence(OUTCOMES, ("rnn", "gru", "lstm"), (5, 20))
    assert "RNN 5 steps, GRU 20 steps." in str(text)
    assert "LSTM" not in str(text)  # nothing of it has come
    assert "RNN none" in str(heat_map.sentence({("rnn", 5, 0): outcome(0.3)}, ("rnn",), (5,)))
    assert str(heat_map.sentence({}, ("rnn",), (5,))) == "No result yet."
