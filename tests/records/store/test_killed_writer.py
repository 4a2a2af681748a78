"""Nothing that was said to be kept is lost when its writer is killed; the big round is in
benchmarks/kept.py.
"""

from tests.records.store.killed_writer import killed, says_too_early

KILLS = 20


def test_nothing_that_was_kept_is_lost_to_a_kill(tmp_path, checks):
    tally = killed(tmp_path, KILLS, seed=1)
    with checks("kills of writers", planned=KILLS + 2) as count:
        for number in range(KILLS):
            count.that(number >= tally.torn, "a file that is not whole")
        count.that(tally.lost == 0, f"{tally.lost} of {tally.kept} lost")
        count.that(tally.kept >= KILLS, f"only {tally.kept} were kept")


def test_negative_control_a_writer_that_speaks_too_early_is_found_out(tmp_path):
    assert killed(tmp_path, KILLS, seed=1, how=says_too_early).lost > 0
