-- +goose Up
-- The totals by region; kept by the database itself.
CREATE MATERIALIZED VIEW totals AS
SELECT region, count(*) AS n, sum(amount) AS total -- exact
FROM orders
GROUP BY region;

CREATE INDEX totals_n ON totals(n);

-- +goose Down
DROP INDEX totals_n;
DROP MATERIALIZED VIEW totals;
