"""Reading the rows of a consultation: questions, red flags, aftercare, rules, checks, grades."""

from typing import Any, cast

from mesodash.catalogue.care import EU, Aftercare, FollowUp, Grade, Question, RedFlag, Regulation
from mesodash.catalogue.rows import RULE_LEVELS
from mesodash.catalogue.table import Row

KINDS = ("yes_no", "yes_no_detail", "yes_no_where")
TOPICS = ("health", "allergies", "skin", "medicines", "recent", "headache", "plans")
EVERYWHERE = "everywhere"


def question(row: Row) -> Question:
    """A row of questions.csv."""
    level = row.choice_or_empty("level", RULE_LEVELS)
    raises = row.many("raises")
    if level is None and row.optional("scope"):
        row.fault("scope is filled in but level is empty; the contraindications have their own.")
    if (level is None) == (not raises):
        row.fault("fill in either raises, or level and scope: what a yes means.")
    holds = row.whole("holds_days")
    if holds is None:
        row.fault("holds_days is empty; write after how many days a no must be confirmed.")
    return Question(
        code=row.code(),
        label=row.text("label"),
        text=row.text("text"),
        kind=cast("Any", row.choice("kind", KINDS)),
        topic=row.choice("topic", TOPICS),
        asked_of=cast("Any", row.choice("asked_of", ("everybody", "women"))),
        unless=cast("Any", row.choice_or_empty("unless", ("age", "skin_type"))),
        raises=raises,
        level=cast("Any", level),
        scope=() if level is None else row.scope(),
        advice=row.optional("advice"),
        holds_days=holds or 0,
        sources=row.many("sources"),
    )


def red_flag(row: Row) -> RedFlag:
    """A row of red_flags.csv."""
    return RedFlag(
        code=row.code(),
        label=row.text("label"),
        phase=cast("Any", row.choice("phase", ("before", "after"))),
        sign=row.text("sign"),
        action=row.text("action"),
        urgency=cast("Any", row.choice("urgency", ("emergency", "same_day"))),
        side_effects=row.many("side_effects"),
        sources=row.many("sources"),
    )


def aftercare(row: Row) -> Aftercare:
    """A row of aftercare.csv."""
    from_hours, to_hours = row.number("from_hours"), row.number("to_hours")
    if from_hours is None:
        row.fault("from_hours is empty; write 0 for at once.")
    row.ordered(from_hours, to_hours, "hour")
    return Aftercare(
        code=row.code(),
        topic=row.code("topic"),
        from_hours=from_hours or 0.0,
        to_hours=to_hours,
        instruction=row.text("instruction"),
        scope=row.scope(),
        areas=row.many("areas"),
        sources=row.many("sources"),
    )


def regulation(row: Row) -> Regulation:
    """A row of regulations.csv."""
    country: str | None = row.text("country")
    if country == EVERYWHERE:
        country = None
    elif country and country != EU:
        row.country_fault("country", country)
    return Regulation(
        code=row.code(),
        country=country,
        scope=row.scope(),
        status=cast("Any", row.choice("status", ("allowed", "caution", "banned"))),
        text=row.text("text"),
        sources=row.many("sources"),
    )


def follow_up(row: Row) -> FollowUp:
    """A row of follow_ups.csv."""
    from_day, to_day = row.whole("from_day"), row.whole("to_day")
    if from_day is None or to_day is None:
        row.fault("from_day and to_day must both be filled in.")
    row.ordered(from_day, to_day, "day")
    return FollowUp(
        code=row.code(),
        label=row.text("label"),
        from_day=from_day or 0,
        to_day=to_day or 0,
        ask=row.text("ask"),
        side_effects=row.many("side_effects"),
        sources=row.many("sources"),
    )


def grade(row: Row) -> Grade:
    """A row of grades.csv."""
    found = Grade(
        code=row.code(),
        term=row.text("term"),
        grade_1=row.optional("grade_1"),
        grade_2=row.optional("grade_2"),
        grade_3=row.optional("grade_3"),
        grade_4=row.optional("grade_4"),
        grade_5=row.optional("grade_5"),
        sources=row.many("sources"),
    )
    if not found.grades:
        row.fault("no grade is filled in; give at least one.")
    return found
