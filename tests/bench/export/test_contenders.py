from __future__ import annotations

import numpy as np
import pytest

from bench.export.contenders import ALL, Case, probabilities


@pytest.mark.parametrize("name", ["ours", "scikit-learn"])
def test_a_contender_answers_as_the_pipeline_does(name: str, case: Case) -> None:
    """It loads from bytes, and its single rows are those of its batch."""
    made = ALL[name](case)
    assert made.name == name
    predict = made.load()
    expected = case.pipeline.predict_proba(case.frame)
    np.testing.assert_allclose(probabilities(predict(made.batch)), expected, rtol=0, atol=1e-12)
    singles = [probabilities(predict(single))[0] for single in made.singles]
    np.testing.assert_allclose(np.array(singles), expected, rtol=0, atol=1e-12)


def test_what_is_loaded_is_what_is_counted(case: Case) -> None:
    """The scorer is smaller than the pipeline that it was made of."""
    assert 0 < ALL["ours"](case).bytes < ALL["scikit-learn"](case).bytes
