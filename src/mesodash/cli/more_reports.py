"""What `mesodash report NAME` says of each report beside the contract's, for its help."""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "attendance": "How many appointments were kept, cancelled or not come to.",
    "products": "Which products and lots were used, and how much of them.",
    "completion": "How many courses that ended were completed.",
    "stopping": "After which session people stop.",
    "first_session": "How long people wait for their first session.",
    "gaps": "How long the time between two sessions is, beside the planned interval.",
    "top_ups": "How many top-ups were due, and made.",
    "trajectory": "How scores go from session to session.",
    "individual_lines": "Each course's scores, the lines behind the mean.",
    "levels": "How often each level of an ordinal scale was given.",
    "followed_up": "How many courses have a score after their treatment.",
    "incidence": "How often an effect followed, a session, patient and area.",
    "severity": "The worst severity of each effect.",
    "onset": "How long after the session effects began.",
    "resolution": "Which share of each effect was gone by 1, 3, 7 and 14 days.",
    "promises": "Which share was gone within the time that was promised.",
    "reactions": "Reactions at the injection site by grade, as a publication prints them.",
    "late": "How many effects began late.",
    "signals": "Which lots, practitioners and sites stand out, and how large an excess would show.",
    "looks": "How many comparisons were made, and of what.",
}
