-- +goose NO TRANSACTION
-- +goose Up
ALTER MATERIALIZED VIEW totals RENAME TO region_totals;
REFRESH MATERIALIZED VIEW region_totals;

-- +goose Down
ALTER MATERIALIZED VIEW region_totals RENAME TO totals;
