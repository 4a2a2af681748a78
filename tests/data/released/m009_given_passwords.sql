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
CREATE TABLE clinic (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            clinic_id TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('demo', 'clinical')),
            country TEXT,
            created_at TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0
        , keep_years INTEGER CHECK (keep_years >= 1)) STRICT;
INSERT INTO "clinic" VALUES (1, 'old', 'Old', 'clinical', NULL, '2026-01-02T12:00:00+00:00', 3, NULL);
CREATE TABLE patients (
            id INTEGER PRIMARY KEY,
            patient_id TEXT NOT NULL UNIQUE CHECK (length(patient_id) BETWEEN 1 AND 64),
            sex TEXT NOT NULL CHECK (sex IN ('female', 'male', 'other', 'unknown')),
            birth_year INTEGER CHECK (birth_year BETWEEN 1880 AND 2100),
            phototype TEXT CHECK (phototype IN ('I', 'II', 'III', 'IV', 'V', 'VI')),
            note TEXT
        ) STRICT;
INSERT INTO "patients" VALUES (1, 'P-1', 'female', 1980, 'IV', 'a note');
INSERT INTO "patients" VALUES (2, 'P-2', 'unknown', NULL, NULL, NULL);
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
        , mac TEXT CHECK (length(mac) = 64)) STRICT;
INSERT INTO "change_log" VALUES (1, '2026-01-02T12:00:00+00:00', 1, 'command-line', 'administrator', 'init', 'clinic', 'old', NULL, NULL, 1, '89bad8e340dfd96c83b0aaf1e582ad293edef568439408136b74116bf3c313e5');
INSERT INTO "change_log" VALUES (2, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'practitioners', NULL, NULL, NULL, 1, 'c5a72b4445d39c003f1e8af401acf5f7d5a8e5763c00a920a74a480b6fb6d9a2');
INSERT INTO "change_log" VALUES (3, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'protocol_versions', NULL, NULL, NULL, 1, '8fd6c379776a527834d4dd044430372c6f96fec507d9085e48e3409b5533fa30');
INSERT INTO "change_log" VALUES (4, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'patients', NULL, NULL, NULL, 1, '8de41d1c5b67037a9ae1c84e8e50ecbd1a5b7428913031ed3a22d678692a5bd0');
INSERT INTO "change_log" VALUES (5, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'patients', NULL, NULL, NULL, 1, '9478fe28193c3b155b3985be961ec193bf4807c6cf5b882318c1edb26be1140a');
INSERT INTO "change_log" VALUES (6, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'courses', NULL, NULL, NULL, 1, 'f74209fb52ca4cdf6772e6df3f2c989de2fd004040357714f69d5ce70424749c');
INSERT INTO "change_log" VALUES (7, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'sessions', NULL, NULL, NULL, 1, '680a646d7143f4c498ff91c5326767bcff0a03e0b652afa4f8777c5ac64f60af');
INSERT INTO "change_log" VALUES (8, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'treated_areas', NULL, NULL, NULL, 1, 'e36aa6a3df0aee07ac2087354c6980c782301da7f6492dc035395bc7ef0709de');
INSERT INTO "change_log" VALUES (9, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'products_used', NULL, NULL, NULL, 1, 'c75da76c1f347f8be2b6004c691763738dce1da32a097183dee25b50bba1f06f');
INSERT INTO "change_log" VALUES (10, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'side_effects', NULL, NULL, NULL, 1, '173e3f124ad3e42816a1cb0f6dcd7a1a631c14fa62062c55f6933a78bf9ef894');
INSERT INTO "change_log" VALUES (11, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'follow_ups', NULL, NULL, NULL, 1, '1fbc323623d37ae6cde4906ed156cdd1515efd37d83805cc97a3ec10c2a95dde');
INSERT INTO "change_log" VALUES (12, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'outcomes', NULL, NULL, NULL, 1, '5d8b8031ccb589ee2421741cf031a4490bf5f1972f3ba8692cd955346b3dc6d1');
INSERT INTO "change_log" VALUES (13, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'screenings', NULL, NULL, NULL, 1, '06183bfb1ad39209300b6bb55680f320f126a9a5293429dc0d745935ae91a684');
INSERT INTO "change_log" VALUES (14, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'screening_answers', NULL, NULL, NULL, 1, '0c900627ab582df35908327ac0e74ec2058e17bb880af5b18f66a32cf90a6bd1');
INSERT INTO "change_log" VALUES (15, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'plans', NULL, NULL, NULL, 1, 'b2c2f8c5b33f5bc5d0857a9d9020a520fe39eb83305cec9a9c34113196114d92');
INSERT INTO "change_log" VALUES (16, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'accounts', NULL, NULL, NULL, 1, '2143853436737c7e2137d212175391c2ff0298a16dd1d81f0e904f9bf6095f1c');
INSERT INTO "change_log" VALUES (17, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'sign_ins', NULL, NULL, NULL, 1, '673d40f10b18beb4ea5cea55669dc3bd2dc60adf167440f47e3168aceb39f4c4');
INSERT INTO "change_log" VALUES (18, '2026-01-02T12:00:00+00:00', 2, 'command-line', 'administrator', 'create', 'erasures', NULL, NULL, NULL, 1, '443a39709c810f053123b67f8b711cdf9d2e3af3d4ac3f76522af234c052d5d3');
INSERT INTO "change_log" VALUES (19, '2026-01-02T12:00:00+00:00', 3, 'command-line', 'administrator', 'update', 'patients', NULL, 1, NULL, 1, 'ef5f8f10e5582fafc6c5c78bccc45c21d4ff2932c1d045af67f048fa3998086b');
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
            state TEXT NOT NULL CHECK (state IN ('planned', 'held', 'cancelled', 'no_show')),
            note TEXT,
            UNIQUE (id, patient, held_at)
        ) STRICT;
