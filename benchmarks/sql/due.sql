WITH followed AS (
       SELECT s.clinic_id, s.session, s.patient, s.course, s.held_on, s.state,
              coalesce(s.protocol, c.protocol) AS protocol
       FROM sessions s LEFT JOIN courses c ON c.clinic_id = s.clinic_id AND c.course = s.course),
     held AS (SELECT * FROM followed WHERE state = 'held' AND held_on <= {on}),
     booked AS (SELECT * FROM followed WHERE state = 'planned' AND held_on >= {on}),
     rules AS (SELECT * FROM (VALUES {protocols}) AS known (protocol, interval_days, top_up)),
     promises AS (SELECT * FROM (VALUES {effects}) AS known (effect, days)),
     by_course AS (SELECT *, row_number() OVER (PARTITION BY clinic_id, course
                                ORDER BY held_on DESC, session DESC) AS back,
                          count(*) OVER (PARTITION BY clinic_id, course) AS number
                   FROM held WHERE course IS NOT NULL),
     nexts AS (
       SELECT c.clinic_id, c.patient, c.course, l.session, c.protocol,
              CASE WHEN l.held_on IS NULL THEN {on_minus_started}
                   ELSE {on_minus_held} - coalesce(c.interval_days, r.interval_days) END AS days,
              'next_session' AS reason
       FROM courses c
       LEFT JOIN by_course l ON l.clinic_id = c.clinic_id AND l.course = c.course AND l.back = 1
       LEFT JOIN rules r ON r.protocol = c.protocol
       WHERE c.state IN ('active', 'planned')
         AND (c.planned_sessions IS NULL OR coalesce(l.number, 0) < c.planned_sessions)
         AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.clinic_id = c.clinic_id
                                                  AND b.course = c.course)),
     by_protocol AS (SELECT *, row_number() OVER (PARTITION BY clinic_id, patient, protocol
                                  ORDER BY held_on DESC, session DESC) AS back FROM held),
     done AS (SELECT clinic_id, patient, protocol, max(course) AS course FROM courses c
              WHERE state = 'completed'
                AND NOT EXISTS (SELECT 1 FROM courses o WHERE o.clinic_id = c.clinic_id
                       AND o.patient = c.patient AND o.protocol = c.protocol
                       AND o.state IN ('active', 'planned'))
                AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.clinic_id = c.clinic_id
                       AND b.patient = c.patient AND b.protocol = c.protocol)
              GROUP BY clinic_id, patient, protocol),
     tops AS (
       SELECT l.clinic_id, l.patient, d.course, l.session, l.protocol,
              {on_minus_held} - r.top_up AS days, 'top_up' AS reason
       FROM by_protocol l
       JOIN done d ON d.clinic_id = l.clinic_id AND d.patient = l.patient
                  AND d.protocol = l.protocol
       JOIN rules r ON r.protocol = l.protocol
       WHERE l.back = 1 AND {on_minus_held} - r.top_up <= {top_up_listed}),
     by_patient AS (SELECT *, row_number() OVER (PARTITION BY clinic_id, patient, course
                                 ORDER BY held_on DESC, session DESC) AS back FROM held),
     contacts AS (SELECT clinic_id, session, max(contacted_on) AS contacted_on FROM follow_ups
                  WHERE contacted_on <= {on} GROUP BY clinic_id, session),
     visits AS (SELECT clinic_id, patient, max(held_on) AS visited_on FROM held
                GROUP BY clinic_id, patient),
     asked AS (
       SELECT l.clinic_id, l.patient, l.course, l.session, l.protocol, l.held_on,
              CASE WHEN coalesce(k.contacted_on, l.held_on) > v.visited_on
                   THEN coalesce(k.contacted_on, l.held_on) ELSE v.visited_on END AS contact
       FROM by_patient l
       LEFT JOIN contacts k ON k.clinic_id = l.clinic_id AND k.session = l.session
       JOIN visits v ON v.clinic_id = l.clinic_id AND v.patient = l.patient
       WHERE l.back = 1 AND {on_minus_held} BETWEEN {follow_up_from} AND {late_until}),
     missed AS (
       SELECT clinic_id, patient, course, session, protocol,
              {on_minus_asked} - {follow_up_from} AS days, 'follow_up' AS reason
       FROM asked WHERE {contact_minus_held} <= 0 AND {on_minus_asked} <= {follow_up_until}
       UNION ALL
       SELECT clinic_id, patient, course, session, protocol,
              {on_minus_asked} - {late_from} AS days, 'late_watch' AS reason
       FROM asked WHERE {contact_minus_held} < {late_from} AND {on_minus_asked} >= {late_from}),
     found AS (SELECT * FROM nexts UNION ALL SELECT * FROM tops UNION ALL SELECT * FROM missed),
     overdue AS (SELECT * FROM found WHERE days >= 0),
     open_ones AS (
       SELECT e.clinic_id, e.patient, e.course, e.area,
              coalesce(e.protocol, c.protocol) AS protocol,
              min(CAST({on_minus_onset} - coalesce(p.days, {ask_again}) AS INTEGER),
                  CAST(coalesce({on_minus_contact} - {ask_again},
                                {on_minus_onset} - coalesce(p.days, {ask_again})) AS INTEGER)
              ) AS days
       FROM side_effects e
       LEFT JOIN courses c ON c.clinic_id = e.clinic_id AND c.course = e.course
       LEFT JOIN promises p ON p.effect = e.effect
       WHERE NOT e.has_end AND e.counting IN ('ongoing', 'no_follow_up', 'imprecise'))
SELECT o.clinic_id, o.patient, o.course, o.session, o.protocol, o.reason, o.days,
       {areas} AS areas
FROM overdue o LEFT JOIN treated_areas t ON t.clinic_id = o.clinic_id AND t.session = o.session
GROUP BY o.clinic_id, o.patient, o.course, o.session, o.protocol, o.reason, o.days
UNION ALL
SELECT clinic_id, patient, course, NULL, protocol, 'open_effect', max(days), area
FROM open_ones WHERE days >= 0 GROUP BY clinic_id, patient, course, area, protocol
