WITH firsts AS (SELECT clinic_id, patient, min(held_on) AS first_on FROM sessions
                WHERE state = 'held' GROUP BY clinic_id, patient),
     areas AS (SELECT clinic_id, session, area, side, sum(volume_ul) AS volume_ul
               FROM treated_areas WHERE month BETWEEN {first_month} AND {last_month}
               GROUP BY clinic_id, session, area, side),
     cells AS (SELECT s.clinic_id, s.month, a.area, count(DISTINCT s.session) AS sessions,
                      count(DISTINCT s.patient) AS patients,
                      count(DISTINCT CASE WHEN substr(CAST(f.first_on AS TEXT), 1, 7) = s.month
                                          THEN s.patient END) AS fresh,
                      count(a.area) AS treated, sum(a.volume_ul) AS volume_ul
               FROM sessions s
               JOIN firsts f ON f.clinic_id = s.clinic_id AND f.patient = s.patient
               LEFT JOIN areas a ON a.clinic_id = s.clinic_id AND a.session = s.session
               WHERE s.state = 'held' AND s.held_on BETWEEN {start} AND {end}
                 AND s.month BETWEEN {first_month} AND {last_month}
               GROUP BY s.clinic_id, s.month, a.area)
SELECT month, area, sum(sessions), sum(patients), sum(fresh), sum(treated), sum(volume_ul)
FROM cells GROUP BY month, area
