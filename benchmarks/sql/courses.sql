WITH held AS (SELECT clinic_id, course, count(*) AS n FROM sessions
              WHERE state = 'held' GROUP BY clinic_id, course)
SELECT c.protocol, count(*), sum(CASE WHEN c.state = 'completed' THEN 1 ELSE 0 END),
       sum(CASE WHEN c.state = 'stopped' THEN 1 ELSE 0 END), sum(c.planned_sessions), sum(h.n)
FROM courses c LEFT JOIN held h ON h.clinic_id = c.clinic_id AND h.course = c.course
WHERE c.started_on BETWEEN {start} AND {end} GROUP BY c.protocol;
WITH held AS (SELECT clinic_id, course, count(*) AS n FROM sessions
              WHERE state = 'held' GROUP BY clinic_id, course)
SELECT c.protocol, coalesce(h.n, 0), count(*)
FROM courses c LEFT JOIN held h ON h.clinic_id = c.clinic_id AND h.course = c.course
WHERE c.state = 'stopped' AND c.started_on BETWEEN {start} AND {end}
GROUP BY c.protocol, coalesce(h.n, 0)
