"""Recording against a plain model: any order of steps leaves in the file what the model says.

200 steps here; `benchmarks/recording_states.py` takes 10,000.
"""

import pytest
from hypothesis import settings
from tests.records.treatment.recording_machine import Recording

TestRecording = pytest.mark.slow(Recording.TestCase)
TestRecording.settings = settings(max_examples=4, stateful_step_count=50, deadline=None)
