CREATE MATERIALIZED VIEW delay_by_airport AS
  SELECT a.iata, a.city, a.state, count(*) AS flights, sum(f.delay) AS minutes, round(avg(f.delay), 1) AS avg_delay
  FROM flights f JOIN airports a ON a.iata = f.origin
  GROUP BY a.iata, a.city, a.state;

CREATE MATERIALIZED VIEW busiest_routes AS
  SELECT origin, destination, count(*) AS flights, sum(distance) AS miles
  FROM flights GROUP BY origin, destination;

CREATE MATERIALIZED VIEW late_airports AS
  SELECT origin, count(*) AS flights, round(avg(delay), 1) AS avg_delay, max(delay) AS worst
  FROM flights GROUP BY origin
  HAVING count(*) >= 100 AND avg(delay) > 12;

CREATE MATERIALIZED VIEW delay_by_state AS
  SELECT state, count(*) AS airports, sum(flights) AS flights, round(1.0 * sum(minutes) / sum(flights), 1) AS avg_delay
  FROM delay_by_airport GROUP BY state;