INSERT INTO "sessions" VALUES (1, 'S-1', 1, 1, 1, 'face_polyvit', 1, '2026-01-02T10:30', 'held', 'a note');
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
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000),
            FOREIGN KEY (session, patient, held_at)
                REFERENCES sessions (id, patient, held_at) ON UPDATE CASCADE
        ) STRICT;
INSERT INTO "treated_areas" VALUES (1, 1, 1, '2026-01-02T10:30', 'face.cheek', 'left', 'nappage', 2000, 20, 1500);
CREATE TABLE products_used (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions (id),
            area TEXT,
            product TEXT NOT NULL,
            lot TEXT,
            expires_on TEXT CHECK (date(substr(expires_on || CASE length(expires_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10)) IS substr(expires_on || CASE length(expires_on) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END, 1, 10) AND (length(expires_on) IN (4, 7, 10) OR (expires_on GLOB '*T*' AND time(expires_on) IS NOT NULL))),
            volume_ul INTEGER CHECK (volume_ul BETWEEN 0 AND 1000000)
        ) STRICT;
INSERT INTO "products_used" VALUES (1, 1, 'face.cheek', 'Product A', 'L1', '2027-01', 1500);
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
        ) STRICT;
INSERT INTO "side_effects" VALUES (1, 'E-1', 1, 'face.cheek', 'left', 'bruise', NULL, '2026-01-02T10:30', NULL, '2026-01-05', NULL, 1, 'no', 'definite', 'small');
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
            created_at TEXT NOT NULL, must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
            UNIQUE (issuer, subject),
            CHECK ((issuer IS NULL) = (subject IS NULL)),
            CHECK (password_hash IS NOT NULL OR issuer IS NOT NULL)
        ) STRICT;
INSERT INTO "accounts" VALUES (1, 'Ada', 'practitioner', 1, 'none', NULL, 0, NULL, NULL, 0, 0, NULL, '2026-01-02T11:00:00+00:00', 0);
CREATE TABLE sign_ins (
            id INTEGER PRIMARY KEY,
            token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
            account INTEGER NOT NULL REFERENCES accounts (id),
            stage TEXT NOT NULL CHECK (stage IN ('code', 'full')),
            began_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            ended_at TEXT
        ) STRICT;
INSERT INTO "sign_ins" VALUES (1, '0000000000000000000000000000000000000000000000000000000000000000', 1, 'full', '2026-01-02T11:00:00+00:00', '2026-01-02T11:00:00+00:00', '2026-01-02T11:00:00+00:00');
CREATE TABLE chains (
            from_seq INTEGER PRIMARY KEY CHECK (from_seq >= 1),
            key_name TEXT NOT NULL CHECK (length(key_name) = 16),
            began_at TEXT NOT NULL
        ) STRICT;
INSERT INTO "chains" VALUES (1, '999763a9b6767190', '2026-01-02T12:00:00+00:00');
CREATE TABLE erasures (
            id INTEGER PRIMARY KEY,
            patient INTEGER NOT NULL REFERENCES patients (id),
            pseudonym TEXT NOT NULL CHECK (pseudonym GLOB '~*'),
            erased_at TEXT NOT NULL,
            erased_by TEXT NOT NULL,
            reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200)
        ) STRICT;
INSERT INTO "erasures" VALUES (1, 2, '~1', '2026-01-02T11:00:00+00:00', 'Ada', 'asked');
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
CREATE TRIGGER change_log_no_update BEFORE UPDATE ON change_log
        WHEN NOT (NEW.seq IS OLD.seq AND NEW.at IS OLD.at AND NEW.revision IS OLD.revision AND NEW.actor IS OLD.actor AND NEW.role IS OLD.role AND NEW.action IS OLD.action AND NEW.table_name IS OLD.table_name AND NEW.patient IS OLD.patient AND NEW.month IS OLD.month AND NEW.row_count IS OLD.row_count AND NEW.mac IS OLD.mac AND OLD.row_key IS NOT NULL AND NEW.row_key GLOB '~*') BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END;
CREATE TRIGGER change_log_no_delete BEFORE DELETE ON change_log BEGIN
            SELECT raise(ABORT, 'the change log is never changed');
        END;
CREATE TRIGGER chains_no_update BEFORE UPDATE ON chains BEGIN
                SELECT raise(ABORT, 'the change log is never changed');
            END;
CREATE TRIGGER chains_no_delete BEFORE DELETE ON chains BEGIN
                SELECT raise(ABORT, 'the change log is never changed');
            END;
COMMIT;
