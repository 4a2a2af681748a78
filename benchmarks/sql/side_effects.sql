SELECT effect, counting, from_minutes, to_minutes, count(*) FROM side_effects
WHERE held_on BETWEEN {start} AND {end} AND month BETWEEN {first_month} AND {last_month}
GROUP BY effect, counting, from_minutes, to_minutes;
SELECT effect, sum(n) FROM (
    SELECT clinic_id, effect, count(DISTINCT patient) AS n FROM side_effects
    WHERE held_on BETWEEN {start} AND {end} AND month BETWEEN {first_month} AND {last_month}
    GROUP BY clinic_id, effect) GROUP BY effect;
SELECT count(*) FROM sessions
WHERE state = 'held' AND held_on BETWEEN {start} AND {end}
  AND month BETWEEN {first_month} AND {last_month}
