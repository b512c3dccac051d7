"""What seals and receipts cost is measured on what really happens."""

from __future__ import annotations

from pathlib import Path

from bench import sealing


def test_cold_starts_take_turns(tmp_path: Path) -> None:
    """Both kinds answer rightly, and the difference is that of neighbours."""
    plain, sealed, more = sealing.cold_starts(tmp_path, 1).values()
    assert plain.median > 0
    assert sealed.median - plain.median == more.median


def test_a_receipt_is_measured_beside_its_answer() -> None:
    """An answer with a receipt takes longer than without: else nothing was signed."""
    plain, receipted, more = sealing.receipts(50).values()
    assert plain.median < receipted.median
    assert more.median > 0
