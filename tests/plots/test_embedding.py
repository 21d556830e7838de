"""The map of words, by its data."""

import json
from typing import Any

import numpy as np

from rnnviz.looks.look import look
from rnnviz.plots.embedding import EMBEDDING, LETTER, LINE, SIZE, embeds, labelled, note
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.training.trainer import Trainer
from rnnviz.wanted import Wanted


def a_scene(near: str = "", steps: int = 3, **settings: Any) -> Scene:
    chosen: dict[str, Any] = {"task": "recall", "embedding_size": 4} | settings
    trainer = Trainer(Experiment(**chosen))
    trainer.step(steps)
    return Scene(trainer.experiment, look(trainer.subject(), Wanted(frozenset({"embedding"}), near=near)))


def draw(scene: Scene) -> Any:
    return EMBEDDING.figure(scene)


def test_words_stand_where_they_were_seen_each_named_where_one_points():
    scene = a_scene("Spain")
    words, near, held = draw(scene).data
    seen = scene.snapshot.embedding
    assert seen
    np.testing.assert_array_equal(np.transpose([words.x, words.y]), seen.places)
    assert len(words.customdata) == len(words.x)
    assert (near.customdata[0], near.text[0]) == ("Spain", "Spain")
    for letter in "xy":
        furthest = max(np.abs(trace[letter]).max() for trace in (words, near))
        assert furthest < held[letter][1] == -held[letter][0] < 1.6 * furthest
    assert set(words.text) - {""} <= set(words.customdata)
    assert not (set(near.text) & set(words.text)) - {""}


def test_the_frame_stays_while_it_learns_and_is_another_for_other_words():
    one, later, other = a_scene(), a_scene(steps=9), a_scene(seed=1, seq_len=3)
    assert EMBEDDING.depends(one) == EMBEDDING.depends(later) != EMBEDDING.depends(other)
    assert EMBEDDING.frame(one) == EMBEDDING.frame(later)
    assert len(json.dumps(draw(one).to_plotly_json(), default=np.ndarray.tolist)) < 20_000


def test_labels_are_clear_of_one_another():
    rng = np.random.default_rng(0)
    places, names = rng.normal(size=(150, 2)), [f"word{n}" for n in range(150)]
    shown = labelled(places, names, np.array([4, 4]))
    kept = [(place, name) for place, name, label in zip(places, names, shown, strict=True) if label]
    assert 20 < len(kept) < 150
    for i, (a, one) in enumerate(kept):
        for b, other in kept[:i]:
            x, y = np.abs(a - b) / 8 * SIZE
            assert x >= (len(one) + len(other)) * LETTER / 2 or y >= LINE


def test_the_note_says_how_much_is_seen_and_what_is_nearest():
    scene = a_scene("Spain")
    seen = scene.snapshot.embedding
    assert seen
    said = str(note(seen, scene.experiment))
    assert said.startswith(f"The plane holds {100 * seen.variances.sum():.3g} % of the variance (")
    assert "Nearest to “Spain”, by cosine in all 4 dimensions: " in said
    nothing = a_scene("Atlantis").snapshot.embedding
    assert nothing
    assert str(note(nothing, scene.experiment)).endswith("“Atlantis” is not in the vocabulary.")


def test_it_is_shown_where_there_is_an_embedding():
    assert embeds(Experiment(task="recall", embedding_size=1))
    assert not embeds(Experiment(task="recall"))
    assert not embeds(Experiment(embedding_size=3))
