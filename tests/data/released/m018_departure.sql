BEGIN;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
) STRICT;
INSERT INTO "_sqlite_migrations" VALUES (1, 'mesodash', 'm001_clinic', 'then');
INSERT INTO "_sqlite_migrations" VALUES (2, 'mesodash', 'm002_treatment', 'then');
INSERT INTO "_sqlite_migrations" VALUES (3, 'mesodash', 'm003_what_followed', 'then');
INSERT INTO "_sqlite_migrations" VALUES (4, 'mesodash', 'm004_screenings', 'then');
INSERT INTO "_sqlite_migrations" VALUES (5, 'mesodash', 'm005_plans', 'then');
INSERT INTO "_sqlite_migrations" VALUES (6, 'mesodash', 'm006_accounts', 'then');
INSERT INTO "_sqlite_migrations" VALUES (7, 'mesodash', 'm007_chain', 'then');
INSERT INTO "_sqlite_migrations" VALUES (8, 'mesodash', 'm008_erasure', 'then');
INSERT INTO "_sqlite_migrations" VALUES (9, 'mesodash', 'm009_given_passwords', 'then');
INSERT INTO "_sqlite_migrations" VALUES (10, 'mesodash', 'm010_recording', 'then');
INSERT INTO "_sqlite_migrations" VALUES (11, 'mesodash', 'm011_versions', 'then');
INSERT INTO "_sqlite_migrations" VALUES (12, 'mesodash', 'm012_teaching', 'then');
INSERT INTO "_sqlite_migrations" VALUES (13, 'mesodash', 'm013_language', 'then');
INSERT INTO "_sqlite_migrations" VALUES (14, 'mesodash', 'm014_photographs', 'then');
INSERT INTO "_sqlite_migrations" VALUES (15, 'mesodash', 'm015_flashcards', 'then');
INSERT INTO "_sqlite_migrations" VALUES (16, 'mesodash', 'm016_lot_from', 'then');
INSERT INTO "_sqlite_migrations" VALUES (17, 'mesodash', 'm017_preferences', 'then');
INSERT INTO "_sqlite_migrations" VALUES (18, 'mesodash', 'm018_departure', 'then');
CREATE TABLE clinic (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            clinic_id TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('demo', 'clinical')),
            country TEXT,
            created_at TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0
        , keep_years INTEGER CHECK (keep_years >= 1), timezone TEXT, disk_declared_by TEXT CHECK (length(disk_declared_by) BETWEEN 1 AND 200)) STRICT;
