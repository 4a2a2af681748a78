"""One small clinic as exchange files, and how a test makes a clinic and a folder of them."""

import csv
import io
from datetime import UTC, datetime
from functools import partial

from tests.copied_clinics import copied

from mesodash.exchange.cell_text import csv_line
from mesodash.exchange.contract.files import BY_FILE
from mesodash.records.audit.actor import Actor
from mesodash.records.store.clinic import create_clinic

ACTOR = Actor("tester", "administrator")

# One small clinic that uses every file and every column.
FILES = {
    "patients.csv": (
        "patient_id,sex,birth_year,phototype,note,given_name,family_name,birth_date,phone,email,"
        "weight_kg,died_on,left_on\n"
        'P1,female,1980,III,"likes tea, not coffee",Zoé,Exemplar,1980-03-02,\'+44 20 7946 0000,'
        "zoe@example.org,61.5,,\n"
        "P2,male,1975,,,,,,,,,2024-02,2024-02-10\n"
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
        "protocol_version,started_at,ended_at,price,currency,reason,finalised_at,finalised_by,"
        "departure,departure_text\n"
        "S1,P1,C1,D1,face_ncha,2024-01-05T10:30,held,,1,2024-01-05T10:30,2024-01-05T11:05,180.5,"
        "EUR,,2024-01-05T11:20:00+00:00,ada,other,asked for less\n"
        "S2,P1,C1,D1,face_ncha,2024-02-05,held,second,2,,,,,,,,patient_wish,\n"
        "S3,P2,C2,,melasma_txa,2024-01-06,held,,,,,,,,,,,\n"
    ),
    "treated_areas.csv": (
        "session_id,area,side,technique,depth_mm,points,volume_ml,needle,angle_deg,inserted_mm\n"
        "S1,face.cheek,both,nappage,2.5,40,1.25,30 G 4 mm,45,3.5\n"
        "S1,face.chin,midline,,,,0.001,,,\n"
        "S3,face,midline,,,,,,,\n"
    ),
    "products_used.csv": (
        "session_id,area,product,lot,expires_on,volume_ml,gtin,serial,maker,stock_id,lot_from\n"
        "S1,face.cheek,Hyaluronic acid,L-77,2025-06,1.25,04012345678901,SN-5,Maker & Co,B1,code\n"
    ),
    "stock.csv": (
        "stock_id,product,gtin,lot,serial,maker,expires_on,received_on,containers,volume_ml,price,"
        "currency,state,changed_on,note\n"
        "B1,Hyaluronic acid,04012345678901,L-77,SN-5,Maker & Co,2025-06,2023-12-01,10,2.5,99.9,EUR,"
        "in_stock,2024-01-05,\n"
        "B2,Saline,,,,,,,,,,,used_up,,opened\n"
    ),
    "injection_points.csv": (
        "session_id,area,side,number,triangle,u,v,depth_mm,volume_ml,product\n"
        "S1,face.cheek,left,1,120,0.25,0.5,2.5,0.05,Hyaluronic acid\n"
        "S1,face.cheek,left,2,121,0,1,,,\n"
    ),
    "side_effects.csv": (
        "side_effect_id,session_id,area,side,effect,term,onset_at,resolved_at,last_seen_at,"
        "gone_by_at,severity,serious,related,note,outcome,treatment_given,reported_on,told_by\n"
        "E1,S1,face.cheek,left,erythema,,2024-01-05T10:40,2024-01-07,,,1,no,probable,,resolved,"
        "cold packs,2024-01-06,patient\n"
        "E2,S1,,,other,felt odd,2024-01,,2024-01-20,2024-02-05,2,no,possible,came back,,,,\n"
        "E3,S2,,,bruise,,2024-02-05,,,,,,,,ongoing,,,practitioner\n"
    ),
    "follow_ups.csv": "session_id,contacted_at,channel\nS1,2024-01-12,phone\nS1,2024-01-12,\n",
    "outcomes.csv": (
        "patient_id,course_id,session_id,area,scale,value,measured_on,timing\n"
        "P1,C1,S1,face.cheek,gais,3,2024-01-05,baseline\n"
        "P1,C1,S2,face.cheek,gais,2,2024-02-05,follow_up\n"
    ),
    "plans.csv": (
        "course_id,made_by,made_at,reason\n"
        'C1,ada,2024-01-04T09:00:00+00:00,"a wedding, in a hurry"\n'
    ),
    "screening_answers.csv": (
        "patient_id,number,screened_on,screened_by,confirms,question,said,areas,detail,"
        "answered_on\n"
        "P1,1,2024-01-04,ada,,breastfeeding,no,,,2024-01-04\n"
        "P1,1,2024-01-04,ada,,pregnancy,unknown,,not tested,2024-01-04\n"
        "P1,2,2024-02-05,bea,1,breastfeeding,no,,,2024-02-05\n"
        "P1,2,2024-02-05,bea,1,pregnancy,no,face.cheek; face.chin,,2024-02-05\n"
    ),
    "consents.csv": (
        "consent_id,patient_id,purpose,protocol,text_version,given_on,given_how,taken_by,signature,"
        "document_sha256,withdrawn_on,note\n"
        f"N1,P1,off_label,face_ncha,2024-1,2024-01-04,screen,ada,M 0 0 L 9 9,{'0a' * 32},,\n"
        "N2,P1,photographs,,,2024-01-04,paper,,,,2024-02-01,asked by letter\n"
    ),
    "red_cards.csv": (
        "red_card_id,patient_id,session_id,side_effect_id,flag,opened_at,opened_by,owner,"
        "acknowledged_at,acknowledged_by,escalated_at,closed_at,closed_by,examination,"
        "closing_reason,note\n"
        "R1,P1,S1,E1,blanching,2024-01-05T10:45,ada,bea,2024-01-05T10:50,bea,,2024-01-05T12:00,bea,"
        "refill in 2 s,no occlusion,seen again at noon\n"
        "R2,P2,,,fever,2024-01-08,ada,,,,,,,,,\n"
    ),
}
FILES = {name: FILES[name] for name in BY_FILE}  # parents before children
ROWS = {name: text.count("\n") - 1 for name, text in FILES.items()}


