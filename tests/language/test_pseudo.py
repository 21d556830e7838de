"""No word escapes: pictures, pages and what is said of a network, in a language whose every message stands in ⟦ ⟧."""

import html
import json
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

import pytest
from drawn import shown
from google.protobuf.json_format import MessageToDict
from made_up import a_forecast, a_snapshot
from pseudo import PSEUDO, escaped
from streamlit.testing.v1 import AppTest

from rnnviz import Trainer
from rnnviz.cells import CELLS
from rnnviz.diagnosis import describe_divergence, diagnose
from rnnviz.language import LANGUAGES, reader
from rnnviz.plots import LAB
from rnnviz.plots.forecast import forecast_sentence
from rnnviz.runs.messages import Frame, Orders
from rnnviz.scene import Scene
from rnnviz.settings.experiment import Experiment
from rnnviz.snapshot import Lens
from rnnviz.tasks import TASKS, task_of
from rnnviz.ui.lab import page as lab

pytestmark = pytest.mark.slow


SAID = {"text", "name", "hovertemplate", "ticktext", "title"}
"""The attributes of a figure that hold words."""
WIDGETS = {"label", "help", "body", "options", "placeholder", "alt", "content", "value", "message"}
"""The fields of an element of a page that hold words."""
COMPONENTS = {"text", "words", "glossary", "pictures", "readouts", "changed", "sentences", "close", "label"}
"""The fields of a component's data that do."""


@pytest.fixture
def pseudo() -> Iterator[str]:
    LANGUAGES[PSEUDO.code] = PSEUDO
    yield PSEUDO.code
    del LANGUAGES[PSEUDO.code]


def strings(value: Any, keys: set[str], within: bool = False) -> Iterator[str]:
    """Every text below one of these keys."""
    if isinstance(value, str):
        if within:
            yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "name" and not value.keys().isdisjoint({"alt", "next"}):
                continue  # by which a script knows a picture
            if key == "labelVisibility":
                continue  # one of Streamlit's own names
            yield from strings(item, keys, within or key in keys)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item, keys, within)


def test_the_check_finds_a_word_that_escapes():
    assert escaped("⟦a ⟦nested⟧ one⟧ %{fullData.name}<br>12 RNN") == []
    assert escaped("⟦a⟧ leak") == ["leak"]


@pytest.mark.parametrize("task", TASKS)
def test_no_word_escapes_from_a_picture(task):
    experiment = Experiment(task=task, seq_len=6, series=tuple(map(float, range(60))))
    snapshot = a_snapshot(experiment, forecast=a_forecast())
    kind = task_of(experiment)
    names = tuple(str(word) for word in (*(kind.vocabulary or ()), *(kind.classes or ()), *kind.source_vocabulary))

    def said() -> list[str]:
        reader.set(PSEUDO)
        found = []
        for picture in shown(experiment).values():
            figure = picture.figure(Scene(experiment, snapshot)).to_plotly_json()
            found += strings(json.loads(json.dumps(figure, default=lambda array: array.tolist())), SAID)
            found += [PSEUDO.say(picture.sentence(Scene(experiment, snapshot))), PSEUDO.say(picture.title)]
        return found

    texts = copy_context().run(said)
    assert any("⟦" in text for text in texts)
    assert {text: words for text in texts if (words := escaped(html.unescape(text), names))} == {}


@pytest.mark.parametrize("cell", CELLS)
def test_no_word_escapes_from_the_lab(cell):
    experiment = Experiment(task="adding", cell=cell, hidden_size=4, seq_len=6, num_layers=2, bidirectional=True)
    snapshot = Trainer(experiment).snapshot(lens=Lens())

    def said() -> list[str]:
        reader.set(PSEUDO)
        scene = Scene(experiment, snapshot)
        pictures = [picture for picture in LAB.values() if picture.shown(experiment)]
        figures = [picture.figure(scene).to_plotly_json() for picture in pictures]
        found = [*strings(json.loads(json.dumps(figures, default=lambda array: array.tolist())), SAID)]
        found += [PSEUDO.say(picture.sentence(scene)) for picture in pictures]
        words = lab.BOARD.words(Frame(0, 1, Orders(experiment), snapshot, True, 0, None), snapshot)
        return found + [PSEUDO.say(text) for name, text in words.items() if name != "kind"]

    texts = copy_context().run(said)
    assert {text: words for text in texts if (words := escaped(text))} == {}


def test_no_word_escapes_from_a_diagnosis():
    experiment = Experiment(task="airline")
    snapshot = a_snapshot(experiment)
    diagnosis = diagnose(snapshot, experiment)
    said = (
        diagnosis.sentence,
        diagnosis.advice,
        forecast_sentence(a_forecast(), TASKS["airline"].unit),
        describe_divergence(3, "loss", experiment),
    )
    assert [escaped(PSEUDO.say(text)) for text in said if text] == [[] for text in said if text]


PAGE = """
from rnnviz.ui.shell import reader
from rnnviz.ui.{name} import page
from rnnviz.language import _
reader.listen()
page.show(_("Live bench"), _("Values as text"))
"""


@pytest.mark.parametrize("name", ["bench", "graph", "lab", "race", "words", "pairs"])
def test_no_word_escapes_from_a_page(pseudo, name):
    app = AppTest.from_string(PAGE.format(name=name), default_timeout=60)
    app.query_params["lang"] = pseudo
    app.run()
    assert not app.exception
    found = []
    for element in app._tree:
        proto = getattr(element, "proto", None)
        if proto is None or element.type in ("code", "html"):
            continue
        fields = MessageToDict(proto)
        if element.type == "bidi_component":
            found += strings(json.loads(fields["json"]), COMPONENTS)
        else:
            found += strings(fields, WIDGETS)
    assert sum("⟦" in text for text in found) > 20
    assert {text: words for text in found if (words := escaped(text))} == {}
    assert dict(app.query_params)["lang"] == pseudo
