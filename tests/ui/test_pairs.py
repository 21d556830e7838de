"""The page of two sequences, run without a browser: what it offers, and what it shows."""

import pytest
from opened import pairs

from rnnviz.tasks import TASKS

PAIRS = [name for name, task in TASKS.items() if task.source_vocabulary]


@pytest.mark.slow
def test_a_task_of_one_sequence_offers_those_of_two():
    app = pairs()
    assert "one sequence" in app.info[0].value
    assert app.get("bidi_component") == []
    assert [button.key for button in app.button if str(button.key).startswith("take_")] == [f"take_{n}" for n in PAIRS]
