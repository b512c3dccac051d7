"""Boosted trees of other libraries, where these are installed: the extra ``boosting``."""

from __future__ import annotations

from typing import Any


def xg_boost(seed: int) -> Any:
    """Return an unfitted XGBClassifier; one thread, as candidates run side by side."""
    from xgboost import XGBClassifier

    return XGBClassifier(
        n_estimators=400, learning_rate=0.05, min_child_weight=20, colsample_bytree=0.6, random_state=seed, n_jobs=1
    )


def light_gbm(seed: int) -> Any:
    """Return an unfitted LGBMClassifier; one thread, as candidates run side by side."""
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=400,
        learning_rate=0.05,
        min_child_samples=50,
        colsample_bytree=0.6,
        random_state=seed,
        n_jobs=1,
        verbose=-1,
        deterministic=True,
        force_col_wise=True,
    )
