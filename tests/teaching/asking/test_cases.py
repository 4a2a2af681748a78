"""Cases: somebody who does not exist, a verdict by the screening, and what fails any score."""

from tests.conftest import TODAY

from mesodash.teaching.asking.cases import DECISIONS, REFUSE, TREAT, make_case, score

ORDER = list(DECISIONS)


def cases(catalogue, n=150):
    return [make_case(catalogue, seed, today=TODAY) for seed in range(n)]


def right_of(case):
    (at,) = case.decision.right
    return ORDER[at]


def test_the_same_seed_is_the_same_case(catalogue):
    assert make_case(catalogue, 7, today=TODAY) == make_case(catalogue, 7, today=TODAY)
    assert make_case(catalogue, 7, today=TODAY) != make_case(catalogue, 8, today=TODAY)


def test_every_decision_occurs_and_an_absolute_contraindication_is_refused(catalogue, checks):
    made = cases(catalogue)
    assert {right_of(case) for case in made} == set(DECISIONS)
    hard = []
    for case in made:
        file, code = case.decision.row.split(".", 1)
        if file != "questions":
            continue
        raised = {
            rule.code
            for rule in catalogue.contraindications_to(case.protocol.code, case.area)
            if rule.code in catalogue.questions[code].raises
            and rule.level == "absolute"
            and rule.sex in (None, case.sex)
        }
        if raised:
            hard.append(case)
    with checks("absolute contraindications", planned=len(hard) * 2) as count:
        for case in hard:
            count.that(right_of(case) == REFUSE, f"{case.seed}: {case.history}")
            treated = [ORDER.index(TREAT)]
            count.that(case.decision.is_critical(treated), f"{case.seed}: not critical")
    assert len(hard) > 20


def test_all_right_passes_and_one_critical_mistake_fails_whatever_the_score(catalogue):
    case = next(one for one in cases(catalogue) if right_of(one) == REFUSE and len(one.items) > 7)
    right = {at: item.right for at, item in enumerate(case.items)}
    assert score(case, right).passed
    assert (score(case, right).right, score(case, right).of) == (len(case.items), len(case.items))

    wrong = score(case, {**right, 0: {ORDER.index(TREAT)}})
    assert (wrong.right, wrong.critical, wrong.passed) == (len(case.items) - 1, (0,), False)

    assert score(case, {}).right == 0
    assert not score(case, {}).passed


def test_a_country_that_bans_it_is_a_refusal(catalogue):
    for seed in range(5):
        case = make_case(catalogue, seed, today=TODAY, protocol="fat_pcdc", country="FR")
        assert right_of(case) == REFUSE
