WITH held AS (SELECT s.clinic_id, s.session, s.practitioner,
                     coalesce(s.protocol, c.protocol) AS protocol
              FROM sessions s
              LEFT JOIN courses c ON c.clinic_id = s.clinic_id AND c.course = s.course
              WHERE s.state = 'held' AND s.held_on BETWEEN {start} AND {end}
                AND s.month BETWEEN {first_month} AND {last_month}),
     effects AS (SELECT clinic_id, session, area, effect FROM side_effects
                 WHERE held_on BETWEEN {start} AND {end}
                   AND month BETWEEN {first_month} AND {last_month}),
     events AS (SELECT DISTINCT e.clinic_id, e.session, e.effect, h.practitioner, h.protocol
                FROM effects e
                JOIN held h ON h.clinic_id = e.clinic_id AND h.session = e.session),
     lots AS (SELECT DISTINCT p.clinic_id, p.session, p.lot, h.protocol FROM products_used p
              JOIN held h ON h.clinic_id = p.clinic_id AND h.session = p.session
              WHERE p.lot IS NOT NULL),
     places AS (SELECT DISTINCT t.clinic_id, t.session, t.area, h.protocol FROM treated_areas t
                JOIN held h ON h.clinic_id = t.clinic_id AND h.session = t.session
                WHERE t.month BETWEEN {first_month} AND {last_month}),
     sites AS (SELECT DISTINCT p.clinic_id, p.session, p.area, p.protocol, e.effect FROM effects e
               JOIN places p ON p.clinic_id = e.clinic_id AND p.session = e.session
                            AND p.area = e.area)
SELECT 'sessions', clinic_id, NULL, protocol, NULL, count(*) FROM held
GROUP BY clinic_id, protocol
UNION ALL SELECT 'places', clinic_id, NULL, protocol, NULL, count(*) FROM places
          GROUP BY clinic_id, protocol
UNION ALL SELECT 'sessions effect', clinic_id, NULL, protocol, effect, count(*) FROM events
          GROUP BY clinic_id, protocol, effect
UNION ALL SELECT 'places effect', clinic_id, NULL, protocol, effect, count(*) FROM sites
          GROUP BY clinic_id, protocol, effect
UNION ALL SELECT 'lot', clinic_id, lot, protocol, NULL, count(*) FROM lots
          GROUP BY clinic_id, lot, protocol
UNION ALL SELECT 'practitioner', clinic_id, clinic_id || '/' || practitioner, protocol, NULL,
                 count(*)
          FROM held WHERE practitioner IS NOT NULL GROUP BY clinic_id, practitioner, protocol
UNION ALL SELECT 'site', clinic_id, area, protocol, NULL, count(*) FROM places
          GROUP BY clinic_id, area, protocol
UNION ALL SELECT 'lot effect', l.clinic_id, l.lot, l.protocol, e.effect, count(*) FROM lots l
          JOIN events e ON e.clinic_id = l.clinic_id AND e.session = l.session
          GROUP BY l.clinic_id, l.lot, l.protocol, e.effect
UNION ALL SELECT 'practitioner effect', clinic_id, clinic_id || '/' || practitioner, protocol,
                 effect, count(*)
          FROM events WHERE practitioner IS NOT NULL
          GROUP BY clinic_id, practitioner, protocol, effect
UNION ALL SELECT 'site effect', clinic_id, area, protocol, effect, count(*) FROM sites
          GROUP BY clinic_id, area, protocol, effect