INSERT INTO "clinic" VALUES (1, 'old', 'Old', 'clinical', NULL, '2026-01-02T12:00:00+00:00', 3, NULL, NULL, NULL);
CREATE TABLE patients (
            id INTEGER PRIMARY KEY,
            patient_id TEXT NOT NULL UNIQUE CHECK (length(patient_id) BETWEEN 1 AND 64),
            sex TEXT NOT NULL CHECK (sex IN ('female', 'male', 'other', 'unknown')),
            birth_year INTEGER CHECK (birth_year BETWEEN 1880 AND 2100),
            phototype TEXT CHECK (phototype IN ('I', 'II', 'III', 'IV', 'V', 'VI')),
            note TEXT
        , given_name TEXT CHECK (length(given_name) BETWEEN 1 AND 200), family_name TEXT CHECK (length(family_name) BETWEEN 1 AND 200), birth_date TEXT CHECK (date(birth_date) IS birth_date), phone TEXT CHECK (length(phone) BETWEEN 1 AND 60), email TEXT CHECK (length(email) BETWEEN 1 AND 254), weight_g INTEGER CHECK (weight_g BETWEEN 500 AND 700000), died_on TEXT CHECK (date(substr(died_on || CASE length(died_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(died_on || CASE length(died_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(died_on) IN (4, 7, 10) OR (died_on GLOB '*T*' AND time(died_on) IS NOT NULL))), left_on TEXT CHECK (date(substr(left_on || CASE length(left_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(left_on || CASE length(left_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(left_on) IN (4, 7, 10) OR (left_on GLOB '*T*' AND time(left_on) IS NOT NULL)))) STRICT;
INSERT INTO "patients" VALUES (1, 'P-1', 'female', 1980, 'IV', 'a note', 'Ada', 'Old', '1980-02-29', '0', 'a@example.org', 60000, NULL, '2026-01-02');
INSERT INTO "patients" VALUES (2, 'P-2', 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE practitioners (
            id INTEGER PRIMARY KEY,
            practitioner_id TEXT NOT NULL UNIQUE CHECK (length(practitioner_id) BETWEEN 1 AND 64),
            name TEXT NOT NULL
        ) STRICT;
INSERT INTO "practitioners" VALUES (1, 'D-1', 'Practitioner A');
CREATE TABLE protocol_versions (
            id INTEGER PRIMARY KEY,
            protocol TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 1),
            adopted_on TEXT NOT NULL CHECK (date(substr(adopted_on, 1, 10)) IS substr(adopted_on, 1, 10) AND (length(adopted_on) = 10 OR (adopted_on GLOB '*T*' AND time(adopted_on) IS NOT NULL))),
            adopted_by TEXT NOT NULL,
            parameters TEXT NOT NULL CHECK (json_valid(parameters)), reason TEXT,
            UNIQUE (protocol, version)
        ) STRICT;
INSERT INTO "protocol_versions" VALUES (1, 'face_polyvit', 1, '2026-01-02', 'D-1', '{"sessions": 4}', 'first');
CREATE TABLE change_log (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            revision INTEGER NOT NULL,
            actor TEXT NOT NULL,
            role TEXT NOT NULL,
            action TEXT NOT NULL,
            table_name TEXT NOT NULL,
            row_key TEXT,
            patient INTEGER,
            month TEXT CHECK (month IS NULL OR length(month) = 7),
            row_count INTEGER NOT NULL
        , mac TEXT CHECK (length(mac) = 64), versions TEXT CHECK (length(versions) = 64)) STRICT;
INSERT INTO "change_log" VALUES (1, '2026-01-02T12:00:00+00:00', 1, 'command-line', 'administrator', 'init', 'clinic', 'old', NULL, NULL, 1, '2b6b55a1188030fb457e6491768e81c67a390d373b8d6aabde12fda464bdc7b5', '4244136fd169b15f6cf75d911a84b13ab00acb367e9cdf39f90130517cc49e22');
INSERT INTO "change_log" VALUES (2, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'practitioners', NULL, NULL, NULL, 1, '16e27633306c8112da295c092a7606a058984d632e35d96ad1fdb53c1f180f89', NULL);
INSERT INTO "change_log" VALUES (3, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'protocol_versions', NULL, NULL, NULL, 1, '5dd6094244034d803ec886808f9b742aac9e9d0626d8628b271c74a2a3ab590d', NULL);
INSERT INTO "change_log" VALUES (4, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'patients', NULL, NULL, NULL, 1, 'b5ac7bd3d37721d9ceac25a3128386834172c21c7caecf1f54a4ca31d201d8a4', NULL);
INSERT INTO "change_log" VALUES (5, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'patients', NULL, NULL, NULL, 1, '5fe2ef6fcc819465997634d12eb86b5dc51bb2b69e67c05c4e3019edcd5f9a40', NULL);
INSERT INTO "change_log" VALUES (6, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'courses', NULL, NULL, NULL, 1, '2427adb93feb1b541719f3067b74bd4aa06ff13297a49b072cdfc6b6e928336b', NULL);
INSERT INTO "change_log" VALUES (7, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'sessions', NULL, NULL, NULL, 1, 'c91b708546fa2809ec0da18693b30d95f83c1754c2f9771e028d3e274cc00828', NULL);
INSERT INTO "change_log" VALUES (8, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'treated_areas', NULL, NULL, NULL, 1, '6c0058498d0170afaedc49a8ba1d939e35f530022d310b04c9647299046140c7', NULL);
INSERT INTO "change_log" VALUES (9, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'injection_points', NULL, NULL, NULL, 1, '23ec937ae44fc5f55051dd00e929a165205a53a5572c7cf54fc2f2b1a848d3e4', NULL);
INSERT INTO "change_log" VALUES (10, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'stock', NULL, NULL, NULL, 1, 'e55fcf5b0a7f4ea41995a32a510d4c92f9982affb6faa32379dc50911d7c6b49', NULL);
INSERT INTO "change_log" VALUES (11, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'products_used', NULL, NULL, NULL, 1, '3f33b13f41b92f31b6ba4df35e3df4c9161cc4a89bf8e67a1a2ca455164e56cf', NULL);
INSERT INTO "change_log" VALUES (12, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'side_effects', NULL, NULL, NULL, 1, '4805f95cd1c3a0df9e827dc93c392464a5d9b1e871e3513e62689bc7b3cfa4c0', NULL);
INSERT INTO "change_log" VALUES (13, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'follow_ups', NULL, NULL, NULL, 1, '977bab0d94e06201b5ebd246ef023b3911bfacbbb5829cebd4757299864f8d86', NULL);
INSERT INTO "change_log" VALUES (14, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'outcomes', NULL, NULL, NULL, 1, '0921e622533bd4d1e62b564648fc2e58d56f0bd37a2a19a27c840073111295a5', NULL);
INSERT INTO "change_log" VALUES (15, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'screenings', NULL, NULL, NULL, 1, '4ff59c59aa356ac230ef73eb062538409b320d7a325e75e8bdcca40366f01778', NULL);
INSERT INTO "change_log" VALUES (16, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'screening_answers', NULL, NULL, NULL, 1, '346f71b649c81e69839e00e358cfdf8a47e54a4b0cc6a34b9f8ac3002376e931', NULL);
INSERT INTO "change_log" VALUES (17, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'plans', NULL, NULL, NULL, 1, 'edf2def273f52ae7c032ef01aad0949f6d2a999bf086e64bf880b71610e300e6', NULL);
INSERT INTO "change_log" VALUES (18, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'consents', NULL, NULL, NULL, 1, '82343948e2f1f560daf2f2ee6884b1641d8738998efb0742daf9b442f699a852', NULL);
INSERT INTO "change_log" VALUES (19, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'red_cards', NULL, NULL, NULL, 1, '866f06f7995a1bc54b5de9156f784f774b3eda8506b36e49f20a3afd8bc19a51', NULL);
INSERT INTO "change_log" VALUES (20, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'drafts', NULL, NULL, NULL, 1, '0a62dacb73688fa1b9cf7bce771e6838b4869aa2c0724b62ab7309299e16b46c', NULL);
INSERT INTO "change_log" VALUES (21, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'accounts', NULL, NULL, NULL, 1, '7ff88b3fa9e807fc214a87f46d7a81573d4c0680398a159e20124d8a5e4aa862', NULL);
INSERT INTO "change_log" VALUES (22, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'sign_ins', NULL, NULL, NULL, 1, '2b6be4405149a5c90b6a52945cb067f8dccaa7a654e05a039724541924a3ed32', NULL);
INSERT INTO "change_log" VALUES (23, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'erasures', NULL, NULL, NULL, 1, '646a7cfcee889fb9b668eb4ce58c35cac2e0735501e0518bd9577a4cb42f8b92', NULL);
INSERT INTO "change_log" VALUES (24, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'consent_texts', NULL, NULL, NULL, 1, 'd152c50f66c36a10648394ce486a06844051d42252f84c9c7690ffe5b8abca68', NULL);
INSERT INTO "change_log" VALUES (25, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'photographs', NULL, NULL, NULL, 1, '6fefcc2f3c1592a30da51805924d92f392d07e95f07dfd2b6f8e074a31631fe7', NULL);
INSERT INTO "change_log" VALUES (26, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'learners', NULL, NULL, NULL, 1, '5cacf6aa4e4426c6fc1bc87bea9b4880037223fd855ac9777571520a48d4dff9', NULL);
INSERT INTO "change_log" VALUES (27, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'learned_cards', NULL, NULL, NULL, 1, '9178385a09eb7773820bf838df3e809b758620eb55a5aa194dd4723989c36934', NULL);
INSERT INTO "change_log" VALUES (28, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'preferences', NULL, NULL, NULL, 1, 'a5fcd693d8cb0128333fedcc2de0ba7b905c1695edd28ab5491d77fcf9d404b2', '931d7bddb84c1bb0d0095ded880a8827e6f6d11e5e9682c7e01dfd4c88ec0974');
INSERT INTO "change_log" VALUES (29, '2026-01-02T12:00:00+00:00', 3, 'command-line', 'administrator', 'update', 'patients', NULL, 1, NULL, 1, '56894c32346495319d6822acf8711de9d132fcd745797fca2aaaef6c2a27f47b', 'b372df331014a236d669029740f656fcf5627a4f9c20e4489f25508ec16398b4');
CREATE TABLE courses (
            id INTEGER PRIMARY KEY,
            course_id TEXT NOT NULL UNIQUE CHECK (length(course_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            indication TEXT NOT NULL,
            protocol TEXT NOT NULL,
            planned_sessions INTEGER CHECK (planned_sessions BETWEEN 1 AND 1000),
            interval_days INTEGER CHECK (interval_days BETWEEN 1 AND 3650),
            started_on TEXT NOT NULL CHECK (date(substr(started_on, 1, 10)) IS substr(started_on, 1, 10) AND (length(started_on) = 10 OR (started_on GLOB '*T*' AND time(started_on) IS NOT NULL))),
            state TEXT NOT NULL CHECK (state IN ('planned', 'active', 'completed', 'stopped')),
            stopped_reason TEXT
        ) STRICT;
INSERT INTO "courses" VALUES (1, 'C-1', 1, 'rejuv_face', 'face_polyvit', 4, 14, '2026-01-02', 'active', NULL);
CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            session_id TEXT NOT NULL UNIQUE CHECK (length(session_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            course INTEGER REFERENCES courses (id),
            practitioner INTEGER REFERENCES practitioners (id),
            protocol TEXT,
            protocol_version INTEGER REFERENCES protocol_versions (id),
            held_at TEXT NOT NULL CHECK (date(substr(held_at, 1, 10)) IS substr(held_at, 1, 10) AND (length(held_at) = 10 OR (held_at GLOB '*T*' AND time(held_at) IS NOT NULL))),
            state TEXT NOT NULL CHECK (state IN ('planned', 'held', 'cancelled', 'no_show', 'void')),
            note TEXT, started_at TEXT CHECK (date(substr(started_at, 1, 10)) IS substr(started_at, 1, 10) AND (length(started_at) = 10 OR (started_at GLOB '*T*' AND time(started_at) IS NOT NULL))), ended_at TEXT CHECK (date(substr(ended_at, 1, 10)) IS substr(ended_at, 1, 10) AND (length(ended_at) = 10 OR (ended_at GLOB '*T*' AND time(ended_at) IS NOT NULL))), price_milli INTEGER CHECK (price_milli BETWEEN 0 AND 1000000000000), currency TEXT CHECK (currency GLOB '[A-Z][A-Z][A-Z]'), reason TEXT CHECK (length(reason) BETWEEN 1 AND 4000), finalised_at TEXT, finalised_by TEXT, departure TEXT CHECK (length(departure) BETWEEN 1 AND 60), departure_text TEXT CHECK (length(departure_text) BETWEEN 1 AND 500),
            UNIQUE (id, patient, held_at)
        ) STRICT;
INSERT INTO "sessions" VALUES (1, 'S-1', 1, 1, 1, 'face_polyvit', 1, '2026-01-02T10:30', 'held', 'a note', '2026-01-02T10:30', '2026-01-02T10:30', 90000, 'EUR', NULL, NULL, NULL, 'other', 'asked for less');
CREATE TABLE treated_areas (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL,
            patient INTEGER NOT NULL,
            held_at TEXT NOT NULL,
            area TEXT NOT NULL,
            side TEXT NOT NULL CHECK (side IN ('left', 'right', 'both', 'midline')),
            technique TEXT,
            depth_um INTEGER CHECK (depth_um BETWEEN 0 AND 50000),
            points INTEGER CHECK (points BETWEEN 0 AND 100000),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000), needle TEXT CHECK (length(needle) BETWEEN 1 AND 60), angle_deg INTEGER CHECK (angle_deg BETWEEN 0 AND 90), inserted_um INTEGER CHECK (inserted_um BETWEEN 0 AND 50000),
            FOREIGN KEY (session, patient, held_at)
                REFERENCES sessions (id, patient, held_at) ON UPDATE CASCADE
        ) STRICT;
INSERT INTO "treated_areas" VALUES (1, 1, 1, '2026-01-02T10:30', 'face.cheek', 'left', 'nappage', 2000, 20, 1500, '30 G', 30, 4000);
CREATE TABLE products_used (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT,
            product TEXT NOT NULL,
            lot TEXT,
            expires_on TEXT CHECK (date(substr(expires_on || CASE length(expires_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(expires_on || CASE length(expires_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(expires_on) IN (4, 7, 10) OR (expires_on GLOB '*T*' AND time(expires_on) IS NOT NULL))),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000)
        , gtin TEXT CHECK (gtin NOT GLOB '*[^0-9]*' AND length(gtin) IN (8, 12, 13, 14)), serial TEXT CHECK (length(serial) BETWEEN 1 AND 60), maker TEXT CHECK (length(maker) BETWEEN 1 AND 200), stock INTEGER REFERENCES stock (id), lot_from TEXT CHECK (lot_from IN ('code', 'list', 'typed'))) STRICT;
INSERT INTO "products_used" VALUES (1, 1, 'face.cheek', 'Product A', 'L1', '2027-01', 1500, NULL, NULL, NULL, 1, 'typed');
CREATE TABLE side_effects (
            id INTEGER PRIMARY KEY,
            side_effect_id TEXT NOT NULL UNIQUE CHECK (length(side_effect_id) BETWEEN 1 AND 64),
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT,
            side TEXT CHECK (side IN ('left', 'right', 'both', 'midline')),
            effect TEXT NOT NULL,
            term TEXT,
            onset_at TEXT NOT NULL CHECK (date(substr(onset_at || CASE length(onset_at) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(onset_at || CASE length(onset_at) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(onset_at) IN (4, 7, 10) OR (onset_at GLOB '*T*' AND time(onset_at) IS NOT NULL))),
            resolved_at TEXT CHECK (date(substr(resolved_at || CASE length(resolved_at) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(resolved_at || CASE length(resolved_at) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(resolved_at) IN (4, 7, 10) OR (resolved_at GLOB '*T*' AND time(resolved_at) IS NOT NULL))),
            last_seen_at TEXT CHECK (date(substr(last_seen_at, 1, 10)) IS substr(last_seen_at, 1, 10) AND (length(last_seen_at) = 10 OR (last_seen_at GLOB '*T*' AND time(last_seen_at) IS NOT NULL))),
            gone_by_at TEXT CHECK (date(substr(gone_by_at, 1, 10)) IS substr(gone_by_at, 1, 10) AND (length(gone_by_at) = 10 OR (gone_by_at GLOB '*T*' AND time(gone_by_at) IS NOT NULL))),
            severity INTEGER CHECK (severity BETWEEN 1 AND 5),
            serious TEXT CHECK (serious IN ('yes', 'no')),
            related TEXT CHECK (related IN ('none', 'unlikely', 'possible', 'probable', 'definite')),
            note TEXT
        , outcome TEXT CHECK (outcome IN ('resolved', 'resolved_with_sequelae', 'recovering', 'ongoing', 'fatal', 'unknown')), treatment_given TEXT CHECK (length(treatment_given) BETWEEN 1 AND 4000), reported_on TEXT CHECK (date(substr(reported_on, 1, 10)) IS substr(reported_on, 1, 10) AND (length(reported_on) = 10 OR (reported_on GLOB '*T*' AND time(reported_on) IS NOT NULL))), told_by TEXT CHECK (told_by IN ('patient', 'practitioner', 'other'))) STRICT;
INSERT INTO "side_effects" VALUES (1, 'E-1', 1, 'face.cheek', 'left', 'bruise', NULL, '2026-01-02T10:30', NULL, '2026-01-05', NULL, 1, 'no', 'definite', 'small', 'ongoing', NULL, '2026-01-02', 'patient');
CREATE TABLE follow_ups (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            contacted_at TEXT NOT NULL CHECK (date(substr(contacted_at, 1, 10)) IS substr(contacted_at, 1, 10) AND (length(contacted_at) = 10 OR (contacted_at GLOB '*T*' AND time(contacted_at) IS NOT NULL))),
            channel TEXT CHECK (channel IN ('visit', 'phone', 'message', 'portal'))
        ) STRICT;
INSERT INTO "follow_ups" VALUES (1, 1, '2026-01-05', 'phone');
CREATE TABLE outcomes (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            course INTEGER REFERENCES courses (id),
            session INTEGER REFERENCES sessions (id),
            area TEXT,
            scale TEXT NOT NULL,
            value REAL NOT NULL,
            measured_on TEXT NOT NULL CHECK (date(substr(measured_on, 1, 10)) IS substr(measured_on, 1, 10) AND (length(measured_on) = 10 OR (measured_on GLOB '*T*' AND time(measured_on) IS NOT NULL))),
            timing TEXT CHECK (timing IN ('baseline', 'follow_up'))
        ) STRICT;
INSERT INTO "outcomes" VALUES (1, 1, 1, 1, 'face.cheek', 'gais', 2.0, '2026-01-02', 'baseline');
CREATE TABLE screenings (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            screened_on TEXT NOT NULL CHECK (date(screened_on) IS screened_on),
            screened_by TEXT NOT NULL CHECK (length(screened_by) >= 1),
            confirms INTEGER,
            UNIQUE (id, patient),
            FOREIGN KEY (confirms, patient) REFERENCES screenings (id, patient),
            CHECK (confirms < id)
        ) STRICT;
INSERT INTO "screenings" VALUES (1, 1, '2026-01-02', 'D-1', NULL);
CREATE TABLE screening_answers (
            id INTEGER PRIMARY KEY,
            screening INTEGER NOT NULL REFERENCES screenings (id),
            question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 64),
            said TEXT NOT NULL CHECK (said IN ('yes', 'no', 'unknown')),
            areas TEXT NOT NULL CHECK (json_valid(areas) AND json_type(areas) = 'array'),
            detail TEXT CHECK (length(detail) BETWEEN 1 AND 500),
            answered_on TEXT NOT NULL CHECK (date(answered_on) IS answered_on),
            UNIQUE (screening, question)
        ) STRICT;
INSERT INTO "screening_answers" VALUES (1, 1, 'pregnancy', 'no', '[]', NULL, '2026-01-02');
CREATE TABLE plans (
            id INTEGER PRIMARY KEY,
            nonce TEXT NOT NULL UNIQUE CHECK (length(nonce) BETWEEN 8 AND 64),
            course INTEGER NOT NULL UNIQUE REFERENCES courses (id),
            made_by TEXT NOT NULL CHECK (length(made_by) >= 1),
            made_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (length(content) = 64),
            reason TEXT
        ) STRICT;
INSERT INTO "plans" VALUES (1, 'nonce-0001', 1, 'D-1', '2026-01-02T11:00:00+00:00', '0000000000000000000000000000000000000000000000000000000000000000', NULL);
CREATE TABLE accounts (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 64),
            role TEXT NOT NULL CHECK (role IN ('administrator', 'manager', 'practitioner', 'trainer', 'auditor')),
            sees_names INTEGER NOT NULL DEFAULT 0 CHECK (sees_names IN (0, 1)),
            password_hash TEXT,
            totp_secret TEXT,
            totp_step INTEGER NOT NULL DEFAULT 0,
            issuer TEXT,
            subject TEXT,
            disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
            failures INTEGER NOT NULL DEFAULT 0,
            locked_until TEXT,
            created_at TEXT NOT NULL, must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)), language TEXT CHECK (length(language) BETWEEN 2 AND 6),
            UNIQUE (issuer, subject),
            CHECK ((issuer IS NULL) = (subject IS NULL)),
            CHECK (password_hash IS NOT NULL OR issuer IS NOT NULL)
        ) STRICT;
INSERT INTO "accounts" VALUES (1, 'Ada', 'practitioner', 1, 'none', NULL, 0, NULL, NULL, 0, 0, NULL, '2026-01-02T11:00:00+00:00', 0, 'fr');
CREATE TABLE sign_ins (
            id INTEGER PRIMARY KEY,
            token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
            account INTEGER NOT NULL REFERENCES accounts (id),
            stage TEXT NOT NULL CHECK (stage IN ('code', 'full')),
            began_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            ended_at TEXT
        , teaching INTEGER CHECK (teaching = 1)) STRICT;
INSERT INTO "sign_ins" VALUES (1, '0000000000000000000000000000000000000000000000000000000000000000', 1, 'full', '2026-01-02T11:00:00+00:00', '2026-01-02T11:00:00+00:00', '2026-01-02T11:00:00+00:00', 1);
CREATE TABLE chains (
            from_seq INTEGER PRIMARY KEY CHECK (from_seq >= 1),
            key_name TEXT NOT NULL CHECK (length(key_name) = 16),
            began_at TEXT NOT NULL
        , restarted TEXT) STRICT;
INSERT INTO "chains" VALUES (1, '999763a9b6767190', '2026-01-02T12:00:00+00:00', NULL);
CREATE TABLE erasures (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            pseudonym TEXT NOT NULL CHECK (pseudonym GLOB '~*'),
            erased_at TEXT NOT NULL,
            erased_by TEXT NOT NULL,
            reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200)
        ) STRICT;
INSERT INTO "erasures" VALUES (1, 2, '~1', '2026-01-02T11:00:00+00:00', 'Ada', 'asked');
CREATE TABLE stock (
            id INTEGER PRIMARY KEY,
            stock_id TEXT NOT NULL UNIQUE CHECK (length(stock_id) BETWEEN 1 AND 64),
            product TEXT NOT NULL,
            gtin TEXT CHECK (gtin NOT GLOB '*[^0-9]*' AND length(gtin) IN (8, 12, 13, 14)),
            lot TEXT,
            serial TEXT CHECK (length(serial) BETWEEN 1 AND 60),
            maker TEXT CHECK (length(maker) BETWEEN 1 AND 200),
            expires_on TEXT CHECK (date(substr(expires_on || CASE length(expires_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(expires_on || CASE length(expires_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(expires_on) IN (4, 7, 10) OR (expires_on GLOB '*T*' AND time(expires_on) IS NOT NULL))),
            received_on TEXT CHECK (date(substr(received_on, 1, 10)) IS substr(received_on, 1, 10) AND (length(received_on) = 10 OR (received_on GLOB '*T*' AND time(received_on) IS NOT NULL))),
            containers INTEGER CHECK (containers BETWEEN 0 AND 1000000),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 10000000),
            price_milli INTEGER CHECK (price_milli BETWEEN 0 AND 1000000000000),
            currency TEXT CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
            state TEXT NOT NULL CHECK (state IN ('in_stock', 'used_up', 'expired', 'recalled', 'discarded')),
            changed_on TEXT CHECK (date(substr(changed_on, 1, 10)) IS substr(changed_on, 1, 10) AND (length(changed_on) = 10 OR (changed_on GLOB '*T*' AND time(changed_on) IS NOT NULL))),
            note TEXT
        ) STRICT;
INSERT INTO "stock" VALUES (1, 'K-1', 'Product A', NULL, 'L1', NULL, NULL, '2027-01', '2026-01-02', 2, NULL, NULL, NULL, 'in_stock', '2026-01-02', NULL);
CREATE TABLE injection_points (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT NOT NULL,
            side TEXT NOT NULL CHECK (side IN ('left', 'right', 'both', 'midline')),
            number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 100000),
            triangle INTEGER NOT NULL CHECK (triangle BETWEEN 0 AND 10000000),
            u REAL NOT NULL CHECK (u BETWEEN 0 AND 1),
            v REAL NOT NULL CHECK (v BETWEEN 0 AND 1),
            depth_um INTEGER CHECK (depth_um BETWEEN 0 AND 50000),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000),
            product TEXT,
            UNIQUE (session, area, side, number),
            CHECK (u + v <= 1.000001)
        ) STRICT;
INSERT INTO "injection_points" VALUES (1, 1, 'face.cheek', 'left', 1, 5, 0.25, 0.5, 2000, 75, NULL);
CREATE TABLE consents (
            id INTEGER PRIMARY KEY,
            consent_id TEXT NOT NULL UNIQUE CHECK (length(consent_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            purpose TEXT NOT NULL CHECK (purpose IN ('treatment', 'off_label', 'photographs', 'teaching', 'publication', 'messages')),
            protocol TEXT,
            text_version TEXT CHECK (length(text_version) BETWEEN 1 AND 64),
            given_on TEXT NOT NULL CHECK (date(substr(given_on, 1, 10)) IS substr(given_on, 1, 10) AND (length(given_on) = 10 OR (given_on GLOB '*T*' AND time(given_on) IS NOT NULL))),
            given_how TEXT CHECK (given_how IN ('paper', 'screen', 'spoken')),
            taken_by TEXT CHECK (length(taken_by) BETWEEN 1 AND 200),
            signature TEXT CHECK (length(signature) BETWEEN 1 AND 100000),
            document_sha256 TEXT CHECK (length(document_sha256) = 64),
            withdrawn_on TEXT CHECK (date(substr(withdrawn_on, 1, 10)) IS substr(withdrawn_on, 1, 10) AND (length(withdrawn_on) = 10 OR (withdrawn_on GLOB '*T*' AND time(withdrawn_on) IS NOT NULL))),
            note TEXT
        ) STRICT;
INSERT INTO "consents" VALUES (1, 'N-1', 1, 'treatment', NULL, '1', '2026-01-02', 'paper', 'D-1', NULL, NULL, NULL, NULL);
CREATE TABLE red_cards (
            id INTEGER PRIMARY KEY,
            red_card_id TEXT NOT NULL UNIQUE CHECK (length(red_card_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            session INTEGER REFERENCES sessions (id),
            side_effect INTEGER REFERENCES side_effects (id),
            flag TEXT NOT NULL,
            opened_at TEXT NOT NULL CHECK (date(substr(opened_at, 1, 10)) IS substr(opened_at, 1, 10) AND (length(opened_at) = 10 OR (opened_at GLOB '*T*' AND time(opened_at) IS NOT NULL))),
            opened_by TEXT NOT NULL CHECK (length(opened_by) BETWEEN 1 AND 200),
            owner TEXT CHECK (length(owner) BETWEEN 1 AND 200),
            acknowledged_at TEXT CHECK (date(substr(acknowledged_at, 1, 10)) IS substr(acknowledged_at, 1, 10) AND (length(acknowledged_at) = 10 OR (acknowledged_at GLOB '*T*' AND time(acknowledged_at) IS NOT NULL))),
            acknowledged_by TEXT CHECK (length(acknowledged_by) BETWEEN 1 AND 200),
            escalated_at TEXT CHECK (date(substr(escalated_at, 1, 10)) IS substr(escalated_at, 1, 10) AND (length(escalated_at) = 10 OR (escalated_at GLOB '*T*' AND time(escalated_at) IS NOT NULL))),
            closed_at TEXT CHECK (date(substr(closed_at, 1, 10)) IS substr(closed_at, 1, 10) AND (length(closed_at) = 10 OR (closed_at GLOB '*T*' AND time(closed_at) IS NOT NULL))),
            closed_by TEXT CHECK (length(closed_by) BETWEEN 1 AND 200),
            examination TEXT CHECK (length(examination) BETWEEN 1 AND 4000),
            closing_reason TEXT CHECK (length(closing_reason) BETWEEN 1 AND 4000),
            note TEXT,
            CHECK (closed_at IS NULL OR
                (closed_by IS NOT NULL AND examination IS NOT NULL AND closing_reason IS NOT NULL))
        ) STRICT;
INSERT INTO "red_cards" VALUES (1, 'R-1', 1, 1, 1, 'breathing', '2026-01-02T10:30', 'D-1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE drafts (
            id INTEGER PRIMARY KEY,
            draft_id TEXT NOT NULL UNIQUE CHECK (length(draft_id) BETWEEN 1 AND 64),
            form TEXT NOT NULL CHECK (length(form) BETWEEN 1 AND 64),
            patient INTEGER REFERENCES patients (id),
            session INTEGER REFERENCES sessions (id),
            begun_by TEXT NOT NULL CHECK (length(begun_by) BETWEEN 1 AND 200),
            saved_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (json_valid(content))
        ) STRICT;
INSERT INTO "drafts" VALUES (1, 'F-1', 'session', 1, NULL, 'D-1', '2026-01-02T11:00:00+00:00', '{}');
CREATE TABLE chain_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            seq INTEGER NOT NULL,
            mac TEXT NOT NULL CHECK (length(mac) = 64),
            seal TEXT NOT NULL CHECK (length(seal) = 64)
        ) STRICT;
INSERT INTO "chain_head" VALUES (1, 29, '56894c32346495319d6822acf8711de9d132fcd745797fca2aaaef6c2a27f47b', '42721d4b95007e4e9d473cd4d3812216f61331acff8fd2dc36688f3d47f92ef5');
CREATE TABLE row_versions (
            seq INTEGER PRIMARY KEY,
            entry INTEGER,
            table_name TEXT NOT NULL,
            row INTEGER NOT NULL,
            patient INTEGER,
            action TEXT NOT NULL CHECK (action IN ('insert', 'update', 'delete', 'found')),
            before TEXT CHECK (json_valid(before)),
            reason TEXT,
            before_mac BLOB CHECK (length(before_mac) = 16),
            after_mac BLOB CHECK (length(after_mac) = 16),
            reason_mac BLOB CHECK (length(reason_mac) = 16)
        ) STRICT;
INSERT INTO "row_versions" VALUES (1, 1, 'clinic', 1, NULL, 'insert', NULL, NULL, NULL, X'D856C2AAB0C147C50AA64E57CC659DA8', NULL);
INSERT INTO "row_versions" VALUES (2, 28, 'practitioners', 1, NULL, 'insert', NULL, NULL, NULL, X'49366936602EA1499574CE2EC58B2998', NULL);
INSERT INTO "row_versions" VALUES (3, 28, 'protocol_versions', 1, NULL, 'insert', NULL, NULL, NULL, X'851F5C3BDC5948F18437681E4F7FB0DC', NULL);
INSERT INTO "row_versions" VALUES (4, 28, 'patients', 1, 1, 'insert', NULL, NULL, NULL, X'F05608AD95696F1453BFC0AEA0A61E78', NULL);
INSERT INTO "row_versions" VALUES (5, 28, 'patients', 2, 2, 'insert', NULL, NULL, NULL, X'26B260781CCD4BE053FAA5DDBBC71693', NULL);
INSERT INTO "row_versions" VALUES (6, 28, 'courses', 1, 1, 'insert', NULL, NULL, NULL, X'4CEB6CC39D14C82141E0043739056A54', NULL);
INSERT INTO "row_versions" VALUES (7, 28, 'sessions', 1, 1, 'insert', NULL, NULL, NULL, X'812662222E2A73170EDF39B74AC44995', NULL);
INSERT INTO "row_versions" VALUES (8, 28, 'treated_areas', 1, 1, 'insert', NULL, NULL, NULL, X'AF0AAAC05A75BBA818E65C75C5D6C23E', NULL);
INSERT INTO "row_versions" VALUES (9, 28, 'injection_points', 1, 1, 'insert', NULL, NULL, NULL, X'8D64C298F7D33CB5F2139296605A3C38', NULL);
INSERT INTO "row_versions" VALUES (10, 28, 'stock', 1, NULL, 'insert', NULL, NULL, NULL, X'26F6E7DF4CF55C013C779B70819C4224', NULL);
INSERT INTO "row_versions" VALUES (11, 28, 'products_used', 1, 1, 'insert', NULL, NULL, NULL, X'D2BAE469441162EBF37AFD2289DCA2D3', NULL);
INSERT INTO "row_versions" VALUES (12, 28, 'side_effects', 1, 1, 'insert', NULL, NULL, NULL, X'72DF578E996AE0D3C4566EB8368B4701', NULL);
INSERT INTO "row_versions" VALUES (13, 28, 'follow_ups', 1, 1, 'insert', NULL, NULL, NULL, X'2A6F5291948B811C9C16E0B7BC07E5EE', NULL);
INSERT INTO "row_versions" VALUES (14, 28, 'outcomes', 1, 1, 'insert', NULL, NULL, NULL, X'3EC626C34ABFE1BADF25ABFF07AC0EC2', NULL);
INSERT INTO "row_versions" VALUES (15, 28, 'screenings', 1, 1, 'insert', NULL, NULL, NULL, X'82D1C48ACC079248A861F60AF3AF0E56', NULL);
INSERT INTO "row_versions" VALUES (16, 28, 'screening_answers', 1, 1, 'insert', NULL, NULL, NULL, X'DA9732099BBBE3F61A55D2826A1CF548', NULL);
INSERT INTO "row_versions" VALUES (17, 28, 'plans', 1, 1, 'insert', NULL, NULL, NULL, X'61D4017AD2A77A3D56CBC6B48827110F', NULL);
INSERT INTO "row_versions" VALUES (18, 28, 'consents', 1, 1, 'insert', NULL, NULL, NULL, X'3FAD68A234589DEE216B368068E0A39E', NULL);
INSERT INTO "row_versions" VALUES (19, 28, 'red_cards', 1, 1, 'insert', NULL, NULL, NULL, X'95C21E7A54883FCE9D35D125961302B6', NULL);
INSERT INTO "row_versions" VALUES (20, 28, 'accounts', 1, NULL, 'insert', NULL, NULL, NULL, X'576312B4C6F57183FA7CCF29BEF51F08', NULL);
INSERT INTO "row_versions" VALUES (21, 28, 'sign_ins', 1, NULL, 'insert', NULL, NULL, NULL, X'0BC5D1B2BFAFA8F087D3A89156F117F9', NULL);
INSERT INTO "row_versions" VALUES (22, 28, 'erasures', 1, 2, 'insert', NULL, NULL, NULL, X'B1A068A00D23D405074203C202D7A090', NULL);
INSERT INTO "row_versions" VALUES (23, 28, 'consent_texts', 1, NULL, 'insert', NULL, NULL, NULL, X'27DBA89216D0DBDE6FC965A910FE2381', NULL);
INSERT INTO "row_versions" VALUES (24, 28, 'photographs', 1, 1, 'insert', NULL, NULL, NULL, X'71A0FBD2454E9BA5C8CC447AF5DED57E', NULL);
INSERT INTO "row_versions" VALUES (25, 29, 'patients', 1, 1, 'update', '{"id":1,"patient_id":"P-1","sex":"female","birth_year":1980,"phototype":"III","note":"a note","given_name":"Ada","family_name":"Old","birth_date":"1980-02-29","phone":"0","email":"a@example.org","weight_g":60000,"left_on":"2026-01-02"}', NULL, X'F05608AD95696F1453BFC0AEA0A61E78', X'F58037D874ED20F438E749E6C20B9BD2', NULL);
CREATE TABLE consent_texts (
            id INTEGER PRIMARY KEY,
            version TEXT NOT NULL UNIQUE CHECK (length(version) BETWEEN 1 AND 64),
            words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 100000)
        ) STRICT;
INSERT INTO "consent_texts" VALUES (1, '1', 'The words that were agreed to.');
CREATE TABLE photographs (
            id INTEGER PRIMARY KEY,
            photograph_id TEXT NOT NULL UNIQUE CHECK (length(photograph_id) BETWEEN 1 AND 64),
            patient INTEGER NOT NULL REFERENCES patients (id),
            session INTEGER REFERENCES sessions (id),
            area TEXT NOT NULL,
            side TEXT NOT NULL CHECK (side IN ('left', 'right', 'both', 'midline')),
            view TEXT NOT NULL CHECK (view IN ('front', 'oblique_left', 'left', 'back', 'right', 'oblique_right', 'close')),
            moment TEXT NOT NULL CHECK (moment IN ('before', 'after')),
            taken_on TEXT NOT NULL CHECK (date(substr(taken_on, 1, 10)) IS substr(taken_on, 1, 10) AND (length(taken_on) = 10 OR (taken_on GLOB '*T*' AND time(taken_on) IS NOT NULL))),
            taken_by TEXT NOT NULL CHECK (length(taken_by) BETWEEN 1 AND 200),
            intimate INTEGER NOT NULL CHECK (intimate IN (0, 1)),
            width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 4096),
            height INTEGER NOT NULL CHECK (height BETWEEN 1 AND 4096),
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            picture BLOB NOT NULL CHECK (length(picture) BETWEEN 100 AND 4000000)
        ) STRICT;
INSERT INTO "photographs" VALUES (1, 'I-1', 1, 1, 'face.cheek', 'left', 'front', 'before', '2026-01-02', 'D-1', 0, 1, 1, 'cd00e292c5970d3c5e2f0ffa5171e555bc46bfc4faddfb4a418b6840b86e79a3', X'00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE learners (
            id INTEGER PRIMARY KEY,
            account INTEGER UNIQUE REFERENCES accounts (id),
            demo_role TEXT UNIQUE CHECK (demo_role IN ('administrator', 'manager', 'practitioner', 'trainer', 'auditor')),
            new_a_day INTEGER NOT NULL CHECK (new_a_day BETWEEN 0 AND 100),
            began_at TEXT NOT NULL,
            CHECK ((account IS NULL) <> (demo_role IS NULL))
        ) STRICT;
INSERT INTO "learners" VALUES (1, 1, NULL, 10, '2026-01-02T11:00:00+00:00');
CREATE TABLE learned_cards (
            id INTEGER PRIMARY KEY,
            learner INTEGER NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
            card TEXT NOT NULL CHECK (length(card) BETWEEN 1 AND 200),
            state TEXT NOT NULL CHECK (state IN ('learning', 'review', 'relearning')),
            step INTEGER CHECK (step BETWEEN 0 AND 10),
            stability_days REAL NOT NULL CHECK (stability_days > 0),
            difficulty REAL NOT NULL CHECK (difficulty BETWEEN 1 AND 10),
            due_at TEXT NOT NULL,
            reviewed_at TEXT NOT NULL,
            begun_on TEXT NOT NULL CHECK (date(begun_on) IS begun_on),
            UNIQUE (learner, card),
            CHECK ((step IS NULL) = (state = 'review'))
        ) STRICT;
INSERT INTO "learned_cards" VALUES (1, 1, 'area:face.cheek', 'review', NULL, 3.5, 5.0, '2026-01-02T11:00:00+00:00', '2026-01-02T11:00:00+00:00', '2026-01-02');
CREATE TABLE preferences (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
            value TEXT NOT NULL CHECK (length(value) <= 2000),
            UNIQUE (account, name)
        ) STRICT;
INSERT INTO "preferences" VALUES (1, 1, 'filters', '{}');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX change_log_by_revision ON change_log (revision, month);
CREATE INDEX change_log_by_patient ON change_log (patient, seq);
CREATE INDEX courses_by_patient ON courses (patient);
CREATE INDEX sessions_by_patient ON sessions (patient, held_at);
CREATE INDEX sessions_by_course ON sessions (course);
CREATE INDEX sessions_by_time ON sessions (held_at);
CREATE UNIQUE INDEX treated_areas_once ON treated_areas (session, area, side, coalesce(technique, ''));
CREATE INDEX treated_areas_history ON treated_areas (area, held_at);
CREATE INDEX treated_areas_patient ON treated_areas (patient, area, held_at);
CREATE UNIQUE INDEX products_used_once ON products_used (session, coalesce(area, ''), product, coalesce(lot, ''));
CREATE INDEX products_used_by_lot ON products_used (lot);
CREATE INDEX side_effects_by_session ON side_effects (session);
CREATE UNIQUE INDEX follow_ups_once ON follow_ups (session, contacted_at, coalesce(channel, ''));
CREATE UNIQUE INDEX outcomes_once ON outcomes (patient, coalesce(course, 0), coalesce(area, ''), scale, measured_on);
CREATE INDEX outcomes_by_course ON outcomes (course);
CREATE INDEX outcomes_by_session ON outcomes (session);
CREATE INDEX screenings_by_patient ON screenings (patient, screened_on, id);
CREATE TRIGGER screenings_stand BEFORE UPDATE ON screenings BEGIN
                SELECT raise(ABORT, 'a screening is never changed; record a new one');
            END;
CREATE TRIGGER screening_answers_stand BEFORE UPDATE ON screening_answers BEGIN
                SELECT raise(ABORT, 'a screening is never changed; record a new one');
            END;
CREATE TRIGGER protocol_versions_no_update
            BEFORE UPDATE ON protocol_versions BEGIN
                SELECT raise(ABORT, 'an adopted version is never changed; adopt a new one');
            END;
CREATE TRIGGER protocol_versions_no_delete
            BEFORE DELETE ON protocol_versions BEGIN
                SELECT raise(ABORT, 'an adopted version is never changed; adopt a new one');
            END;
CREATE INDEX sign_ins_by_account ON sign_ins (account);
CREATE TRIGGER change_log_no_delete BEFORE DELETE ON change_log BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END;
CREATE TRIGGER chains_no_update BEFORE UPDATE ON chains BEGIN
                SELECT raise(ABORT, 'the change log is never changed');
            END;
CREATE TRIGGER chains_no_delete BEFORE DELETE ON chains BEGIN
                SELECT raise(ABORT, 'the change log is never changed');
            END;
CREATE INDEX stock_by_lot ON stock (lot);
CREATE INDEX products_used_by_stock ON products_used (stock);
CREATE INDEX consents_by_patient ON consents (patient, purpose, given_on);
CREATE INDEX red_cards_by_patient ON red_cards (patient);
CREATE INDEX red_cards_open ON red_cards (opened_at) WHERE closed_at IS NULL;
CREATE INDEX drafts_by_patient ON drafts (patient);
CREATE TRIGGER change_log_no_update BEFORE UPDATE ON change_log
        WHEN NOT (NEW.seq IS OLD.seq AND NEW.at IS OLD.at AND NEW.revision IS OLD.revision AND NEW.actor IS OLD.actor AND NEW.role IS OLD.role AND NEW.action IS OLD.action AND NEW.table_name IS OLD.table_name AND NEW.patient IS OLD.patient AND NEW.month IS OLD.month AND NEW.row_count IS OLD.row_count AND NEW.mac IS OLD.mac AND NEW.versions IS OLD.versions AND OLD.row_key IS NOT NULL AND NEW.row_key GLOB '~*') BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END;
CREATE INDEX row_versions_by_row ON row_versions (table_name, row, seq);
CREATE INDEX row_versions_by_patient ON row_versions (patient, seq) WHERE patient IS NOT NULL;
CREATE INDEX row_versions_open ON row_versions (seq) WHERE entry IS NULL;
CREATE TRIGGER row_versions_no_update BEFORE UPDATE ON row_versions
        WHEN NOT (NEW.seq IS OLD.seq AND NEW.table_name IS OLD.table_name AND NEW.row IS OLD.row AND NEW.patient IS OLD.patient AND NEW.action IS OLD.action AND (OLD.entry IS NULL
            OR (NEW.entry IS OLD.entry AND NEW.before_mac IS OLD.before_mac AND NEW.after_mac IS OLD.after_mac AND NEW.reason_mac IS OLD.reason_mac AND NEW.before IS NULL AND NEW.reason IS NULL))) BEGIN
            SELECT raise(ABORT, 'versions are never changed');
        END;
CREATE TRIGGER row_versions_no_delete BEFORE DELETE ON row_versions BEGIN
            SELECT raise(ABORT, 'versions are never changed');
        END;
CREATE TRIGGER practitioners_version_insert AFTER INSERT ON practitioners BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('practitioners', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER practitioners_version_update AFTER UPDATE ON practitioners WHEN OLD.id IS NOT NEW.id OR OLD.practitioner_id IS NOT NEW.practitioner_id OR OLD.name IS NOT NEW.name BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('practitioners', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'practitioner_id', OLD.practitioner_id, 'name', OLD.name))); END;
CREATE TRIGGER practitioners_version_delete AFTER DELETE ON practitioners BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('practitioners', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'practitioner_id', OLD.practitioner_id, 'name', OLD.name))); END;
CREATE TRIGGER protocol_versions_version_insert AFTER INSERT ON protocol_versions BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('protocol_versions', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER protocol_versions_version_update AFTER UPDATE ON protocol_versions WHEN OLD.id IS NOT NEW.id OR OLD.protocol IS NOT NEW.protocol OR OLD.version IS NOT NEW.version OR OLD.adopted_on IS NOT NEW.adopted_on OR OLD.adopted_by IS NOT NEW.adopted_by OR OLD.parameters IS NOT NEW.parameters OR OLD.reason IS NOT NEW.reason BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('protocol_versions', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'protocol', OLD.protocol, 'version', OLD.version, 'adopted_on', OLD.adopted_on, 'adopted_by', OLD.adopted_by, 'parameters', OLD.parameters, 'reason', OLD.reason))); END;
CREATE TRIGGER protocol_versions_version_delete AFTER DELETE ON protocol_versions BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('protocol_versions', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'protocol', OLD.protocol, 'version', OLD.version, 'adopted_on', OLD.adopted_on, 'adopted_by', OLD.adopted_by, 'parameters', OLD.parameters, 'reason', OLD.reason))); END;
CREATE TRIGGER stock_version_insert AFTER INSERT ON stock BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('stock', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER stock_version_update AFTER UPDATE ON stock WHEN OLD.id IS NOT NEW.id OR OLD.stock_id IS NOT NEW.stock_id OR OLD.product IS NOT NEW.product OR OLD.gtin IS NOT NEW.gtin OR OLD.lot IS NOT NEW.lot OR OLD.serial IS NOT NEW.serial OR OLD.maker IS NOT NEW.maker OR OLD.expires_on IS NOT NEW.expires_on OR OLD.received_on IS NOT NEW.received_on OR OLD.containers IS NOT NEW.containers OR OLD.volume_ul IS NOT NEW.volume_ul OR OLD.price_milli IS NOT NEW.price_milli OR OLD.currency IS NOT NEW.currency OR OLD.state IS NOT NEW.state OR OLD.changed_on IS NOT NEW.changed_on OR OLD.note IS NOT NEW.note BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('stock', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'stock_id', OLD.stock_id, 'product', OLD.product, 'gtin', OLD.gtin, 'lot', OLD.lot, 'serial', OLD.serial, 'maker', OLD.maker, 'expires_on', OLD.expires_on, 'received_on', OLD.received_on, 'containers', OLD.containers, 'volume_ul', OLD.volume_ul, 'price_milli', OLD.price_milli, 'currency', OLD.currency, 'state', OLD.state, 'changed_on', OLD.changed_on, 'note', OLD.note))); END;
CREATE TRIGGER stock_version_delete AFTER DELETE ON stock BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('stock', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'stock_id', OLD.stock_id, 'product', OLD.product, 'gtin', OLD.gtin, 'lot', OLD.lot, 'serial', OLD.serial, 'maker', OLD.maker, 'expires_on', OLD.expires_on, 'received_on', OLD.received_on, 'containers', OLD.containers, 'volume_ul', OLD.volume_ul, 'price_milli', OLD.price_milli, 'currency', OLD.currency, 'state', OLD.state, 'changed_on', OLD.changed_on, 'note', OLD.note))); END;
CREATE TRIGGER patients_version_insert AFTER INSERT ON patients BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('patients', NEW.id, NEW.id, 'insert', NULL); END;
CREATE TRIGGER patients_version_update AFTER UPDATE ON patients WHEN OLD.id IS NOT NEW.id OR OLD.patient_id IS NOT NEW.patient_id OR OLD.sex IS NOT NEW.sex OR OLD.birth_year IS NOT NEW.birth_year OR OLD.phototype IS NOT NEW.phototype OR OLD.note IS NOT NEW.note OR OLD.given_name IS NOT NEW.given_name OR OLD.family_name IS NOT NEW.family_name OR OLD.birth_date IS NOT NEW.birth_date OR OLD.phone IS NOT NEW.phone OR OLD.email IS NOT NEW.email OR OLD.weight_g IS NOT NEW.weight_g OR OLD.died_on IS NOT NEW.died_on OR OLD.left_on IS NOT NEW.left_on BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('patients', OLD.id, OLD.id, 'update', json_patch('{}', json_object('id', OLD.id, 'patient_id', OLD.patient_id, 'sex', OLD.sex, 'birth_year', OLD.birth_year, 'phototype', OLD.phototype, 'note', OLD.note, 'given_name', OLD.given_name, 'family_name', OLD.family_name, 'birth_date', OLD.birth_date, 'phone', OLD.phone, 'email', OLD.email, 'weight_g', OLD.weight_g, 'died_on', OLD.died_on, 'left_on', OLD.left_on))); END;
CREATE TRIGGER patients_version_delete AFTER DELETE ON patients BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('patients', OLD.id, OLD.id, 'delete', json_patch('{}', json_object('id', OLD.id, 'patient_id', OLD.patient_id, 'sex', OLD.sex, 'birth_year', OLD.birth_year, 'phototype', OLD.phototype, 'note', OLD.note, 'given_name', OLD.given_name, 'family_name', OLD.family_name, 'birth_date', OLD.birth_date, 'phone', OLD.phone, 'email', OLD.email, 'weight_g', OLD.weight_g, 'died_on', OLD.died_on, 'left_on', OLD.left_on))); END;
CREATE TRIGGER courses_version_insert AFTER INSERT ON courses BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('courses', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER courses_version_update AFTER UPDATE ON courses WHEN OLD.id IS NOT NEW.id OR OLD.course_id IS NOT NEW.course_id OR OLD.patient IS NOT NEW.patient OR OLD.indication IS NOT NEW.indication OR OLD.protocol IS NOT NEW.protocol OR OLD.planned_sessions IS NOT NEW.planned_sessions OR OLD.interval_days IS NOT NEW.interval_days OR OLD.started_on IS NOT NEW.started_on OR OLD.state IS NOT NEW.state OR OLD.stopped_reason IS NOT NEW.stopped_reason BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('courses', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'course_id', OLD.course_id, 'patient', OLD.patient, 'indication', OLD.indication, 'protocol', OLD.protocol, 'planned_sessions', OLD.planned_sessions, 'interval_days', OLD.interval_days, 'started_on', OLD.started_on, 'state', OLD.state, 'stopped_reason', OLD.stopped_reason))); END;
CREATE TRIGGER courses_version_delete AFTER DELETE ON courses BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('courses', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'course_id', OLD.course_id, 'patient', OLD.patient, 'indication', OLD.indication, 'protocol', OLD.protocol, 'planned_sessions', OLD.planned_sessions, 'interval_days', OLD.interval_days, 'started_on', OLD.started_on, 'state', OLD.state, 'stopped_reason', OLD.stopped_reason))); END;
CREATE TRIGGER treated_areas_version_insert AFTER INSERT ON treated_areas BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('treated_areas', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER treated_areas_version_update AFTER UPDATE ON treated_areas WHEN OLD.id IS NOT NEW.id OR OLD.session IS NOT NEW.session OR OLD.patient IS NOT NEW.patient OR OLD.held_at IS NOT NEW.held_at OR OLD.area IS NOT NEW.area OR OLD.side IS NOT NEW.side OR OLD.technique IS NOT NEW.technique OR OLD.depth_um IS NOT NEW.depth_um OR OLD.points IS NOT NEW.points OR OLD.volume_ul IS NOT NEW.volume_ul OR OLD.needle IS NOT NEW.needle OR OLD.angle_deg IS NOT NEW.angle_deg OR OLD.inserted_um IS NOT NEW.inserted_um BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('treated_areas', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'patient', OLD.patient, 'held_at', OLD.held_at, 'area', OLD.area, 'side', OLD.side, 'technique', OLD.technique, 'depth_um', OLD.depth_um, 'points', OLD.points, 'volume_ul', OLD.volume_ul, 'needle', OLD.needle, 'angle_deg', OLD.angle_deg, 'inserted_um', OLD.inserted_um))); END;
CREATE TRIGGER treated_areas_version_delete AFTER DELETE ON treated_areas BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('treated_areas', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'patient', OLD.patient, 'held_at', OLD.held_at, 'area', OLD.area, 'side', OLD.side, 'technique', OLD.technique, 'depth_um', OLD.depth_um, 'points', OLD.points, 'volume_ul', OLD.volume_ul, 'needle', OLD.needle, 'angle_deg', OLD.angle_deg, 'inserted_um', OLD.inserted_um))); END;
CREATE TRIGGER injection_points_version_insert AFTER INSERT ON injection_points BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('injection_points', NEW.id, (SELECT patient FROM sessions WHERE id = NEW.session), 'insert', NULL); END;
CREATE TRIGGER injection_points_version_update AFTER UPDATE ON injection_points WHEN OLD.id IS NOT NEW.id OR OLD.session IS NOT NEW.session OR OLD.area IS NOT NEW.area OR OLD.side IS NOT NEW.side OR OLD.number IS NOT NEW.number OR OLD.triangle IS NOT NEW.triangle OR OLD.u IS NOT NEW.u OR OLD.v IS NOT NEW.v OR OLD.depth_um IS NOT NEW.depth_um OR OLD.volume_ul IS NOT NEW.volume_ul OR OLD.product IS NOT NEW.product BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('injection_points', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'update', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'area', OLD.area, 'side', OLD.side, 'number', OLD.number, 'triangle', OLD.triangle, 'u', OLD.u, 'v', OLD.v, 'depth_um', OLD.depth_um, 'volume_ul', OLD.volume_ul, 'product', OLD.product))); END;
CREATE TRIGGER injection_points_version_delete AFTER DELETE ON injection_points BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('injection_points', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'delete', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'area', OLD.area, 'side', OLD.side, 'number', OLD.number, 'triangle', OLD.triangle, 'u', OLD.u, 'v', OLD.v, 'depth_um', OLD.depth_um, 'volume_ul', OLD.volume_ul, 'product', OLD.product))); END;
CREATE TRIGGER side_effects_version_insert AFTER INSERT ON side_effects BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('side_effects', NEW.id, (SELECT patient FROM sessions WHERE id = NEW.session), 'insert', NULL); END;
CREATE TRIGGER side_effects_version_update AFTER UPDATE ON side_effects WHEN OLD.id IS NOT NEW.id OR OLD.side_effect_id IS NOT NEW.side_effect_id OR OLD.session IS NOT NEW.session OR OLD.area IS NOT NEW.area OR OLD.side IS NOT NEW.side OR OLD.effect IS NOT NEW.effect OR OLD.term IS NOT NEW.term OR OLD.onset_at IS NOT NEW.onset_at OR OLD.resolved_at IS NOT NEW.resolved_at OR OLD.last_seen_at IS NOT NEW.last_seen_at OR OLD.gone_by_at IS NOT NEW.gone_by_at OR OLD.severity IS NOT NEW.severity OR OLD.serious IS NOT NEW.serious OR OLD.related IS NOT NEW.related OR OLD.note IS NOT NEW.note OR OLD.outcome IS NOT NEW.outcome OR OLD.treatment_given IS NOT NEW.treatment_given OR OLD.reported_on IS NOT NEW.reported_on OR OLD.told_by IS NOT NEW.told_by BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('side_effects', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'update', json_patch('{}', json_object('id', OLD.id, 'side_effect_id', OLD.side_effect_id, 'session', OLD.session, 'area', OLD.area, 'side', OLD.side, 'effect', OLD.effect, 'term', OLD.term, 'onset_at', OLD.onset_at, 'resolved_at', OLD.resolved_at, 'last_seen_at', OLD.last_seen_at, 'gone_by_at', OLD.gone_by_at, 'severity', OLD.severity, 'serious', OLD.serious, 'related', OLD.related, 'note', OLD.note, 'outcome', OLD.outcome, 'treatment_given', OLD.treatment_given, 'reported_on', OLD.reported_on, 'told_by', OLD.told_by))); END;
CREATE TRIGGER side_effects_version_delete AFTER DELETE ON side_effects BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('side_effects', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'delete', json_patch('{}', json_object('id', OLD.id, 'side_effect_id', OLD.side_effect_id, 'session', OLD.session, 'area', OLD.area, 'side', OLD.side, 'effect', OLD.effect, 'term', OLD.term, 'onset_at', OLD.onset_at, 'resolved_at', OLD.resolved_at, 'last_seen_at', OLD.last_seen_at, 'gone_by_at', OLD.gone_by_at, 'severity', OLD.severity, 'serious', OLD.serious, 'related', OLD.related, 'note', OLD.note, 'outcome', OLD.outcome, 'treatment_given', OLD.treatment_given, 'reported_on', OLD.reported_on, 'told_by', OLD.told_by))); END;
CREATE TRIGGER follow_ups_version_insert AFTER INSERT ON follow_ups BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('follow_ups', NEW.id, (SELECT patient FROM sessions WHERE id = NEW.session), 'insert', NULL); END;
CREATE TRIGGER follow_ups_version_update AFTER UPDATE ON follow_ups WHEN OLD.id IS NOT NEW.id OR OLD.session IS NOT NEW.session OR OLD.contacted_at IS NOT NEW.contacted_at OR OLD.channel IS NOT NEW.channel BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('follow_ups', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'update', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'contacted_at', OLD.contacted_at, 'channel', OLD.channel))); END;
CREATE TRIGGER follow_ups_version_delete AFTER DELETE ON follow_ups BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('follow_ups', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'delete', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'contacted_at', OLD.contacted_at, 'channel', OLD.channel))); END;
CREATE TRIGGER outcomes_version_insert AFTER INSERT ON outcomes BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('outcomes', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER outcomes_version_update AFTER UPDATE ON outcomes WHEN OLD.id IS NOT NEW.id OR OLD.patient IS NOT NEW.patient OR OLD.course IS NOT NEW.course OR OLD.session IS NOT NEW.session OR OLD.area IS NOT NEW.area OR OLD.scale IS NOT NEW.scale OR OLD.value IS NOT NEW.value OR OLD.measured_on IS NOT NEW.measured_on OR OLD.timing IS NOT NEW.timing BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('outcomes', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'patient', OLD.patient, 'course', OLD.course, 'session', OLD.session, 'area', OLD.area, 'scale', OLD.scale, 'value', OLD.value, 'measured_on', OLD.measured_on, 'timing', OLD.timing))); END;
CREATE TRIGGER outcomes_version_delete AFTER DELETE ON outcomes BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('outcomes', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'patient', OLD.patient, 'course', OLD.course, 'session', OLD.session, 'area', OLD.area, 'scale', OLD.scale, 'value', OLD.value, 'measured_on', OLD.measured_on, 'timing', OLD.timing))); END;
CREATE TRIGGER screenings_version_insert AFTER INSERT ON screenings BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('screenings', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER screenings_version_update AFTER UPDATE ON screenings WHEN OLD.id IS NOT NEW.id OR OLD.patient IS NOT NEW.patient OR OLD.screened_on IS NOT NEW.screened_on OR OLD.screened_by IS NOT NEW.screened_by OR OLD.confirms IS NOT NEW.confirms BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('screenings', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'patient', OLD.patient, 'screened_on', OLD.screened_on, 'screened_by', OLD.screened_by, 'confirms', OLD.confirms))); END;
CREATE TRIGGER screenings_version_delete AFTER DELETE ON screenings BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('screenings', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'patient', OLD.patient, 'screened_on', OLD.screened_on, 'screened_by', OLD.screened_by, 'confirms', OLD.confirms))); END;
CREATE TRIGGER screening_answers_version_insert AFTER INSERT ON screening_answers BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('screening_answers', NEW.id, (SELECT patient FROM screenings WHERE id = NEW.screening), 'insert', NULL); END;
CREATE TRIGGER screening_answers_version_update AFTER UPDATE ON screening_answers WHEN OLD.id IS NOT NEW.id OR OLD.screening IS NOT NEW.screening OR OLD.question IS NOT NEW.question OR OLD.said IS NOT NEW.said OR OLD.areas IS NOT NEW.areas OR OLD.detail IS NOT NEW.detail OR OLD.answered_on IS NOT NEW.answered_on BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('screening_answers', OLD.id, (SELECT patient FROM screenings WHERE id = OLD.screening), 'update', json_patch('{}', json_object('id', OLD.id, 'screening', OLD.screening, 'question', OLD.question, 'said', OLD.said, 'areas', OLD.areas, 'detail', OLD.detail, 'answered_on', OLD.answered_on))); END;
CREATE TRIGGER screening_answers_version_delete AFTER DELETE ON screening_answers BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('screening_answers', OLD.id, (SELECT patient FROM screenings WHERE id = OLD.screening), 'delete', json_patch('{}', json_object('id', OLD.id, 'screening', OLD.screening, 'question', OLD.question, 'said', OLD.said, 'areas', OLD.areas, 'detail', OLD.detail, 'answered_on', OLD.answered_on))); END;
CREATE TRIGGER plans_version_insert AFTER INSERT ON plans BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('plans', NEW.id, (SELECT patient FROM courses WHERE id = NEW.course), 'insert', NULL); END;
CREATE TRIGGER plans_version_update AFTER UPDATE ON plans WHEN OLD.id IS NOT NEW.id OR OLD.nonce IS NOT NEW.nonce OR OLD.course IS NOT NEW.course OR OLD.made_by IS NOT NEW.made_by OR OLD.made_at IS NOT NEW.made_at OR OLD.content IS NOT NEW.content OR OLD.reason IS NOT NEW.reason BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('plans', OLD.id, (SELECT patient FROM courses WHERE id = OLD.course), 'update', json_patch('{}', json_object('id', OLD.id, 'nonce', OLD.nonce, 'course', OLD.course, 'made_by', OLD.made_by, 'made_at', OLD.made_at, 'content', OLD.content, 'reason', OLD.reason))); END;
CREATE TRIGGER plans_version_delete AFTER DELETE ON plans BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('plans', OLD.id, (SELECT patient FROM courses WHERE id = OLD.course), 'delete', json_patch('{}', json_object('id', OLD.id, 'nonce', OLD.nonce, 'course', OLD.course, 'made_by', OLD.made_by, 'made_at', OLD.made_at, 'content', OLD.content, 'reason', OLD.reason))); END;
CREATE TRIGGER consents_version_insert AFTER INSERT ON consents BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('consents', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER consents_version_update AFTER UPDATE ON consents WHEN OLD.id IS NOT NEW.id OR OLD.consent_id IS NOT NEW.consent_id OR OLD.patient IS NOT NEW.patient OR OLD.purpose IS NOT NEW.purpose OR OLD.protocol IS NOT NEW.protocol OR OLD.text_version IS NOT NEW.text_version OR OLD.given_on IS NOT NEW.given_on OR OLD.given_how IS NOT NEW.given_how OR OLD.taken_by IS NOT NEW.taken_by OR OLD.signature IS NOT NEW.signature OR OLD.document_sha256 IS NOT NEW.document_sha256 OR OLD.withdrawn_on IS NOT NEW.withdrawn_on OR OLD.note IS NOT NEW.note BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('consents', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'consent_id', OLD.consent_id, 'patient', OLD.patient, 'purpose', OLD.purpose, 'protocol', OLD.protocol, 'text_version', OLD.text_version, 'given_on', OLD.given_on, 'given_how', OLD.given_how, 'taken_by', OLD.taken_by, 'signature', OLD.signature, 'document_sha256', OLD.document_sha256, 'withdrawn_on', OLD.withdrawn_on, 'note', OLD.note))); END;
CREATE TRIGGER consents_version_delete AFTER DELETE ON consents BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('consents', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'consent_id', OLD.consent_id, 'patient', OLD.patient, 'purpose', OLD.purpose, 'protocol', OLD.protocol, 'text_version', OLD.text_version, 'given_on', OLD.given_on, 'given_how', OLD.given_how, 'taken_by', OLD.taken_by, 'signature', OLD.signature, 'document_sha256', OLD.document_sha256, 'withdrawn_on', OLD.withdrawn_on, 'note', OLD.note))); END;
CREATE TRIGGER red_cards_version_insert AFTER INSERT ON red_cards BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('red_cards', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER red_cards_version_update AFTER UPDATE ON red_cards WHEN OLD.id IS NOT NEW.id OR OLD.red_card_id IS NOT NEW.red_card_id OR OLD.patient IS NOT NEW.patient OR OLD.session IS NOT NEW.session OR OLD.side_effect IS NOT NEW.side_effect OR OLD.flag IS NOT NEW.flag OR OLD.opened_at IS NOT NEW.opened_at OR OLD.opened_by IS NOT NEW.opened_by OR OLD.owner IS NOT NEW.owner OR OLD.acknowledged_at IS NOT NEW.acknowledged_at OR OLD.acknowledged_by IS NOT NEW.acknowledged_by OR OLD.escalated_at IS NOT NEW.escalated_at OR OLD.closed_at IS NOT NEW.closed_at OR OLD.closed_by IS NOT NEW.closed_by OR OLD.examination IS NOT NEW.examination OR OLD.closing_reason IS NOT NEW.closing_reason OR OLD.note IS NOT NEW.note BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('red_cards', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'red_card_id', OLD.red_card_id, 'patient', OLD.patient, 'session', OLD.session, 'side_effect', OLD.side_effect, 'flag', OLD.flag, 'opened_at', OLD.opened_at, 'opened_by', OLD.opened_by, 'owner', OLD.owner, 'acknowledged_at', OLD.acknowledged_at, 'acknowledged_by', OLD.acknowledged_by, 'escalated_at', OLD.escalated_at, 'closed_at', OLD.closed_at, 'closed_by', OLD.closed_by, 'examination', OLD.examination, 'closing_reason', OLD.closing_reason, 'note', OLD.note))); END;
CREATE TRIGGER red_cards_version_delete AFTER DELETE ON red_cards BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('red_cards', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'red_card_id', OLD.red_card_id, 'patient', OLD.patient, 'session', OLD.session, 'side_effect', OLD.side_effect, 'flag', OLD.flag, 'opened_at', OLD.opened_at, 'opened_by', OLD.opened_by, 'owner', OLD.owner, 'acknowledged_at', OLD.acknowledged_at, 'acknowledged_by', OLD.acknowledged_by, 'escalated_at', OLD.escalated_at, 'closed_at', OLD.closed_at, 'closed_by', OLD.closed_by, 'examination', OLD.examination, 'closing_reason', OLD.closing_reason, 'note', OLD.note))); END;
CREATE TRIGGER erasures_version_insert AFTER INSERT ON erasures BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('erasures', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER erasures_version_update AFTER UPDATE ON erasures WHEN OLD.id IS NOT NEW.id OR OLD.patient IS NOT NEW.patient OR OLD.pseudonym IS NOT NEW.pseudonym OR OLD.erased_at IS NOT NEW.erased_at OR OLD.erased_by IS NOT NEW.erased_by OR OLD.reason IS NOT NEW.reason BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('erasures', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'patient', OLD.patient, 'pseudonym', OLD.pseudonym, 'erased_at', OLD.erased_at, 'erased_by', OLD.erased_by, 'reason', OLD.reason))); END;
CREATE TRIGGER erasures_version_delete AFTER DELETE ON erasures BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('erasures', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'patient', OLD.patient, 'pseudonym', OLD.pseudonym, 'erased_at', OLD.erased_at, 'erased_by', OLD.erased_by, 'reason', OLD.reason))); END;
CREATE TRIGGER sign_ins_version_insert AFTER INSERT ON sign_ins BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('sign_ins', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER sign_ins_version_update AFTER UPDATE ON sign_ins WHEN OLD.id IS NOT NEW.id OR OLD.token_hash IS NOT NEW.token_hash OR OLD.account IS NOT NEW.account OR OLD.stage IS NOT NEW.stage OR OLD.began_at IS NOT NEW.began_at OR OLD.ended_at IS NOT NEW.ended_at OR OLD.teaching IS NOT NEW.teaching BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('sign_ins', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'token_hash', OLD.token_hash, 'account', OLD.account, 'stage', OLD.stage, 'began_at', OLD.began_at, 'ended_at', OLD.ended_at, 'teaching', OLD.teaching))); END;
CREATE TRIGGER sign_ins_version_delete AFTER DELETE ON sign_ins BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('sign_ins', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'token_hash', OLD.token_hash, 'account', OLD.account, 'stage', OLD.stage, 'began_at', OLD.began_at, 'ended_at', OLD.ended_at, 'teaching', OLD.teaching))); END;
CREATE TRIGGER accounts_version_insert AFTER INSERT ON accounts BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('accounts', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER accounts_version_update AFTER UPDATE ON accounts WHEN OLD.id IS NOT NEW.id OR OLD.name IS NOT NEW.name OR OLD.role IS NOT NEW.role OR OLD.sees_names IS NOT NEW.sees_names OR OLD.password_hash IS NOT NEW.password_hash OR OLD.totp_secret IS NOT NEW.totp_secret OR OLD.issuer IS NOT NEW.issuer OR OLD.subject IS NOT NEW.subject OR OLD.disabled IS NOT NEW.disabled OR OLD.created_at IS NOT NEW.created_at OR OLD.must_change IS NOT NEW.must_change OR OLD.language IS NOT NEW.language BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('accounts', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'name', OLD.name, 'role', OLD.role, 'sees_names', OLD.sees_names, 'password_hash', OLD.password_hash, 'totp_secret', OLD.totp_secret, 'issuer', OLD.issuer, 'subject', OLD.subject, 'disabled', OLD.disabled, 'created_at', OLD.created_at, 'must_change', OLD.must_change, 'language', OLD.language))); END;
CREATE TRIGGER accounts_version_delete AFTER DELETE ON accounts BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('accounts', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'name', OLD.name, 'role', OLD.role, 'sees_names', OLD.sees_names, 'password_hash', OLD.password_hash, 'totp_secret', OLD.totp_secret, 'issuer', OLD.issuer, 'subject', OLD.subject, 'disabled', OLD.disabled, 'created_at', OLD.created_at, 'must_change', OLD.must_change, 'language', OLD.language))); END;
CREATE INDEX photographs_by_patient ON photographs (patient, taken_on);
CREATE TRIGGER photographs_picture_stands BEFORE UPDATE OF picture, sha256 ON photographs
        BEGIN SELECT raise(ABORT, 'a photograph is never changed'); END;
