WITH days AS (SELECT o.clinic_id, o.patient, o.course, o.scale, o.measured_on,
                     avg(o.value) AS value, max(coalesce(s.protocol, c.protocol)) AS protocol,
                     max(CASE WHEN o.timing = 'baseline' THEN 1 ELSE 0 END) AS marked
              FROM outcomes o
              LEFT JOIN sessions s ON s.clinic_id = o.clinic_id AND s.session = o.session
              LEFT JOIN courses c ON c.clinic_id = o.clinic_id AND c.course = o.course
              WHERE o.measured_on <= {end} AND o.month <= {last_month}
              GROUP BY o.clinic_id, o.patient, o.course, o.scale, o.measured_on),
     ends AS (SELECT clinic_id, patient, course, scale, max(measured_on) AS last_on,
                     coalesce(min(CASE WHEN marked = 1 THEN measured_on END),
                              min(measured_on)) AS base_on
              FROM days GROUP BY clinic_id, patient, course, scale),
     units AS (SELECT d.scale, max(d.protocol) AS protocol,
                      sum(CASE WHEN d.measured_on = e.base_on THEN d.value END) AS baseline,
                      sum(CASE WHEN d.measured_on = e.last_on THEN d.value END) AS last
               FROM days d JOIN ends e ON e.clinic_id = d.clinic_id AND e.course = d.course
                    AND e.patient = d.patient AND e.scale = d.scale
               WHERE e.last_on > e.base_on AND e.last_on BETWEEN {start} AND {end}
               GROUP BY d.clinic_id, d.patient, d.course, d.scale)
SELECT u.protocol, u.scale, count(*), sum(u.baseline), sum(u.last), sum(u.last - u.baseline),
       sum((u.last - u.baseline) * (u.last - u.baseline))
FROM units u GROUP BY u.protocol, u.scale
