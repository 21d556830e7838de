"""A new page is two files and one line: a made-up one, in a copy of the app, is in the menu and has its frames."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDED = Path(__file__).parent / "added"

LOOK = """
import json, sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from rnnviz.ui import early, web
from rnnviz.ui.scripts import address
from rnnviz.ui.shell.run import pool
from app import app

routes = [getattr(route, "path", "") for route in app._user_routes]
home = AppTest.from_file(str(Path("rnnviz/ui/main.py").resolve()), default_timeout=60).run()
menu = [link.proto.label for link in home.get("page_link")]
page = AppTest.from_file(str(Path("pages/glance.py").resolve()), default_timeout=60)
page.query_params["seq_len"] = "7"
page.run()
component = next(found for found in page.get("bidi_component") if "socket" in found.proto.json)
pool().close()
json.dump({
    "routes": routes,
    "menu": menu,
    "early": address("live/live.js") in early.head("glance"),
    "exceptions": len(page.exception),
    "title": page.title[0].value,
    "settings": page.session_state["run"].orders.experiment.seq_len,
    "address": page.query_params["seq_len"],
    "data": json.loads(component.proto.json),
}, sys.stdout)
"""


@pytest.mark.slow
def test_it_is_in_the_menu_and_runs_and_has_its_frames(tmp_path: Path):
    for name in ("rnnviz", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    shutil.copytree(ADDED / "pages", tmp_path / "pages", dirs_exist_ok=True)
    shutil.copytree(ADDED / "ui", tmp_path / "rnnviz" / "ui", dirs_exist_ok=True)
    names = tmp_path / "rnnviz" / "ui" / "pages.py"
    names.write_text(names.read_text().replace('"pairs")', '"pairs", "glance")'))
    ran = subprocess.run([sys.executable, "-c", LOOK], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["menu"][-1] == "Glance"
    assert {"/glance", "/live/glance/{token}"} <= {*found["routes"]}
    assert found["early"]
    assert (found["exceptions"], found["title"]) == (0, "Only the loss")
    assert (found["settings"], found["address"]) == (7, "7")
    assert found["data"]["socket"].startswith("./live/glance/")
    assert [picture["name"] for picture in found["data"]["pictures"]] == ["loss"]
