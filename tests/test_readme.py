"""The README tells the truth: its snippet runs, and the files and commands it names exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_notebook_snippet_runs():
    [snippet] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {}
    exec(snippet, names)
    assert names["trainer"].loss < 1
    assert names["snapshot"].gradients.hidden.shape == names["snapshot"].trace.hidden.shape == (1, 1, 20, 32)
    assert type(names["recurrent"]).__name__ == "LSTM"


@pytest.mark.parametrize("path", sorted(set(re.findall(r"[\w/.]+/[\w]+\.(?:py|png)|[\w/]+/(?=`)", README))))
def test_what_it_names_exists(path):
    assert (ROOT / path).exists() or (ROOT / "rnnviz" / path).exists()


@pytest.mark.parametrize("module", re.findall(r"-m (benchmarks\.\w+)", README))
def test_the_benchmarks_it_names_exist(module):
    assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists()