CREATE TRIGGER clinic_version_insert AFTER INSERT ON clinic BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('clinic', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER clinic_version_update AFTER UPDATE ON clinic WHEN OLD.id IS NOT NEW.id OR OLD.clinic_id IS NOT NEW.clinic_id OR OLD.name IS NOT NEW.name OR OLD.kind IS NOT NEW.kind OR OLD.country IS NOT NEW.country OR OLD.created_at IS NOT NEW.created_at OR OLD.keep_years IS NOT NEW.keep_years OR OLD.timezone IS NOT NEW.timezone OR OLD.disk_declared_by IS NOT NEW.disk_declared_by BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('clinic', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'clinic_id', OLD.clinic_id, 'name', OLD.name, 'kind', OLD.kind, 'country', OLD.country, 'created_at', OLD.created_at, 'keep_years', OLD.keep_years, 'timezone', OLD.timezone, 'disk_declared_by', OLD.disk_declared_by))); END;
CREATE TRIGGER clinic_version_delete AFTER DELETE ON clinic BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('clinic', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'clinic_id', OLD.clinic_id, 'name', OLD.name, 'kind', OLD.kind, 'country', OLD.country, 'created_at', OLD.created_at, 'keep_years', OLD.keep_years, 'timezone', OLD.timezone, 'disk_declared_by', OLD.disk_declared_by))); END;
CREATE TRIGGER consent_texts_version_insert AFTER INSERT ON consent_texts BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('consent_texts', NEW.id, NULL, 'insert', NULL); END;
CREATE TRIGGER consent_texts_version_update AFTER UPDATE ON consent_texts WHEN OLD.id IS NOT NEW.id OR OLD.version IS NOT NEW.version OR OLD.words IS NOT NEW.words BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('consent_texts', OLD.id, NULL, 'update', json_patch('{}', json_object('id', OLD.id, 'version', OLD.version, 'words', OLD.words))); END;
CREATE TRIGGER consent_texts_version_delete AFTER DELETE ON consent_texts BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('consent_texts', OLD.id, NULL, 'delete', json_patch('{}', json_object('id', OLD.id, 'version', OLD.version, 'words', OLD.words))); END;
CREATE TRIGGER photographs_version_insert AFTER INSERT ON photographs BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('photographs', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER photographs_version_update AFTER UPDATE ON photographs WHEN OLD.id IS NOT NEW.id OR OLD.photograph_id IS NOT NEW.photograph_id OR OLD.patient IS NOT NEW.patient OR OLD.session IS NOT NEW.session OR OLD.area IS NOT NEW.area OR OLD.side IS NOT NEW.side OR OLD.view IS NOT NEW.view OR OLD.moment IS NOT NEW.moment OR OLD.taken_on IS NOT NEW.taken_on OR OLD.taken_by IS NOT NEW.taken_by OR OLD.intimate IS NOT NEW.intimate OR OLD.width IS NOT NEW.width OR OLD.height IS NOT NEW.height OR OLD.sha256 IS NOT NEW.sha256 BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('photographs', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'photograph_id', OLD.photograph_id, 'patient', OLD.patient, 'session', OLD.session, 'area', OLD.area, 'side', OLD.side, 'view', OLD.view, 'moment', OLD.moment, 'taken_on', OLD.taken_on, 'taken_by', OLD.taken_by, 'intimate', OLD.intimate, 'width', OLD.width, 'height', OLD.height, 'sha256', OLD.sha256))); END;
CREATE TRIGGER photographs_version_delete AFTER DELETE ON photographs BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('photographs', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'photograph_id', OLD.photograph_id, 'patient', OLD.patient, 'session', OLD.session, 'area', OLD.area, 'side', OLD.side, 'view', OLD.view, 'moment', OLD.moment, 'taken_on', OLD.taken_on, 'taken_by', OLD.taken_by, 'intimate', OLD.intimate, 'width', OLD.width, 'height', OLD.height, 'sha256', OLD.sha256))); END;
CREATE TRIGGER products_used_version_insert AFTER INSERT ON products_used BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('products_used', NEW.id, (SELECT patient FROM sessions WHERE id = NEW.session), 'insert', NULL); END;
CREATE TRIGGER products_used_version_update AFTER UPDATE ON products_used WHEN OLD.id IS NOT NEW.id OR OLD.session IS NOT NEW.session OR OLD.area IS NOT NEW.area OR OLD.product IS NOT NEW.product OR OLD.lot IS NOT NEW.lot OR OLD.expires_on IS NOT NEW.expires_on OR OLD.volume_ul IS NOT NEW.volume_ul OR OLD.gtin IS NOT NEW.gtin OR OLD.serial IS NOT NEW.serial OR OLD.maker IS NOT NEW.maker OR OLD.stock IS NOT NEW.stock OR OLD.lot_from IS NOT NEW.lot_from BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('products_used', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'update', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'area', OLD.area, 'product', OLD.product, 'lot', OLD.lot, 'expires_on', OLD.expires_on, 'volume_ul', OLD.volume_ul, 'gtin', OLD.gtin, 'serial', OLD.serial, 'maker', OLD.maker, 'stock', OLD.stock, 'lot_from', OLD.lot_from))); END;
CREATE TRIGGER products_used_version_delete AFTER DELETE ON products_used BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('products_used', OLD.id, (SELECT patient FROM sessions WHERE id = OLD.session), 'delete', json_patch('{}', json_object('id', OLD.id, 'session', OLD.session, 'area', OLD.area, 'product', OLD.product, 'lot', OLD.lot, 'expires_on', OLD.expires_on, 'volume_ul', OLD.volume_ul, 'gtin', OLD.gtin, 'serial', OLD.serial, 'maker', OLD.maker, 'stock', OLD.stock, 'lot_from', OLD.lot_from))); END;
CREATE TRIGGER sessions_version_insert AFTER INSERT ON sessions BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('sessions', NEW.id, NEW.patient, 'insert', NULL); END;
CREATE TRIGGER sessions_version_update AFTER UPDATE ON sessions WHEN OLD.id IS NOT NEW.id OR OLD.session_id IS NOT NEW.session_id OR OLD.patient IS NOT NEW.patient OR OLD.course IS NOT NEW.course OR OLD.practitioner IS NOT NEW.practitioner OR OLD.protocol IS NOT NEW.protocol OR OLD.protocol_version IS NOT NEW.protocol_version OR OLD.held_at IS NOT NEW.held_at OR OLD.state IS NOT NEW.state OR OLD.note IS NOT NEW.note OR OLD.started_at IS NOT NEW.started_at OR OLD.ended_at IS NOT NEW.ended_at OR OLD.price_milli IS NOT NEW.price_milli OR OLD.currency IS NOT NEW.currency OR OLD.reason IS NOT NEW.reason OR OLD.finalised_at IS NOT NEW.finalised_at OR OLD.finalised_by IS NOT NEW.finalised_by OR OLD.departure IS NOT NEW.departure OR OLD.departure_text IS NOT NEW.departure_text BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('sessions', OLD.id, OLD.patient, 'update', json_patch('{}', json_object('id', OLD.id, 'session_id', OLD.session_id, 'patient', OLD.patient, 'course', OLD.course, 'practitioner', OLD.practitioner, 'protocol', OLD.protocol, 'protocol_version', OLD.protocol_version, 'held_at', OLD.held_at, 'state', OLD.state, 'note', OLD.note, 'started_at', OLD.started_at, 'ended_at', OLD.ended_at, 'price_milli', OLD.price_milli, 'currency', OLD.currency, 'reason', OLD.reason, 'finalised_at', OLD.finalised_at, 'finalised_by', OLD.finalised_by, 'departure', OLD.departure, 'departure_text', OLD.departure_text))); END;
CREATE TRIGGER sessions_version_delete AFTER DELETE ON sessions BEGIN INSERT INTO row_versions (table_name, row, patient, action, before) VALUES ('sessions', OLD.id, OLD.patient, 'delete', json_patch('{}', json_object('id', OLD.id, 'session_id', OLD.session_id, 'patient', OLD.patient, 'course', OLD.course, 'practitioner', OLD.practitioner, 'protocol', OLD.protocol, 'protocol_version', OLD.protocol_version, 'held_at', OLD.held_at, 'state', OLD.state, 'note', OLD.note, 'started_at', OLD.started_at, 'ended_at', OLD.ended_at, 'price_milli', OLD.price_milli, 'currency', OLD.currency, 'reason', OLD.reason, 'finalised_at', OLD.finalised_at, 'finalised_by', OLD.finalised_by, 'departure', OLD.departure, 'departure_text', OLD.departure_text))); END;
COMMIT;
