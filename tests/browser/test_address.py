"""The URL holds the experiment: shared, typed by hand, or the first thing a fresh server is asked for."""

import re
from collections.abc import Callable
from pathlib import Path

from bench import PATIENCE, Bench
from playwright.sync_api import expect
from server import Server


def test_a_shared_url_is_the_same_experiment_with_the_same_numbers(visitor: Callable[..., Bench]):
    one = visitor().open(task="adding", hidden_size=9, playing="off")
    one.choose("cell", "GRU").press("New seed")
    one.wait("() => location.search.includes('cell=gru') && location.search.includes('seed=')")
    expect(one.word("parameters")).not_to_be_empty()
    settings, losses = one.settings, [one.walk(3)]
    other = visitor(locale="de-DE")
    other.page.goto(one.page.url)
    other.drawn()
    losses.append(other.walk(3))
    assert losses[0] == losses[1]
    assert one.text("parameters") == other.text("parameters")
    assert one.settings == other.settings == settings


def test_values_out_of_bounds_are_clamped_and_it_is_said(bench: Bench):
    bench.open(hidden_size="9999", cell="<b>bold</b>", depth="3")
    bench.setting("remarks").get_by_role("button", name="About the address").click()
    warning = bench.page.get_by_test_id("stAlert")
    expect(warning).to_contain_text("hidden_size=9999 in the address is out of bounds")
    expect(warning).to_contain_text("128 is used")
    expect(warning).to_contain_text("cell=<b>bold</b> in the address makes no sense")
    expect(warning).to_contain_text("depth in the address is no setting")
    bench.wait("() => location.search === '?hidden_size=128'")
    bench.moves()


def test_back_takes_the_settings_of_the_address_before(bench: Bench):
    bench.open(cell="gru", playing="off")
    bench.open(cell="lstm", hidden_size=5, playing="off")
    bench.page.go_back()
    bench.drawn()
    expect(bench.setting("nonlinearity")).to_be_hidden()
    expect(bench.setting("forget_bias")).to_be_hidden()
    assert bench.settings == {"cell": "gru", "playing": "off"}


def test_a_deep_link_is_a_fresh_server_s_first_request_and_its_restart_is_told(
    visitor: Callable[..., Bench], tmp_path: Path
):
    with Server(tmp_path / "first.txt") as fresh:
        bench = visitor(fresh.url).open(cell="gru", hidden_size=9)
        expect(bench.page.get_by_role("heading", level=1)).to_be_visible()
        expect(bench.page.get_by_test_id("stSidebarNav")).to_be_hidden()
        assert bench.settings == {"cell": "gru", "hidden_size": "9"}
        bench.reaches(3)
    with Server(tmp_path / "second.txt", port=int(fresh.host.split(":")[1])) as again:
        told = re.compile("server was restarted: the network started anew")
        expect(bench.word("notice")).to_have_text(told, timeout=2 * PATIENCE)
        bench.moves()
        assert bench.settings == {"cell": "gru", "hidden_size": "9"}
        bench.page.close()
        bench.complaints.clear()  # of connections refused while there was no server
    for server in (fresh, again):
        assert server.complaints == [], server.output
