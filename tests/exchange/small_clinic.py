"""One small clinic as exchange files, and how a test makes a clinic and a folder of them."""

from datetime import UTC, datetime

from mesodash.records.actor import Actor
from mesodash.records.clinic import create_clinic

ACTOR = Actor("tester", "administrator")

# One small clinic that uses every file and every column.
FILES = {
    "patients.csv": (
        "patient_id,sex,birth_year,phototype,note\n"
        'P1,female,1980,III,"likes tea, not coffee"\n'
        "P2,male,1975,,\n"
    ),
    "practitioners.csv": "practitioner_id,name\nD1,Dr Ada Example\n",
    "protocol_versions.csv": (
        "protocol,version,adopted_on,adopted_by,parameters,reason\n"
        'face_ncha,1,2024-01-01,ada,"{""depth_mm"": 2.5, ""technique"": ""nappage""}",\n'
        'face_ncha,2,2024-01-20,ada,"{""depth_mm"": 3.5}",deeper than others\n'
    ),
    "courses.csv": (
        "course_id,patient_id,indication,protocol,planned_sessions,interval_days,started_on,state,"
        "stopped_reason\n"
        "C1,P1,rejuv_face,face_ncha,4,14,2024-01-05,active,\n"
        "C2,P2,melasma,melasma_txa,,,2024-01-06,stopped,moved away\n"
    ),
    "sessions.csv": (
        "session_id,patient_id,course_id,practitioner_id,protocol,held_at,state,note,"
        "protocol_version\n"
        "S1,P1,C1,D1,face_ncha,2024-01-05T10:30,held,,1\n"
        "S2,P1,C1,D1,face_ncha,2024-02-05,held,second,2\n"
        "S3,P2,C2,,melasma_txa,2024-01-06,held,,\n"
    ),
    "treated_areas.csv": (
        "session_id,area,side,technique,depth_mm,points,volume_ml\n"
        "S1,face.cheek,both,nappage,2.5,40,1.25\n"
        "S1,face.chin,midline,,,,0.001\n"
        "S3,face,midline,,,,\n"
    ),
    "products_used.csv": (
        "session_id,area,product,lot,expires_on,volume_ml\n"
        "S1,face.cheek,Hyaluronic acid,L-77,2025-06,1.25\n"
    ),
    "side_effects.csv": (
        "side_effect_id,session_id,area,side,effect,term,onset_at,resolved_at,last_seen_at,"
        "gone_by_at,severity,serious,related,note\n"
        "E1,S1,face.cheek,left,erythema,,2024-01-05T10:40,2024-01-07,,,1,no,probable,\n"
        "E2,S1,,,other,felt odd,2024-01,,2024-01-20,2024-02-05,2,no,possible,came back\n"
        "E3,S2,,,bruise,,2024-02-05,,,,,,,\n"
    ),
    "follow_ups.csv": "session_id,contacted_at,channel\nS1,2024-01-12,phone\nS1,2024-01-12,\n",
    "outcomes.csv": (
        "patient_id,course_id,session_id,area,scale,value,measured_on,timing\n"
        "P1,C1,S1,face.cheek,gais,3,2024-01-05,baseline\n"
        "P1,C1,S2,face.cheek,gais,2,2024-02-05,follow_up\n"
    ),
    "plans.csv": (
        "course_id,made_by,made_at,reason\n"
        'C1,ada,2024-01-04T09:00:00+00:00,"for a wedding, in a hurry"\n'
    ),
    "screening_answers.csv": (
        "patient_id,number,screened_on,screened_by,confirms,question,said,areas,detail,"
        "answered_on\n"
        "P1,1,2024-01-04,ada,,breastfeeding,no,,,2024-01-04\n"
        "P1,1,2024-01-04,ada,,pregnancy,unknown,,not tested,2024-01-04\n"
        "P1,2,2024-02-05,bea,1,breastfeeding,no,,,2024-02-05\n"
        "P1,2,2024-02-05,bea,1,pregnancy,no,face.cheek; face.chin,,2024-02-05\n"
    ),
}
ROWS = {name: text.count("\n") - 1 for name, text in FILES.items()}


def clock():
    return datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


def make_clinic(path):
    create_clinic(path, clinic_id="here", name="Here", kind="clinical", actor=ACTOR, clock=clock)
    return path


def write_files(folder, files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(raw)
    return folder


# What a file of an earlier release has: neither the new files nor the new column.
EARLIER = {
    name: text
    for name, text in FILES.items()
    if name not in ("protocol_versions.csv", "plans.csv", "screening_answers.csv")
} | {
    "sessions.csv": "".join(
        line.rpartition(",")[0] + "\n" for line in FILES["sessions.csv"].splitlines()
    )
}

# Enough people that a pseudonymised export may be made: four more like P2, five more like P1.
MANY = FILES | {
    "patients.csv": FILES["patients.csv"]
    + "".join(f"M{n},male,1975,,\n" for n in range(4))
    + "".join(f"F{n},female,198{n},III,\n" for n in range(5))
}
