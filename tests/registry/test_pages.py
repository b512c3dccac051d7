"""MLflow's pages, in a real browser over a team's server, show what was tracked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from challenge_neuralworks.registry.models import open_registry
from challenge_neuralworks.registry.record import Record
from challenge_neuralworks.registry.tracking import Tracked, track
from tests.registry.backends import Backend
from tests.registry.pages import PATIENCE_MS, Pages
from tests.registry.trainings import MISSED, training
from tests.serving.playground.visiting import MISSING, browsing, chromium


class Shown(NamedTuple):
    """What there is to see: a training that passed and one that missed its gates."""

    experiment: str
    record: Record
    passed: Tracked
    failed: Record
    missed: Tracked


@pytest.fixture(scope="module")
def shown(a_server: Backend, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Track both."""
    registry = open_registry(a_server.uri)
    record = training(tmp_path_factory.mktemp("passed"), "shown")
    passed = track(registry, record)
    failed = training(tmp_path_factory.mktemp("missed"), "shown", MISSED, bias=-0.25)
    missed = track(registry, failed)
    registry.set_alias("shown", "production", "candidate")
    return Shown(registry.client.get_experiment_by_name("shown").experiment_id, record, passed, failed, missed)


@pytest.fixture(scope="module")
def pages(a_server: Backend) -> Iterator[Pages]:
    """Return a tab; in the end it has asked nobody but this server."""
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    with browsing(path) as browser:
        opened = Pages(browser, a_server.uri)
        yield opened
        opened.close()
        assert {host for host in opened.hosts if host} == {urlsplit(a_server.uri).netloc}


def test_runs_are_listed_whatever_became_of_them(pages: Pages, shown: Shown) -> None:
    """Each under its sealed version."""
    names = (shown.record.manifest.version, shown.failed.manifest.version)
    pages.open(f"/experiments/{shown.experiment}/runs", *names, "2 matching runs")


def test_a_run_shows_its_parameters_metrics_and_gates(pages: Pages, shown: Shown) -> None:
    """Of one that passed, and why another one did not."""
    run = f"/experiments/{shown.experiment}/runs"
    body = pages.open(f"{run}/{shown.passed.run_id}", "random_split/auc", "params.check_model", "Registered models")
    expect(body).to_contain_text("passed: random_split.auc is 0.75, 0.7 at least")
    expect(body).to_contain_text("weights, added")
    pages.open(f"{run}/{shown.missed.run_id}", f"missed: {MISSED.missed[0]}")


def test_a_plot_is_drawn(pages: Pages, shown: Shown) -> None:
    """As large as it is: an image that cannot be drawn has no width."""
    plot = "plots/evaluation-random_split-roc-curve.svg"
    pages.open(f"/experiments/{shown.experiment}/runs/{shown.passed.run_id}/artifacts/{plot}", plot)
    image = pages.page.locator("img[src^='blob:']").first
    expect(image).to_be_visible(timeout=PATIENCE_MS)
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [800, 480]


def test_versions_are_listed_with_their_aliases(pages: Pages, shown: Shown) -> None:
    """The registered model has the version that passed, under both aliases, and no other."""
    manifest = shown.record.manifest
    body = pages.open("/models/shown", "Version 1", "@ candidate", "@ production", manifest.version)
    expect(body).to_contain_text(manifest.pickle.sha256)
    expect(body).not_to_contain_text("Version 2")