def filled(file, row):
    """A row of one of FILES, given as text, with what it leaves out at its end as empty cells."""
    columns = FILES[file].partition("\n")[0].count(",") + 1
    return row + "," * (columns - len(next(csv.reader([row]))))


def clock():
    return datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


def make_clinic(path, **options):
    return copied(path, ("small", *sorted(options.items())), partial(_make, **options))


def _make(path, **options):
    create_clinic(
        path, clinic_id="here", name="Here", kind="clinical", actor=ACTOR, clock=clock, **options
    )


def write_files(folder, files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(raw)
    return folder


def first_columns(text, count):
    """A CSV text with its first columns only."""
    rows = list(csv.reader(io.StringIO(text)))
    return "".join(csv_line(row[:count]) for row in rows)


# What a file of an earlier release has: neither the new files nor the new columns.
COLUMNS_BEFORE = {
    "patients.csv": 5,
    "practitioners.csv": 2,
    "courses.csv": 9,
    "sessions.csv": 8,
    "treated_areas.csv": 7,
    "products_used.csv": 6,
    "side_effects.csv": 14,
    "follow_ups.csv": 3,
    "outcomes.csv": 8,
}
EARLIER = {name: first_columns(FILES[name], count) for name, count in COLUMNS_BEFORE.items()}

# Enough people that a pseudonymised export may be made: four more like P2, five more like P1.
MANY = FILES | {
    "sessions.csv": FILES["sessions.csv"]
    + "S4,P2,C2,D1,melasma_txa,2024-02-03,cancelled,,,,,,,moved away,,,,\n",
    "patients.csv": FILES["patients.csv"]
    + "".join(f"M{n},male,1975{',' * 10}\n" for n in range(4))
    + "".join(f"F{n},female,198{n},III{',' * 9}\n" for n in range(5)),
}
