-- +goose Up
CREATE TABLE orders(id INTEGER PRIMARY KEY, region TEXT NOT NULL, amount INTEGER NOT NULL);
CREATE TABLE audit(line TEXT);

-- +goose StatementBegin
CREATE TRIGGER audit_orders AFTER INSERT ON orders BEGIN
  INSERT INTO audit VALUES('; CREATE MATERIALIZED VIEW no AS SELECT 1;');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit;
DROP TABLE orders;
